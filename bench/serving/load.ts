/**
 * The load generator: keep-alive connections that send the same bytes again as soon as the answer is there, for a time.
 * Bare sockets, so that it has more to give than any server that it measures. This machine only.
 *
 *   node load.js '{"port":8080,"path":"/…","headers":{},"bodyFile":"…","connections":16,"seconds":4}'
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { driveGrpc } from './load-grpc.ts';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyFile: string;
  readonly connections: number;
  readonly seconds: number;
  /** Absent: HTTP/1.1. With gRPC the body is the message of a call to the predictor. */
  readonly protocol?: 'grpc';
}

/** What one connection is driven by. */
export interface Drive {
  readonly load: Load;
  readonly body: Buffer;
  /** In milliseconds of `performance.now()`. */
  readonly end: number;
  /** Milliseconds from a request to its answer. */
  took(milliseconds: number): void;
}

export interface LoadReport {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the generator by wall time: near 1 the generator is what is measured. */
  readonly busy: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: *(\d+)/i;

const load = JSON.parse(process.argv[2] ?? '') as Load;
const body = readFileSync(load.bodyFile);
const latencies: number[] = [];
const start = performance.now();
const end = start + load.seconds * 1000;
const cpuAtStart = process.cpuUsage();

function requestBytes(): Buffer {
  const headers = Object.entries({ host: '127.0.0.1', 'content-length': String(body.length), ...load.headers });
  const head = `POST ${load.path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** One connection until the time is over. */
function driveHttp({ took }: Drive): Promise<void> {
  const request = requestBytes();
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true });
    let sent = 0;
    let head: Buffer | undefined;
    /** Bytes of the body that are still to come. */
    let left = 0;
    const next = () => {
      sent = performance.now();
      head = undefined;
      if (sent < end) socket.write(request);
      else socket.end();
    };
    const read = (chunk: Buffer) => {
      if (left > 0) {
        left -= chunk.length;
      } else {
        const bytes: Buffer = head === undefined ? chunk : Buffer.concat([head, chunk]);
        const at = bytes.indexOf(HEAD_END);
        if (at < 0) {
          head = bytes;
          return;
        }
        const text = bytes.toString('latin1', 0, at);
        const length = LENGTH.exec(text)?.[1];
        if (!text.startsWith('HTTP/1.1 200') || length === undefined) {
          socket.destroy(new Error(`not an answer with a length: ${bytes.toString('latin1', 0, 500)}`));
          return;
        }
        left = Number(length) - (bytes.length - at - HEAD_END.length);
      }
      if (left > 0) return;
      took(performance.now() - sent);
      next();
    };
    socket.on('connect', next);
    socket.on('data', read);
    socket.on('error', reject);
    socket.on('close', () => (sent >= end ? resolve() : reject(new Error('the server closed a connection'))));
  });
}

const drive = load.protocol === 'grpc' ? driveGrpc : driveHttp;
const driven: Drive = { load, body, end, took: (milliseconds) => latencies.push(milliseconds) };
await Promise.all(Array.from({ length: load.connections }, () => drive(driven)));
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpuAtStart);
const sorted = Float64Array.from(latencies).sort();
const quantile = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
const report: LoadReport = {
  requests: sorted.length,
  seconds,
  p50: quantile(0.5),
  p99: quantile(0.99),
  busy: (user + system) / 1e6 / seconds,
};
process.stdout.write(JSON.stringify(report));
