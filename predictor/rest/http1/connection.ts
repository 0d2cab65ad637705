/**
 * One connection of plain HTTP/1.1 requests, read without node:http, which costs more than a small model's answer.
 *
 * Requests are answered one after the other. The first that is not plain takes the connection, with all that was not
 * answered yet, to node:http, which keeps it.
 */
import type { Socket } from 'node:net';
import { memory } from '../../memory/pool.ts';
import { readInto, scratch } from '../../memory/read-into.ts';
import { limits } from '../../operate/limits.ts';
import type { Peer } from '../call.ts';
import { PartialBody } from './body.ts';
import { type Head, mostHeadBytes, readHead } from './head.ts';

export interface ConnectionOptions {
  /** A longer body is node:http's to refuse. */
  readonly maxBodyBytes: number;
  /** True when each answer is to end its connection. */
  readonly retiring: () => boolean;
  /** Must not reject; the answer was written, or the peer is gone, when it resolves. */
  readonly serve: (head: Head, body: Buffer, connection: Connection) => Promise<void>;
  /** Takes the socket over; bytes that were read but not answered are in it again. */
  readonly handOver: (socket: Socket) => void;
  readonly timedOut: (socket: Socket) => void;
}

const headEnd = Buffer.from('\r\n\r\n');
/** Of requests that were sent before the last answer; beyond it the client waits. */
const mostWaitingBytes = 65_536;

export class Connection implements Peer {
  readonly socket: Socket;
  readonly #options: ConnectionOptions;
  /** Called when the connection is no longer this one's. */
  readonly #left: () => void;
  /** Clients repeat their heads byte by byte; what is equal need not be read again. */
  #headBytes: Buffer = headEnd;
  #head: Head | undefined;
  #busy = false;
  #gone = false;
  /** True once node:http has the socket. */
  #handedOver = false;
  /** Came while a request was answered. */
  #waiting: Buffer | undefined;
  /** Body that is still coming. */
  #partial: PartialBody | undefined;
  #listeners: (() => void)[] = [];

