/** One gRPC call on a stream: messages in, messages and a status out. */
import { firstValue } from '../http2/field.ts';
import type { Fields } from '../http2/hpack-encoder.ts';
import type { Receiver, Stream } from '../http2/stream.ts';
import { headOf, trailersOf, trailersOnly } from './answer-blocks.ts';
import { type Encoding, pack } from './compression.ts';
import type { Deadlines } from './deadlines.ts';
import { Inbox, type InboxOwner, type Listener } from './inbox.ts';
import { PREFIX, writePrefix } from './message-reader.ts';
import { RpcFault, type Status, status } from './status.ts';

export interface CallSettings {
  /** Largest message, also after decompression. */
  readonly maxMessageBytes: number;
  readonly deadlines: Deadlines;
  /** A fault of this program. */
  failed(error: unknown): void;
}

/** How the caller packs its messages, and how answers are packed. */
export interface CallEncodings {
  readonly request: Encoding;
  readonly answer: Encoding;
}

/** Smaller answers are not packed: they would only grow. */
const WORTH_PACKING = 256;
const NO_FIELDS: Fields = [];

export class Call implements Receiver, InboxOwner {
  readonly #stream: Stream;
  readonly #settings: CallSettings;
  readonly #answerEncoding: Encoding;
  /** In milliseconds of `performance.now()`. */
  readonly deadline: number | undefined;
  readonly #inbox: Inbox;
  /** A procedure works on it, and will finish it. */
  #isAttended = false;
  #hasHead = false;
  /** The status is on its way, or nobody waits for one. */
  #isOver = false;
  #isCancelled = false;
  #onCancel: (() => void)[] | undefined;
  #onSent: (() => void) | undefined;
  /** The last packing, since answers must leave in their order. */
  #packing: Promise<void> | undefined;

  constructor(stream: Stream, deadline: number | undefined, encodings: CallEncodings, settings: CallSettings) {
    this.#stream = stream;
    this.#settings = settings;
    this.#answerEncoding = encodings.answer;
    this.deadline = deadline;
    this.#inbox = new Inbox(stream, encodings.request, settings.maxMessageBytes, this);
    settings.deadlines.add(this);
  }

  attach(listener: Listener): void {
    this.#inbox.attach(listener);
  }

  /** From here on a procedure must finish this call, also when it is cancelled. */
  attend(): void {
    this.#isAttended = true;
  }

  /** First value of a metadata name, which is in lower case. */
  metadata(name: string): string | undefined {
    return firstValue(this.#stream.head.fields, name);
  }

  /** Nobody waits for an answer. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  onCancel(told: () => void): void {
    if (this.#onCancel === undefined) this.#onCancel = [told];
    else this.#onCancel.push(told);
  }

  /** Answers wait for the caller to read. */
  get isBehind(): boolean {
    return this.#stream.queued > 0;
  }

  /** Called each time when no answer waits any more. */
  onSent(told: () => void): void {
    this.#onSent = told;
  }

  /** No more messages until `resume`; what comes waits, and so does the caller once its window is used up. */
  pause(): void {
    this.#inbox.pause();
  }

  resume(): void {
    this.#inbox.resume();
  }

  data(bytes: Buffer, from: number, to: number): void {
    this.#inbox.data(bytes, from, to);
  }

  end(): void {
    this.#inbox.end();
  }

  /** A message. `pieces` begin with PREFIX bytes that are filled here; `bytes` is the length of all of them. */
  send(pieces: readonly Buffer[], bytes: number): void {
    if (this.#isOver) return;
    const encoding = this.#answerEncoding;
    if (encoding === 'identity' || bytes < WORTH_PACKING) {
      if (this.#packing === undefined) this.#sendNow(pieces, bytes, false);
      else this.#afterPacking(() => this.#sendNow(pieces, bytes, false));
      return;
    }
    const packed = pack(encoding, Buffer.concat(pieces).subarray(PREFIX));
    this.#afterPacking(async () => {
      const content = await packed;
      this.#sendNow([Buffer.alloc(PREFIX), content], PREFIX + content.length, true);
    });
  }

  #afterPacking(work: () => void | Promise<void>): void {
    this.#packing = (this.#packing ?? Promise.resolve()).then(work).catch((error: unknown) => this.fail(error));
  }

  #sendNow(pieces: readonly Buffer[], bytes: number, isCompressed: boolean): void {
    if (this.#isOver) return;
    this.sendHead();
    writePrefix(pieces[0] as Buffer, 0, bytes - PREFIX, isCompressed);
    this.#stream.send(pieces, bytes);
  }

  /** Tells the caller that it was heard, before the first message. */
  sendHead(): void {
    if (this.#hasHead || this.#isOver) return;
    this.#hasHead = true;
    this.#stream.sendHead(headOf[this.#answerEncoding]);
  }

  /** Ends the call behind everything that was sent. For whoever attends it, once. */
  finish(code: Status, message = '', more: Fields = NO_FIELDS): void {
    if (this.#packing === undefined) this.#finishNow(code, message, more);
    else this.#afterPacking(() => this.#finishNow(code, message, more));
  }

  #finishNow(code: Status, message: string, more: Fields): void {
    this.#conclude(code, message, more);
    this.#stream.release();
  }

  #conclude(code: Status, message: string, more: Fields): void {
    if (this.#isOver) return;
    this.#close();
    this.#stream.end(this.#hasHead ? trailersOf(code, message, more) : trailersOnly(code, message, more));
  }

  #close(): void {
    this.#isOver = true;
    this.#settings.deadlines.delete(this);
    this.#inbox.close();
  }

  /** Ends the call before its procedure does. */
  fail(error: unknown): void {
    if (error instanceof RpcFault) this.#cut(error.status, error.message);
    else {
      this.#settings.failed(error);
      this.#cut(status.INTERNAL, 'internal error');
    }
  }

  expire(): void {
    this.#cut(status.DEADLINE_EXCEEDED, 'the deadline has passed');
  }

  #cut(code: Status, message: string): void {
    if (this.#isOver) return;
    this.#conclude(code, message, NO_FIELDS);
    this.#abandon();
  }

  cancelled(): void {
    if (!this.#isOver) this.#close();
    this.#abandon();
  }

  #abandon(): void {
    if (!this.#isAttended) this.#stream.release();
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    const told = this.#onCancel;
    this.#onCancel = undefined;
    for (const tell of told ?? []) tell();
  }

  sent(): void {
    this.#onSent?.();
  }
}
