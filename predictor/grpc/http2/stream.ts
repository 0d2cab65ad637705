/** One request and its answer on a connection (RFC 9113 section 5). */
import { type ErrorCode, errorCode } from './constants.ts';
import { StreamFault } from './fault.ts';
import type { RequestHead } from './request-head.ts';
import type { Sender } from './sender.ts';

/** Who takes what a stream brings. */
export interface Receiver {
  data(bytes: Buffer, from: number, to: number): void;
  /** Everything has come. */
  end(): void;
  /** The peer takes no answer any more. Not called after the answer has gone. */
  cancelled(): void;
  /** Everything that was given to `send` is on its way. */
  sent(): void;
}

/** What a stream tells its connection. */
export interface StreamOwner {
  readonly sender: Sender;
  readonly streamWindow: number;
  /** The stream is over for the protocol. */
  closed(stream: Stream, byReset: boolean): void;
  /** Over, and nobody works on it any more. */
  released(stream: Stream): void;
}

export class Stream {
  readonly id: number;
  readonly head: RequestHead;
  /** The head had more bytes than are allowed; its fields are not all there. */
  readonly tooLarge: boolean;
  readonly #owner: StreamOwner;
  #receiver: Receiver | undefined;

  /** Written by the sender alone. */
  sendWindow: number;
  readonly queue: Buffer[] = [];
  queueAt = 0;
  queued = 0;
  endsWithData = false;
  #trailers: Buffer | undefined;

  #receiveWindow: number;
  #consumed = 0;
  #received = 0;
  #localEnded = false;
  remoteEnded = false;
  isClosed = false;
  #isHeld = true;

  constructor(id: number, head: RequestHead, tooLarge: boolean, owner: StreamOwner) {
    this.id = id;
    this.head = head;
    this.tooLarge = tooLarge;
    this.#owner = owner;
    this.sendWindow = owner.sender.initialWindow;
    this.#receiveWindow = owner.streamWindow;
  }

  /** Must be called once, before anything comes. */
  attach(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** A header block that something follows. */
  sendHead(block: Buffer): void {
    if (!this.isClosed) this.#owner.sender.headers(this.id, block, false);
  }

  /** `bytes` is the length of all pieces, which must not change any more. */
  send(pieces: readonly Buffer[], bytes: number): void {
    if (!this.isClosed) this.#owner.sender.data(this, pieces, bytes);
  }

  /** The block that ends the answer, behind everything that was sent. */
  end(trailers: Buffer): void {
    if (this.isClosed) return;
    if (this.queued > 0) this.#trailers = trailers;
    else this.#finish(trailers);
  }

  /** Content that ends the answer without a block behind it. */
  endWith(content: Buffer): void {
    if (this.isClosed) return;
    this.endsWithData = true;
    this.#owner.sender.data(this, [content], content.length);
    if (this.queued === 0) this.#endLocal();
  }

  /** For the sender: the queue is empty. */
  sent(): void {
    if (this.endsWithData) this.#endLocal();
    else if (this.#trailers !== undefined) this.#finish(this.#trailers);
    else this.#receiver?.sent();
  }

  #finish(trailers: Buffer): void {
    this.#owner.sender.headers(this.id, trailers, true);
    this.#endLocal();
  }

  /** An answer may be over before its request is: the rest of that is not wanted (section 8.1). */
  #endLocal(): void {
    this.#localEnded = true;
    if (!this.remoteEnded) this.#owner.sender.reset(this.id, errorCode.noError);
    this.#close(!this.remoteEnded);
  }

  reset(code: ErrorCode): void {
    if (this.isClosed) return;
    this.#owner.sender.reset(this.id, code);
    this.#close(true);
  }

  /** The peer gave the stream up, or the connection is lost. */
  abandon(): void {
    if (!this.isClosed) this.#close(false);
  }

  #close(byReset: boolean): void {
    this.isClosed = true;
    this.#owner.sender.forget(this);
    this.#owner.closed(this, byReset);
    if (!this.#localEnded) this.#receiver?.cancelled();
    if (!this.#isHeld) this.#owner.released(this);
  }

  /** Nobody works on this stream any more; until then it counts as open, however it ended. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (this.isClosed) this.#owner.released(this);
  }

  /** `length` counts for the window, `content` of them are handed on. Throws StreamFault. */
  expect(length: number, content: number): void {
    if (this.remoteEnded) throw new StreamFault(errorCode.streamClosed, 'DATA behind the end');
    this.#receiveWindow -= length;
    if (this.#receiveWindow < 0) throw new StreamFault(errorCode.flowControl, 'more DATA than the window allows');
    this.#received += content;
    const { contentLength } = this.head;
    if (contentLength !== undefined && this.#received > contentLength) throw lengthFault();
    if (length > content) this.consumed(length - content);
  }

  data(bytes: Buffer, from: number, to: number): void {
    this.#receiver?.data(bytes, from, to);
  }

  /** These bytes have been taken: the peer may send as many again. Told in large steps. */
  consumed(bytes: number): void {
    this.#consumed += bytes;
    if (this.remoteEnded || this.isClosed || this.#consumed < this.#owner.streamWindow / 2) return;
    this.#owner.sender.windowUpdate(this.id, this.#consumed);
    this.#receiveWindow += this.#consumed;
    this.#consumed = 0;
  }

  /** Throws StreamFault. */
  endRemote(): void {
    const { contentLength } = this.head;
    if (contentLength !== undefined && this.#received !== contentLength) throw lengthFault();
    this.remoteEnded = true;
    if (!this.isClosed) this.#receiver?.end();
  }
}

function lengthFault(): StreamFault {
  return new StreamFault(errorCode.protocol, 'content is not as long as content-length says');
}
