/** The way out of a connection: header blocks at once, contents as far as the peer's windows and the socket allow. */
import { DEFAULT_FRAME, DEFAULT_WINDOW, errorCode, flag, frameType, LARGEST_WINDOW, setting } from './constants.ts';
import { ConnectionFault, StreamFault } from './fault.ts';
import { EMPTY_TABLE } from './hpack-encoder.ts';
import type { Output } from './output.ts';
import type { Pair } from './settings.ts';
import type { Stream } from './stream.ts';

/** Larger frames would keep other streams waiting. */
const LARGEST_SENT = 64 * 1024;

export class Sender {
  readonly output: Output;
  #window = DEFAULT_WINDOW;
  #initialWindow = DEFAULT_WINDOW;
  #largestFrame = DEFAULT_FRAME;
  /** The next header block must begin with a size of the table. */
  #owesTableSize = false;
  readonly #waiting = new Set<Stream>();
  /** Bytes of all streams that wait for windows or for the socket. */
  queued = 0;

  constructor(output: Output) {
    this.output = output;
  }

  get initialWindow(): number {
    return this.#initialWindow;
  }

  /** Throws ConnectionFault when a stream's window becomes too large. */
  apply(pairs: readonly Pair[], streams: Iterable<Stream>): void {
    for (const [id, value] of pairs) {
      if (id === setting.maxFrameSize) this.#largestFrame = Math.min(value, LARGEST_SENT);
      if (id === setting.headerTableSize) this.#owesTableSize = true;
      if (id !== setting.initialWindowSize) continue;
      const more = value - this.#initialWindow;
      this.#initialWindow = value;
      for (const stream of streams) {
        stream.sendWindow += more;
        if (stream.sendWindow > LARGEST_WINDOW) throw new ConnectionFault(errorCode.flowControl, 'window too large');
      }
    }
    this.pump();
  }

  /** Throws ConnectionFault. */
  widen(more: number): void {
    if (more === 0) throw new ConnectionFault(errorCode.protocol, 'WINDOW_UPDATE by 0');
    this.#window += more;
    if (this.#window > LARGEST_WINDOW) throw new ConnectionFault(errorCode.flowControl, 'window too large');
    this.pump();
  }

  /** Throws StreamFault. */
  widenStream(stream: Stream, more: number): void {
    if (more === 0) throw new StreamFault(errorCode.protocol, 'WINDOW_UPDATE by 0');
    stream.sendWindow += more;
    if (stream.sendWindow > LARGEST_WINDOW) throw new StreamFault(errorCode.flowControl, 'window too large');
    if (this.#waiting.has(stream)) this.pump();
  }

  headers(stream: number, block: Buffer, endsStream: boolean): void {
    const ends = endsStream ? flag.endStream : 0;
    const whole = this.#owesTableSize ? Buffer.concat([EMPTY_TABLE, block]) : block;
    this.#owesTableSize = false;
    const most = this.#largestFrame;
    if (whole.length <= most) {
      this.output.frame(frameType.headers, flag.endHeaders | ends, stream, whole);
      return;
    }
    this.output.frame(frameType.headers, ends, stream, whole, 0, most);
    for (let at = most; at < whole.length; at += most) {
      const to = Math.min(whole.length, at + most);
      const flags = to === whole.length ? flag.endHeaders : 0;
      this.output.frame(frameType.continuation, flags, stream, whole, at, to);
    }
  }

  /** `bytes` is the length of all pieces. What cannot go now is kept, and goes in order. */
  data(stream: Stream, pieces: readonly Buffer[], bytes: number): void {
    if (stream.queued === 0 && bytes <= this.#room(stream)) {
      this.output.head(frameType.data, stream.endsWithData ? flag.endStream : 0, stream.id, bytes);
      for (const piece of pieces) this.output.bytes(piece, 0, piece.length);
      this.#spend(stream, bytes);
      return;
    }
    for (const piece of pieces) if (piece.length > 0) stream.queue.push(piece);
    stream.queued += bytes;
    this.queued += bytes;
    this.#waiting.add(stream);
    this.pump();
  }

  /** Bytes that one frame of this stream may have now. */
  #room(stream: Stream): number {
    if (this.output.isBlocked) return -1;
    return Math.min(this.#window, stream.sendWindow, this.#largestFrame);
  }

  #spend(stream: Stream, bytes: number): void {
    this.#window -= bytes;
    stream.sendWindow -= bytes;
  }

  forget(stream: Stream): void {
    if (!this.#waiting.delete(stream)) return;
    this.queued -= stream.queued;
    stream.queued = 0;
    stream.queue.length = 0;
  }

  /** A frame for each waiting stream by turns, as long as anything goes. */
  pump(): void {
    for (let goes = true; goes && this.#waiting.size > 0; ) {
      goes = false;
      for (const stream of this.#waiting) {
        const room = this.#room(stream);
        if (room <= 0) continue;
        this.#sendSome(stream, Math.min(room, stream.queued));
        goes = true;
      }
    }
  }

  #sendSome(stream: Stream, bytes: number): void {
    const isLast = bytes === stream.queued;
    this.output.head(frameType.data, isLast && stream.endsWithData ? flag.endStream : 0, stream.id, bytes);
    const { queue } = stream;
    for (let left = bytes; left > 0; ) {
      const piece = queue[0] as Buffer;
      const from = stream.queueAt;
      const to = Math.min(piece.length, from + left);
      this.output.bytes(piece, from, to);
      left -= to - from;
      stream.queueAt = to;
      if (to < piece.length) break;
      queue.shift();
      stream.queueAt = 0;
    }
    this.#spend(stream, bytes);
    stream.queued -= bytes;
    this.queued -= bytes;
    if (!isLast) return;
    this.#waiting.delete(stream);
    stream.sent();
  }

  ping(content: Buffer, from: number, ack: boolean): void {
    this.output.frame(frameType.ping, ack ? flag.ack : 0, 0, content, from, from + 8);
  }

  windowUpdate(stream: number, more: number): void {
    this.output.head(frameType.windowUpdate, 0, stream, 4);
    this.output.number(more);
  }

  reset(stream: number, code: number): void {
    this.output.head(frameType.reset, 0, stream, 4);
    this.output.number(code);
  }

  settings(content: Buffer, ack: boolean): void {
    this.output.frame(frameType.settings, ack ? flag.ack : 0, 0, content);
  }

  goAway(lastStream: number, code: number, reason: string): void {
    const debug = Buffer.from(reason);
    this.output.head(frameType.goAway, 0, 0, 8 + debug.length);
    this.output.number(lastStream);
    this.output.number(code);
    this.output.bytes(debug, 0, debug.length);
  }
}
