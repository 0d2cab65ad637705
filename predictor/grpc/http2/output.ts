/**
 * What goes to a socket: small frames are written behind each other into one piece of memory, large contents are passed
 * on as they are, and everything of one turn of the event loop goes out at once.
 */
import type { Socket } from 'node:net';
import { FRAME_HEAD } from './constants.ts';

const SLAB = 64 * 1024;
/** Below this a copy costs less than a piece of its own on the way out. */
const COPIED = 4096;
/** So much goes to the socket in one turn, which it must have taken before there is more. */
const TURN = 1024 * 1024;

export class Output {
  readonly #socket: Socket;
  #slab: Buffer = Buffer.alloc(0);
  /** The slab is free from `#used`; from `#sealed` to there it holds what is not in `#pieces` yet. */
  #used = 0;
  #sealed = 0;
  #pieces: Buffer[] = [];
  #unflushed = 0;
  #isScheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes that the socket has not taken yet. */
  get waiting(): number {
    return this.#socket.writableLength;
  }

  /** The socket tells by `drain` when this is over: what is more than a turn is more than it takes without a word. */
  get isBlocked(): boolean {
    return this.#unflushed > TURN || this.#socket.writableNeedDrain;
  }

  /** Head and content of a frame. */
  frame(type: number, flags: number, stream: number, content: Buffer, from = 0, to = content.length): void {
    this.head(type, flags, stream, to - from);
    this.bytes(content, from, to);
  }

  head(type: number, flags: number, stream: number, length: number): void {
    const at = this.#reserve(FRAME_HEAD);
    const slab = this.#slab;
    slab[at] = length >>> 16;
    slab[at + 1] = length >>> 8;
    slab[at + 2] = length;
    slab[at + 3] = type;
    slab[at + 4] = flags;
    slab.writeUInt32BE(stream, at + 5);
  }

  bytes(content: Buffer, from: number, to: number): void {
    const length = to - from;
    if (length <= COPIED) {
      const at = this.#reserve(length);
      content.copy(this.#slab, at, from, to);
      return;
    }
    this.#seal();
    this.#unflushed += length;
    this.#pieces.push(length === content.length ? content : content.subarray(from, to));
  }

  number(value: number): void {
    const at = this.#reserve(4);
    this.#slab.writeUInt32BE(value, at);
  }

  /** Position of `size` bytes in the slab. A slab is never written over: what was sent may still be on its way. */
  #reserve(size: number): number {
    this.schedule();
    if (this.#slab.length - this.#used < size) {
      this.#seal();
      this.#slab = Buffer.allocUnsafeSlow(SLAB);
      this.#used = 0;
      this.#sealed = 0;
    }
    const at = this.#used;
    this.#used += size;
    return at;
  }

  #seal(): void {
    if (this.#used > this.#sealed) this.#pieces.push(this.#slab.subarray(this.#sealed, this.#used));
    this.#sealed = this.#used;
  }

  /** At the end of this turn, unless somebody flushes before. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(flush, this);
  }

  flush(): void {
    this.#isScheduled = false;
    this.#unflushed = 0;
    this.#seal();
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    const socket = this.#socket;
    if (!socket.writable) return;
    const [first] = pieces;
    if (pieces.length === 1 && first !== undefined) {
      socket.write(first);
      return;
    }
    socket.cork();
    for (const piece of pieces) socket.write(piece);
    socket.uncork();
  }
}

function flush(output: Output): void {
  output.flush();
}
