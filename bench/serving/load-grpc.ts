/**
 * gRPC calls of one connection, one after the other: HTTP/2 (RFC 9113) on a bare socket, as far as that needs it. The
 * predictor only: of the trailers it looks for the status as that writes it, which needs no table.
 */
import { connect, type Socket } from 'node:net';
import type { Drive } from './load.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const TYPE = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
const SETTING = { initialWindow: 4, largestFrame: 5 } as const;
/** Of SETTINGS and PING; of DATA and HEADERS the same bit ends the stream. */
const ACK = 1;
const END = 1;
const END_HEADERS = 4;
const FRAME_HEAD = 9;
const DEFAULT_WINDOW = 65_535;
const LARGEST_WINDOW = 2 ** 31 - 1;
const OK = Buffer.from('grpc-status\x010', 'latin1');

export function driveGrpc(drive: Drive): Promise<void> {
  return new Promise((resolve, reject) => {
    new Caller(drive, resolve, reject);
  });
}

function frame(type: number, flags: number, stream: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([headOf(content.length, type, flags, stream), content]);
}

function headOf(length: number, type: number, flags: number, stream: number): Buffer {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return head;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A literal that nobody keeps (RFC 7541 section 6.2.2), for names and values shorter than 127. */
function field(name: string, value: string): Buffer {
  const text = (part: string) => Buffer.from([part.length, ...Buffer.from(part, 'latin1')]);
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** Nothing that the server sends waits for a window. */
const OPENING = Buffer.concat([
  PREFACE,
  frame(TYPE.settings, 0, 0, Buffer.from([0, SETTING.initialWindow]), number(LARGEST_WINDOW)),
  frame(TYPE.windowUpdate, 0, 0, number(LARGEST_WINDOW - DEFAULT_WINDOW)),
]);

class Caller {
  readonly #drive: Drive;
  readonly #socket: Socket;
  readonly #block: Buffer;
  /** Behind its flag and length. */
  readonly #message: Buffer;
  #stream = -1;
  #sent = 0;
  /** How much of the message has gone; all of it until the first call. */
  #at = Number.POSITIVE_INFINITY;
  #window = DEFAULT_WINDOW;
  #initialWindow = DEFAULT_WINDOW;
  #streamWindow = 0;
  #largestFrame = 16_384;
  #rest: Buffer | undefined;
  /** Bytes of DATA that are still to come, and those of this call in all. */
  #data = 0;
  #received = 0;

  constructor(drive: Drive, done: () => void, failed: (error: Error) => void) {
    const { load, body } = drive;
    this.#drive = drive;
    this.#message = Buffer.concat([Buffer.from([0]), number(body.length), body]);
    const fields = {
      ':method': 'POST',
      ':scheme': 'http',
      ':path': load.path,
      ':authority': '127.0.0.1',
      te: 'trailers',
      'content-type': 'application/grpc',
      ...load.headers,
    };
    this.#block = Buffer.concat(Object.entries(fields).map(([name, value]) => field(name, value)));
    const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    socket.on('connect', () => socket.write(OPENING));
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', failed);
    socket.on('close', () => (this.#sent >= drive.end ? done() : failed(new Error('the server closed a connection'))));
  }

  #next(): void {
    const socket = this.#socket;
    this.#sent = performance.now();
    if (this.#sent >= this.#drive.end) {
      socket.end();
      return;
    }
    this.#stream += 2;
    this.#at = 0;
    this.#streamWindow = this.#initialWindow;
    socket.cork();
    socket.write(frame(TYPE.headers, END_HEADERS, this.#stream, this.#block));
    this.#pump();
    socket.uncork();
  }

  #pump(): void {
    const message = this.#message;
    while (this.#at < message.length) {
      const to = this.#at + Math.min(this.#window, this.#streamWindow, this.#largestFrame, message.length - this.#at);
      if (to <= this.#at) return;
      const length = to - this.#at;
      this.#socket.write(headOf(length, TYPE.data, to === message.length ? END : 0, this.#stream));
      this.#socket.write(message.subarray(this.#at, to));
      this.#window -= length;
      this.#streamWindow -= length;
      this.#at = to;
    }
  }

  #read(chunk: Buffer): void {
    const bytes: Buffer = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let at = 0;
    while (at < bytes.length) {
      const passed = Math.min(this.#data, bytes.length - at);
      this.#data -= passed;
      at += passed;
      if (bytes.length - at < FRAME_HEAD) break;
      const length = bytes.readUIntBE(at, 3);
      const type = bytes[at + 3] ?? 0;
      const from = at + FRAME_HEAD;
      if (type === TYPE.data) {
        this.#data = length;
        this.#received += length;
        at = from;
      } else {
        if (bytes.length - from < length) break;
        at = from + length;
        this.#take(type, bytes[from - FRAME_HEAD + 4] ?? 0, bytes.readUInt32BE(from - 4), bytes.subarray(from, at));
      }
    }
    if (at < bytes.length) this.#rest = bytes.subarray(at);
  }

  #take(type: number, flags: number, stream: number, content: Buffer): void {
    if (type === TYPE.headers && (flags & END) !== 0) this.#answered(content);
    else if (type === TYPE.settings && (flags & ACK) === 0) this.#settle(content);
    else if (type === TYPE.ping && (flags & ACK) === 0) this.#socket.write(frame(TYPE.ping, ACK, 0, content));
    else if (type === TYPE.windowUpdate) {
      if (stream === 0) this.#window += content.readUInt32BE();
      else if (stream === this.#stream) this.#streamWindow += content.readUInt32BE();
      this.#pump();
    } else if (type === TYPE.reset || type === TYPE.goAway) this.#fail(`frame of type ${type}`, content);
  }

  /** Calls begin when the server has said what it takes. */
  #settle(content: Buffer): void {
    if (this.#stream > 0) {
      this.#fail('SETTINGS behind the first', content);
      return;
    }
    for (let at = 0; at < content.length; at += 6) {
      const value = content.readUInt32BE(at + 2);
      if (content.readUInt16BE(at) === SETTING.initialWindow) this.#initialWindow = value;
      if (content.readUInt16BE(at) === SETTING.largestFrame) this.#largestFrame = value;
    }
    this.#socket.write(frame(TYPE.settings, ACK, 0));
    this.#next();
  }

  #answered(trailers: Buffer): void {
    if (!trailers.includes(OK) || this.#received === 0) {
      this.#fail('no answer with status 0', trailers);
      return;
    }
    this.#drive.took(performance.now() - this.#sent);
    this.#socket.write(frame(TYPE.windowUpdate, 0, 0, number(this.#received)));
    this.#received = 0;
    this.#next();
  }

  #fail(what: string, content: Buffer): void {
    this.#socket.destroy(new Error(`${what}: ${content.toString('latin1', 0, 500)}`));
  }
}
