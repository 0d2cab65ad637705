/** What the parts of a connection share: its streams, the way out, and what the peer has cost so far. */
import { type ErrorCode, errorCode } from './constants.ts';
import { ConnectionFault, StreamFault } from './fault.ts';
import { Bucket } from './flood.ts';
import type { ConnectionLimits } from './limits.ts';
import type { Sender } from './sender.ts';
import type { Stream, StreamOwner } from './stream.ts';
import { StreamTable } from './stream-table.ts';

export class Session implements StreamOwner {
  readonly limits: ConnectionLimits;
  readonly sender: Sender;
  readonly streamWindow: number;
  readonly table = new StreamTable();
  readonly #control: Bucket;
  readonly #resets: Bucket;
  /** New streams are passed over: the peer was told which one is the last. */
  isLeaving = false;
  /** Takes the content of the DATA frame that is being read; absent when nobody wants it. */
  receiving: Stream | undefined;
  /** Called when nobody works on any stream any more. */
  onIdle: () => void = () => {};

  constructor(limits: ConnectionLimits, sender: Sender) {
    const now = performance.now();
    this.limits = limits;
    this.sender = sender;
    this.streamWindow = limits.streamWindow;
    this.#control = new Bucket(limits.control, now);
    this.#resets = new Bucket(limits.resets, now);
  }

  closed(stream: Stream, byReset: boolean): void {
    this.table.close(stream, byReset);
    if (this.receiving === stream) this.receiving = undefined;
  }

  released(): void {
    this.table.held -= 1;
    if (this.table.held === 0) this.onIdle();
  }

  /** A frame that brings nothing. Throws ConnectionFault when there were too many. */
  countControl(): void {
    if (!this.#control.take(performance.now()))
      throw new ConnectionFault(errorCode.enhanceYourCalm, 'too many frames that bring nothing');
    if (this.sender.output.waiting > this.limits.unread && this.sender.output.isBlocked)
      throw new ConnectionFault(errorCode.enhanceYourCalm, 'answers are not read');
  }

  /** A stream that is given up (CVE-2023-44487). Throws ConnectionFault. */
  countReset(): void {
    if (!this.#resets.take(performance.now()))
      throw new ConnectionFault(errorCode.enhanceYourCalm, 'too many streams were reset');
  }

  /** Ends the stream that broke a rule; throws what is no StreamFault. */
  failStream(id: number, error: unknown): void {
    if (!(error instanceof StreamFault)) throw error;
    this.countControl();
    const stream = this.table.get(id);
    if (stream === undefined) this.refuse(id, error.code);
    else stream.reset(error.code);
  }

  refuse(id: number, code: ErrorCode): void {
    this.sender.reset(id, code);
    this.table.remember(id, true);
  }
}