  constructor(socket: Socket, options: ConnectionOptions, left: () => void) {
    this.socket = socket;
    this.#options = options;
    this.#left = left;
    socket.setTimeout(limits.keepAliveMs);
    if (readInto(socket, { memory: this.#room, take: this.#took })) socket.resume();
    else socket.on('data', this.#take);
    socket.on('end', this.#ended);
    socket.on('error', ignore);
    socket.on('timeout', this.#idle);
    socket.on('close', this.#closed);
  }

  get gone(): boolean {
    return this.#gone || this.socket.destroyed;
  }

  onGone(listener: () => void): void {
    if (this.gone) listener();
    else this.#listeners.push(listener);
  }

  /** True when the connection ends with the answer to this request. */
  lastAfter(head: Head): boolean {
    return head.last || this.#options.retiring();
  }

  /** Ends the connection, after the answer that is under way. */
  close(): void {
    if (!this.#busy && this.#partial === undefined) this.#hangUp();
  }

  /** A request is worked on. */
  get busy(): boolean {
    return this.#busy;
  }

  /** What is written goes out; a peer that does not hang up then is cut off. */
  #hangUp(): void {
    this.socket.end(() => setTimeout(() => this.socket.destroy(), limits.lingerMs).unref());
  }

  /** A body that is still coming is read to where it is to lie. */
  readonly #room = (): Uint8Array => this.#partial?.room ?? scratch;

  readonly #took = (count: number, bytes: Buffer): boolean => {
    if (this.#handedOver) return this.socket.push(Buffer.from(bytes.subarray(0, count)));
    const partial = this.#partial;
    if (partial === undefined || bytes === scratch) this.#take(bytes.subarray(0, count));
    else {
      partial.came(count);
      if (partial.missing === 0) this.#complete(partial);
    }
    return true;
  };

  /** `chunk` may be overwritten afterwards. */
  readonly #take = (chunk: Buffer): void => {
    if (this.#busy) this.#keep(chunk);
    else if (this.#partial === undefined) this.#begin(chunk);
    else this.#continue(this.#partial, chunk);
  };

  #keep(chunk: Buffer): void {
    this.#waiting = this.#waiting === undefined ? Buffer.from(chunk) : Buffer.concat([this.#waiting, chunk]);
    if (this.#waiting.length > mostWaitingBytes) this.socket.pause();
  }

  #begin(bytes: Buffer): void {
    const head = this.#headOf(bytes);
    if (head === undefined || head.bodyBytes > this.#options.maxBodyBytes) {
      this.#leave(bytes);
      return;
    }
    const start = this.#headBytes.length;
    const end = start + head.bodyBytes;
    if (bytes.length >= end) {
      if (bytes.length > end) this.#waiting = Buffer.from(bytes.subarray(end));
      this.#answer(head, Buffer.from(bytes.subarray(start, end)));
      return;
    }
    const timer = setTimeout(() => this.#options.timedOut(this.socket), limits.requestMs);
    this.#partial = new PartialBody(head, timer);
    this.#partial.add(bytes.subarray(start));
  }

  #headOf(bytes: Buffer): Head | undefined {
    const known = this.#headBytes;
    if (
      this.#head !== undefined &&
      bytes.length >= known.length &&
      bytes.compare(known, 0, known.length, 0, known.length) === 0
    )
      return this.#head;
    const at = bytes.indexOf(headEnd);
    if (at === -1 || at > mostHeadBytes) return undefined;
    this.#head = readHead(bytes.toString('latin1', 0, at));
    // A copy, since a view would keep the whole chunk.
    if (this.#head !== undefined) this.#headBytes = Buffer.from(bytes.subarray(0, at + headEnd.length));
    return this.#head;
  }

  #continue(partial: PartialBody, chunk: Buffer): void {
    const { missing } = partial;
    partial.add(chunk.subarray(0, missing));
    if (chunk.length > missing) this.#waiting = Buffer.from(chunk.subarray(missing));
    if (partial.missing === 0) this.#complete(partial);
  }

  #complete(partial: PartialBody): void {
    clearTimeout(partial.timer);
    this.#partial = undefined;
    this.#answer(partial.head, partial.whole());
  }

  #answer(head: Head, body: Buffer): void {
    this.#busy = true;
    const answered = () => this.#answered(head, body);
    void this.#options.serve(head, body, this).then(() => {
      if (this.socket.writableNeedDrain && !this.gone) void this.#drained().then(answered);
      else answered();
    });
  }

  #answered(head: Head, body: Buffer): void {
    this.#busy = false;
    memory.give(body);
    if (this.#listeners.length > 0) this.#listeners = [];
    if (this.gone) return;
    if (this.lastAfter(head)) this.#hangUp();
    else this.#next();
  }

  #next(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    if (this.socket.isPaused()) this.socket.resume();
    this.#begin(waiting);
  }

  /** A client that does not read its answers gets no further ones. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.socket.once('drain', resolve);
      this.onGone(resolve);
    });
  }

  #leave(bytes: Buffer): void {
    const { socket } = this;
    socket.setTimeout(0);
    socket.off('data', this.#take).off('end', this.#ended).off('error', ignore);
    socket.off('timeout', this.#idle).off('close', this.#closed);
    this.#left();
    this.#handedOver = true;
    socket.pause();
    // It may lie in memory that is read into again.
    socket.unshift(Buffer.from(bytes));
    this.#options.handOver(socket);
    // node:http would read the handle itself, past the bytes that lie in the socket; a listener makes it read the socket.
    socket.on('data', ignore).off('data', ignore);
    socket.resume();
  }

  /** A client that went away and one that only sends no more look alike; as in node:http, both have left. */
  readonly #ended = (): void => {
    this.#gone = true;
    this.#tellGone();
    if (this.#partial === undefined) this.socket.end();
    else this.socket.destroy();
  };

  /** Silence while a model computes is no fault; silence of a client that does not read is. */
  readonly #idle = (): void => {
    if (!this.#busy || this.socket.writableNeedDrain) this.socket.destroy();
  };

  readonly #closed = (): void => {
    this.#partial?.drop();
    this.#partial = undefined;
    this.#left();
    this.#tellGone();
  };

  #tellGone(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}

/** An error is followed by the end of the connection, which is what matters. */
function ignore(): void {}
