/**
 * Contents of a stream → messages, each behind a flag and its length ("PROTOCOL-HTTP2" of gRPC). What comes is copied once,
 * into memory of the message's own.
 */
import { memory as shared } from '../../memory/pool.ts';
import { tooLarge } from './compression.ts';
import { RpcFault, status } from './status.ts';

/** Flag and length. */
export const PREFIX = 5;
/** Memory that a length alone is trusted with; beyond, it grows with what has come. */
const TRUSTED = 1024 * 1024;
/** Tensors at the end of a message are read where they lie, for which they must begin at a multiple of their elements' size. */
const ALIGNMENT = 8;
/** Smaller tensors are copied. */
const SMALL = 4096;

export interface MessageSink {
  message(bytes: Buffer, isCompressed: boolean): void;
}

export class MessageReader {
  readonly #sink: MessageSink;
  readonly #most: number;
  /** Made only when a prefix comes in pieces, or its message does. */
  #prefix: Buffer | undefined;
  #prefixed = 0;
  /** A message that is not whole yet. */
  #length = 0;
  #filled = 0;
  #memory: Buffer | undefined;

  constructor(sink: MessageSink, most: number) {
    this.#sink = sink;
    this.#most = most;
  }

  /** Whether a message has begun that is not whole. */
  get isOpen(): boolean {
    return this.#prefixed > 0;
  }

  /** Throws RpcFault. */
  read(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) at = this.#prefixed === 0 ? this.#begin(bytes, at, to) : this.#goOn(bytes, at, to);
  }

  #begin(bytes: Buffer, at: number, to: number): number {
    if (to - at < PREFIX) return this.#goOn(bytes, at, to);
    const length = this.#lengthOf(bytes, at);
    const start = at + PREFIX;
    if (to - start < length) return this.#goOn(bytes, at, to);
    const own = endAligned(length);
    bytes.copy(own, 0, start, start + length);
    this.#sink.message(own, bytes[at] === 1);
    return start + length;
  }

  #lengthOf(bytes: Buffer, at: number): number {
    if ((bytes[at] ?? 0) > 1)
      throw new RpcFault(status.INTERNAL, `a message has the flag ${bytes[at]}, expected 0 or 1`);
    const length = bytes.readUInt32BE(at + 1);
    if (length > this.#most) throw tooLarge(length, this.#most);
    return length;
  }

  #goOn(bytes: Buffer, from: number, to: number): number {
    let at = from;
    if (this.#prefixed < PREFIX) {
      this.#prefix ??= Buffer.alloc(PREFIX);
      const until = Math.min(to, at + PREFIX - this.#prefixed);
      this.#prefixed += bytes.copy(this.#prefix, this.#prefixed, at, until);
      at = until;
      if (this.#prefixed < PREFIX) return at;
      this.#length = this.#lengthOf(this.#prefix, 0);
      this.#memory = endAligned(Math.min(this.#length, TRUSTED));
    }
    const until = Math.min(to, at + this.#length - this.#filled);
    this.#keep(bytes, at, until);
    if (this.#filled === this.#length) this.#finish();
    return until;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    const needed = this.#filled + to - from;
    let memory = this.#memory as Buffer;
    if (needed > memory.length) {
      const wider = endAligned(Math.min(this.#length, Math.max(needed, memory.length * 2)));
      memory.copy(wider, 0, 0, this.#filled);
      shared.give(memory);
      memory = wider;
      this.#memory = wider;
    }
    bytes.copy(memory, this.#filled, from, to);
    this.#filled = needed;
  }

  #finish(): void {
    const whole = this.#memory as Buffer;
    const isCompressed = this.#prefix?.[0] === 1;
    this.#memory = undefined;
    this.#prefixed = 0;
    this.#filled = 0;
    this.#length = 0;
    this.#sink.message(whole, isCompressed);
  }
}

/** Memory of `size` bytes whose end is aligned, if it is large enough for tensors to be read where they lie. */
function endAligned(size: number): Buffer {
  if (size < SMALL) return Buffer.allocUnsafe(size);
  const memory = shared.take(Math.ceil(size / ALIGNMENT) * ALIGNMENT);
  return memory.subarray(memory.length - size);
}

/** What stands before a message of `length` bytes. */
export function writePrefix(into: Buffer, at: number, length: number, isCompressed: boolean): void {
  into[at] = isCompressed ? 1 : 0;
  into.writeUInt32BE(length, at + 1);
}
