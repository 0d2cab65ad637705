/** The streams of a connection: those that are open, and how the last ones ended. */
import type { Stream } from './stream.ts';

/** Frames of a stream that has ended may still be on their way; what is older than these is not told apart. */
const REMEMBERED = 1024;

/** `ended` by both sides, or by a reset of the peer's; `reset` by us, of which the peer may not know yet. */
export type Ending = 'ended' | 'reset';

export class StreamTable {
  readonly #open = new Map<number, Stream>();
  /** Identifiers of closed streams, negative for those that we reset. */
  readonly #closed = new Int32Array(REMEMBERED);
  #next = 0;
  /** Highest stream that the peer has opened. */
  last = 0;
  /** Streams that are open or worked on. */
  held = 0;

  get(id: number): Stream | undefined {
    return this.#open.get(id);
  }

  all(): IterableIterator<Stream> {
    return this.#open.values();
  }

  add(stream: Stream): void {
    this.#open.set(stream.id, stream);
    this.held += 1;
  }

  close(stream: Stream, byReset: boolean): void {
    this.#open.delete(stream.id);
    this.remember(stream.id, byReset);
  }

  remember(id: number, byReset: boolean): void {
    this.#closed[this.#next] = byReset ? -id : id;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  /** Undefined for a stream that never was, or is long over. */
  endingOf(id: number): Ending | undefined {
    if (this.#closed.includes(-id)) return 'reset';
    return this.#closed.includes(id) ? 'ended' : undefined;
  }

  isNew(id: number): boolean {
    return id > this.last && id % 2 === 1;
  }

  /** Neither side has used it yet; even ones are ours, of which there are none. */
  isIdle(id: number): boolean {
    return id > this.last || id % 2 === 0;
  }
}
