/**
 * Bytes of a connection → frames (RFC 9113 section 4.1). The content of DATA is handed on as it comes, without waiting
 * for its frame's end and without a copy; other frames are small and handed on whole.
 */
import { DEFAULT_FRAME, errorCode, FRAME_HEAD, flag, frameType, PREFACE } from './constants.ts';
import { ConnectionFault } from './fault.ts';

export interface FrameSink {
  /** A whole frame that is not DATA: its content is `bytes` from `from` to `to`. */
  frame(type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void;
  /** A DATA frame begins, with `length` bytes that count for flow control and `padding` of them at its end. */
  dataBegins(flags: number, stream: number, length: number, content: number): void;
  data(bytes: Buffer, from: number, to: number): void;
  dataEnds(): void;
}

/** Frames that are neither DATA nor unknown are held until they are whole, for which none needs to be large. */
const mayBeSkipped = (type: number) => type > frameType.continuation;

export class FrameReader {
  readonly #sink: FrameSink;
  readonly #largest: number;
  readonly #largestBlock: number;
  #preface = 0;
  #first = true;
  #rest: Buffer | undefined;
  /** Bytes of the current DATA frame that are still to come, and those behind them that nobody wants. */
  #content = 0;
  #skipped = 0;
  #inData = false;

  constructor(sink: FrameSink, largestFrame: number, largestBlock: number) {
    this.#sink = sink;
    this.#largest = largestFrame;
    this.#largestBlock = largestBlock;
  }

  /** `chunk` may be overwritten afterwards. Throws ConnectionFault. */
  read(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#rest !== undefined) {
      bytes = Buffer.concat([this.#rest, chunk]);
      this.#rest = undefined;
    }
    let at = this.#preface < PREFACE.length ? this.#readPreface(bytes) : 0;
    const end = bytes.length;
    while (at < end || this.#inData) {
      const next =
        this.#inData || this.#skipped > 0 ? this.#readContent(bytes, at, end) : this.#readFrame(bytes, at, end);
      if (next < 0) break;
      at = next;
    }
    if (at < end) this.#rest = Buffer.from(bytes.subarray(at));
  }

  #readPreface(bytes: Buffer): number {
    const wanted = PREFACE.length - this.#preface;
    const given = Math.min(wanted, bytes.length);
    if (bytes.compare(PREFACE, this.#preface, this.#preface + given, 0, given) !== 0)
      throw new ConnectionFault(errorCode.protocol, 'this port speaks HTTP/2 with prior knowledge');
    this.#preface += given;
    return given;
  }

  /** Position behind what was read; -1 when more bytes are needed. */
  #readContent(bytes: Buffer, at: number, end: number): number {
    let next = at;
    if (this.#content > 0) {
      const to = Math.min(end, next + this.#content);
      if (to > next) this.#sink.data(bytes, next, to);
      this.#content -= to - next;
      next = to;
    }
    if (this.#content === 0 && this.#skipped > 0) {
      const to = Math.min(end, next + this.#skipped);
      this.#skipped -= to - next;
      next = to;
    }
    if (this.#content > 0 || this.#skipped > 0) return next === at ? -1 : next;
    if (this.#inData) {
      this.#inData = false;
      this.#sink.dataEnds();
    }
    return next;
  }

  #readFrame(bytes: Buffer, at: number, end: number): number {
    if (end - at < FRAME_HEAD) return -1;
    const length = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const type = bytes[at + 3] ?? 0;
    const flags = bytes[at + 4] ?? 0;
    const stream = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    if (length > this.#largest) throw new ConnectionFault(errorCode.frameSize, `frame of ${length} bytes`);
    if (this.#first && type !== frameType.settings)
      throw new ConnectionFault(errorCode.protocol, 'the first frame is not SETTINGS');
    this.#first = false;
    const from = at + FRAME_HEAD;
    if (type === frameType.data) return this.#beginData(flags, stream, length, bytes, from, end);
    if (mayBeSkipped(type)) {
      this.#sink.frame(type, flags, stream, bytes, from, from);
      this.#skipped = length;
      return from;
    }
    const isBlock = type === frameType.headers || type === frameType.continuation;
    if (length > (isBlock ? this.#largestBlock : DEFAULT_FRAME))
      throw new ConnectionFault(errorCode.frameSize, `frame of type ${type} with ${length} bytes`);
    if (end - from < length) return -1;
    this.#sink.frame(type, flags, stream, bytes, from, from + length);
    return from + length;
  }

  #beginData(flags: number, stream: number, length: number, bytes: Buffer, from: number, end: number): number {
    if ((flags & flag.padded) === 0) {
      this.#sink.dataBegins(flags, stream, length, length);
      this.#content = length;
      this.#inData = true;
      return from;
    }
    if (length === 0) throw new ConnectionFault(errorCode.frameSize, 'padded DATA without the length of its padding');
    if (from >= end) return -1;
    const padding = bytes[from] ?? 0;
    if (padding >= length) throw new ConnectionFault(errorCode.protocol, 'more padding than DATA');
    this.#sink.dataBegins(flags, stream, length, length - 1 - padding);
    this.#content = length - 1 - padding;
    this.#skipped = padding;
    this.#inData = true;
    return from + 1;
  }
}
