/** A body that comes in several pieces, put together so that its tensors need no further copy. */
import { memory } from '../../memory/pool.ts';
import type { Head } from './head.ts';

/** No element of a tensor is wider. */
const alignment = 8;
const digits = /^\d{1,10}$/;
/** Memory that a length alone is trusted with; beyond, it grows with what has come. */
const trusted = 1024 * 1024;

/** Length of the JSON before binary tensors; 0 where there are none. */
function jsonBytesOf({ headers }: Head): number {
  const text = headers['inference-header-content-length'];
  return typeof text === 'string' && digits.test(text) ? Number(text) : 0;
}

/** What follows the JSON lies at a multiple of 8 bytes in memory. */
export class PartialBody {
  readonly head: Head;
  readonly timer: NodeJS.Timeout;
  readonly #skip: number;
  #memory: Buffer;
  #filled = 0;

  /** `timer` is for who waits for it. */
  constructor(head: Head, timer: NodeJS.Timeout) {
    this.head = head;
    this.timer = timer;
    this.#skip = (alignment - (jsonBytesOf(head) % alignment)) % alignment;
    this.#memory = memory.take(this.#skip + Math.min(head.bodyBytes, trusted));
  }

  get missing(): number {
    return this.head.bodyBytes - this.#filled;
  }

  /** Where the next bytes go; not empty as long as some are missing. */
  get room(): Buffer {
    const begin = this.#skip + this.#filled;
    if (this.#memory.length === begin && this.missing > 0) this.#grow();
    return this.#memory.subarray(begin);
  }

  #grow(): void {
    const wider = memory.take(Math.min(this.#skip + this.head.bodyBytes, this.#memory.length * 2));
    this.#memory.copy(wider);
    memory.give(this.#memory);
    this.#memory = wider;
  }

  /** These were written to `room`. */
  came(bytes: number): void {
    this.#filled += bytes;
  }

  /** At most what is missing. */
  add(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const copied = chunk.copy(this.room, 0, at);
      this.came(copied);
      at += copied;
    }
  }

  /** The body, once nothing is missing. */
  whole(): Buffer {
    return this.#memory.subarray(this.#skip);
  }

  /** Nobody reads it any more. */
  drop(): void {
    clearTimeout(this.timer);
    memory.give(this.#memory);
  }
}
