/** A server that closes ends, whatever its clients do, and whoever was heard is answered. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataPlane } from '../data-plane.ts';
import { createRestServer } from './server.ts';

interface Served {
  readonly port: number;
  readonly close: () => Promise<void>;
  /** Lets the inference that waits end. */
  readonly answer: () => void;
  /** Resolves when an inference has begun. */
  readonly asked: Promise<void>;
}

const timings = { queueNs: 0, inputNs: 0, inferNs: 0, outputNs: 0, batchSize: 1 };
const infer = (more: string) => `POST /v2/models/m/infer HTTP/1.1\r\nhost: x\r\n${more}`;
const body = JSON.stringify({ inputs: [{ name: 'in', shape: [1], datatype: 'FP32', data: [1] }] });

async function serve(): Promise<Served> {
  let answer = () => {};
  let begun = () => {};
  const asked = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const waits = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const plane = {
    live: () => true,
    infer: async () => {
      begun();
      await waits;
      return { response: { modelName: 'm', modelVersion: '1', outputs: [] }, timings };
    },
  } as unknown as DataPlane;
  const server = createRestServer(plane, { log: () => {}, maxBodyBytes: 1_000_000 });
  const port = await server.listen('127.0.0.1', 0);
  return { port, close: () => server.close(), answer, asked };
}

/** A client that never hangs up by itself. */
async function client(t: TestContext, port: number, sends: string): Promise<{ socket: Socket; text: () => string }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => socket.destroy());
  let text = '';
  socket.on('error', () => {}).on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'connect');
  if (sends !== '') await new Promise((resolve) => socket.write(sends, resolve));
  return { socket, text: () => text };
}

const silent: Readonly<Record<string, string>> = {
  'sends nothing': '',
  'sends half of a head': 'POST /v2/models/m/infer HT',
  'sends half of a body': infer('content-length: 100\r\n\r\n{"inputs":'),
  'sends half of a chunked body': infer('transfer-encoding: chunked\r\n\r\n5\r\n{"inp'),
  'has its answer and stays': 'GET /v2/health/live HTTP/1.1\r\nhost: x\r\n\r\n',
  'has its answer from node:http and stays': 'GET /v2/health/live HTTP/1.1\r\nhost: x\r\nte: trailers\r\n\r\n',
};
for (const [what, sends] of Object.entries(silent)) {
  test(`a client that ${what} does not keep the server`, { timeout: 60_000 }, async (t) => {
    const { port, close } = await serve();
    const { text } = await client(t, port, sends);
    while (what.startsWith('has') && !text().includes('"live":true')) await pause(5);
    await pause(50);
    await close();
  });
}

for (const [reader, more] of [
  ['our reader', `content-length: ${body.length}\r\n\r\n${body}`],
  ['node:http', `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
] as const) {
  test(`a request that ${reader} has read is answered, however long it takes`, { timeout: 60_000 }, async (t) => {
    const { port, close, answer, asked } = await serve();
    const { text, socket } = await client(t, port, infer(more));
    await asked;
    const closed = close();
    // Longer than what is not answered may take.
    await pause(8_000);
    assert.ok(!socket.destroyed);
    const ended = once(socket, 'end');
    answer();
    await Promise.all([closed, ended]);
    assert.match(text(), /^HTTP\/1.1 200 OK\r\n[\s\S]*"model_name":"m"/);
  });
}
