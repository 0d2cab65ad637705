/** One HTTP/2 connection of a server, from its first byte to its last (RFC 9113). */
import type { Socket } from 'node:net';
import { readInto, scratch } from '../../memory/read-into.ts';
import { DEFAULT_WINDOW, type ErrorCode, errorCode, LARGEST_STREAM, setting } from './constants.ts';
import { ConnectionFault } from './fault.ts';
import { FrameReader } from './frame-reader.ts';
import { Incoming, type IncomingOwner, largestBlock } from './incoming.ts';
import type { ConnectionLimits } from './limits.ts';
import { Output } from './output.ts';
import { Sender } from './sender.ts';
import { Session } from './session.ts';
import { encodeSettings } from './settings.ts';
import type { Stream } from './stream.ts';

/** From our last word to the hard end, for a peer that does not hang up. */
const LINGER_MS = 1000;
const PING = Buffer.from('stillup?', 'latin1');

export interface ConnectionOwner {
  readonly limits: ConnectionLimits;
  /** Must attach a receiver. */
  accept(stream: Stream): void;
  /** Called once, when the socket is gone. */
  gone(connection: Connection): void;
  /** A fault of this program. */
  failed(error: unknown): void;
}

export class Connection implements IncomingOwner {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #limits: ConnectionLimits;
  readonly #session: Session;
  readonly #sender: Sender;
  readonly #reader: FrameReader;
  readonly #begun = performance.now();
  /** The age is spread by a tenth, so that clients that came together do not all come anew together. */
  readonly #aged: number;
  #heard = this.#begun;
  #asked: number | undefined;
  /** When the socket took something for the last time, and how much it had by then. */
  #moved = this.#begun;
  #written = 0;
  #isSettled = false;
  /** When the peer was told that the end comes. */
  #warned: number | undefined;
  #isOver = false;

  constructor(socket: Socket, owner: ConnectionOwner) {
    const { limits } = owner;
    this.#socket = socket;
    this.#owner = owner;
    this.#limits = limits;
    this.#aged = this.#begun + (limits.ageMs ?? Infinity) * (0.9 + Math.random() * 0.2);
    this.#sender = new Sender(new Output(socket));
    this.#session = new Session(limits, this.#sender);
    this.#session.onIdle = () => this.#closeWhenIdle();
    this.#reader = new FrameReader(new Incoming(this.#session, this), limits.frame, largestBlock(limits));
    const take = (count: number, bytes: Buffer) => {
      this.#receive(bytes.subarray(0, count));
      return true;
    };
    if (readInto(socket, { memory: () => scratch, take })) socket.resume();
    else socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.#sender.pump());
    // Its close always follows, and tells the streams.
    socket.on('error', () => {});
    socket.on('close', () => this.#lost());
    this.#greet();
  }

  #greet(): void {
    const { streams, streamWindow, frame, headerList, window } = this.#limits;
    const settings = encodeSettings([
      [setting.maxConcurrentStreams, streams],
      [setting.initialWindowSize, streamWindow],
      [setting.maxFrameSize, frame],
      [setting.maxHeaderListSize, headerList],
    ]);
    this.#sender.settings(settings, false);
    this.#sender.windowUpdate(0, window - DEFAULT_WINDOW);
  }

  /** `chunk` may be overwritten afterwards. */
  #receive(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#heard = performance.now();
    this.#asked = undefined;
    try {
      this.#reader.read(chunk);
    } catch (error) {
      if (!(error instanceof ConnectionFault)) this.#owner.failed(error);
      if (error instanceof ConnectionFault) this.#end(error.code, error.message);
      else this.#end(errorCode.internal, 'internal error');
    }
    this.#sender.output.flush();
  }

  accept(stream: Stream): void {
    this.#owner.accept(stream);
  }

  settled(): void {
    this.#isSettled = true;
  }

  /** The peer has seen the warning: what it sends from here on it knows to be in vain. */
  pinged(): void {
    if (this.#warned !== undefined) this.#leave();
  }

  /** Takes no new streams any more; ends when those that are open have their answers. */
  drain(): void {
    if (this.#warned !== undefined || this.#isOver) return;
    this.#warned = performance.now();
    // RFC 9113 section 6.8: a first GOAWAY that refuses nothing, so that no request that is on its way is lost.
    this.#sender.goAway(LARGEST_STREAM, errorCode.noError, '');
    this.#sender.ping(PING, 0, false);
  }

  #leave(): void {
    if (this.#session.isLeaving || this.#isOver) return;
    this.#session.isLeaving = true;
    this.#sender.goAway(this.#session.table.last, errorCode.noError, '');
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#session.isLeaving && this.#session.table.held === 0) this.#hangUp();
  }

  #end(code: ErrorCode, reason: string): void {
    if (this.#isOver) return;
    this.#sender.goAway(this.#session.table.last, code, reason);
    this.#hangUp();
  }

  /** What is written goes out; a peer that does not hang up then is cut off. */
  #hangUp(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#abandonStreams();
    this.#sender.output.flush();
    this.#socket.end(() => setTimeout(() => this.#socket.destroy(), LINGER_MS).unref());
  }

  #abandonStreams(): void {
    for (const stream of this.#session.table.all()) stream.abandon();
  }

  #lost(): void {
    this.#isOver = true;
    this.#abandonStreams();
    this.#owner.gone(this);
  }

  /** Now and then: whether the peer is there, reads, and is young enough. */
  check(now: number): void {
    const { handshakeMs, keepAliveMs, keepAliveTimeoutMs, stallMs, ageGraceMs = Infinity } = this.#limits;
    const isLate = !this.#isSettled && now - this.#begun > handshakeMs;
    const isSilent = this.#asked !== undefined && now - this.#asked > keepAliveTimeoutMs;
    const isOverdue = now - Math.max(this.#aged, this.#warned ?? Infinity) > ageGraceMs;
    if (isLate || isSilent || isOverdue || this.#isStalled(now, stallMs)) this.#socket.destroy();
    if (this.#isOver || this.#socket.destroyed) return;
    if (this.#isSettled && this.#asked === undefined && now - this.#heard > keepAliveMs) {
      this.#asked = now;
      this.#sender.ping(PING, 0, false);
    }
    if (now > this.#aged) this.drain();
    if (this.#warned !== undefined && now - this.#warned > LINGER_MS) this.#leave();
  }

  #isStalled(now: number, stallMs: number): boolean {
    const { waiting } = this.#sender.output;
    const taken = this.#socket.bytesWritten - waiting;
    if (waiting === 0 || taken !== this.#written) {
      this.#moved = now;
      this.#written = taken;
    }
    return now - this.#moved > stallMs;
  }
}
