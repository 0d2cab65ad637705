/** Messages of one call on their way to whoever takes them: unpacked, in order, and not before they are wanted. */
import type { Stream } from '../http2/stream.ts';
import { type Encoding, unpack } from './compression.ts';
import { MessageReader, type MessageSink } from './message-reader.ts';
import { RpcFault, status } from './status.ts';

/** Takes the messages of a call. What it throws ends the call. */
export interface Listener {
  message(bytes: Buffer): void;
  /** The caller has sent its last message. */
  end(): void;
}

export interface InboxOwner {
  fail(error: unknown): void;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly isCompressed: boolean;
}

export class Inbox implements MessageSink {
  readonly #stream: Stream;
  readonly #encoding: Encoding;
  readonly #most: number;
  readonly #owner: InboxOwner;
  readonly #reader: MessageReader;
  #listener: Listener | undefined;
  /** What came before it was wanted; its bytes are given back to the caller's window when it is taken. */
  readonly #waiting: Waiting[] = [];
  #owed = 0;
  #isPaused = false;
  #isUnpacking = false;
  #hasEnded = false;
  #isClosed = false;
  #isDone = false;

  constructor(stream: Stream, encoding: Encoding, most: number, owner: InboxOwner) {
    this.#stream = stream;
    this.#encoding = encoding;
    this.#most = most;
    this.#owner = owner;
    this.#reader = new MessageReader(this, most);
  }

  attach(listener: Listener): void {
    this.#listener = listener;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
  }

  /** Nothing is wanted any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  data(bytes: Buffer, from: number, to: number): void {
    if (this.#isClosed) return;
    try {
      this.#owed += to - from;
      this.#reader.read(bytes, from, to);
      if (this.#waiting.length === 0) this.#giveBack();
    } catch (error) {
      this.#owner.fail(error);
    }
  }

  #giveBack(): void {
    this.#stream.consumed(this.#owed);
    this.#owed = 0;
  }

  message(bytes: Buffer, isCompressed: boolean): void {
    if (this.#isClosed) return;
    if (!isCompressed && this.#isFree && this.#waiting.length === 0) {
      this.#listener?.message(bytes);
      return;
    }
    this.#waiting.push({ bytes, isCompressed });
    this.#deliver();
  }

  get #isFree(): boolean {
    return !this.#isPaused && !this.#isUnpacking;
  }

  end(): void {
    if (this.#isClosed) return;
    this.#hasEnded = true;
    try {
      if (this.#reader.isOpen) throw new RpcFault(status.INTERNAL, 'the request ends within a message');
      if (this.#isFree && this.#waiting.length === 0) this.#finish();
    } catch (error) {
      this.#owner.fail(error);
    }
  }

  #finish(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#listener?.end();
  }

  #deliver(): void {
    try {
      while (this.#isFree) {
        const next = this.#waiting.shift();
        if (next === undefined) break;
        if (next.isCompressed) void this.#unpack(next.bytes);
        else this.#listener?.message(next.bytes);
      }
      if (!this.#isFree || this.#isClosed) return;
      this.#giveBack();
      if (this.#hasEnded) this.#finish();
    } catch (error) {
      this.#owner.fail(error);
    }
  }

  async #unpack(bytes: Buffer): Promise<void> {
    this.#isUnpacking = true;
    try {
      const whole = await unpack(this.#encoding, bytes, this.#most);
      if (!this.#isClosed) this.#listener?.message(whole);
    } catch (error) {
      this.#owner.fail(error);
    }
    this.#isUnpacking = false;
    this.#deliver();
  }
}
