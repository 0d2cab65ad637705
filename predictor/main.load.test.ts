/** Under load: a killed model process, callers that leave or are slow, and the end. No accepted request is lost. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { identity, write } from './testdata/onnx.ts';
import { endPrograms, startProgram } from './testdata/program.ts';

const root = mkdtempSync(join(tmpdir(), 'load-test-'));
after(() => {
  endPrograms();
  rmSync(root, { recursive: true });
});

const CALLERS = 16;
const body = JSON.stringify({ inputs: [{ name: 'in', shape: [2], datatype: 'FP32', data: [1, 2] }] });
const path = '/v2/models/m/infer';

interface Told {
  readonly answered: number;
  /** Anything but "close" is a lost request. */
  readonly end: string;
}

/** Asks again and again over one kept connection until an answer ends it, as gateways do before they go elsewhere. */
async function keepAsking(port: number): Promise<Told> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let answered = 0;
  for (;;) {
    const end = await new Promise<string>((resolve) => {
      const sent = request({ port, path, agent, method: 'POST', host: '127.0.0.1' }, (response) => {
        const last = response.headers.connection === 'close' ? 'close' : '';
        response
          .resume()
          .on('end', () => resolve(response.statusCode === 200 ? last : `status ${response.statusCode}`));
        response.on('error', (error) => resolve(error.message));
      });
      sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end(body);
    });
    if (end !== '') {
      agent.destroy();
      return { answered, end };
    }
    answered += 1;
  }
}

/** A body in pieces over half a second. */
function askSlowly(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', async () => {
      socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`);
      const pieces = 5;
      for (let piece = 0; piece < pieces; piece++) {
        await pause(100);
        const at = (share: number) => Math.floor((body.length * share) / pieces);
        socket.write(body.slice(at(piece), at(piece + 1)));
      }
    });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('"data":[1,2]')) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.on('error', reject).on('end', () => resolve(text));
  });
}

/** Half a request, and gone. */
function leave(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
        () => socket.destroy(),
      );
    });
    socket.on('close', () => resolve());
  });
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid);
      } catch {
        return false;
      }
    })
    .map(Number);
}

for (const [place, inlineMaxUs] of [
  ['in this process', '100000'],
  ['in a process of its own', '0'],
] as const) {
  test(`a model ${place}: every accepted request is answered`, { skip: process.platform !== 'linux' }, async () => {
    const folder = write(join(root, inlineMaxUs), { 'm.onnx': identity('FP32', [-1]) });
    const flags = [
      '--inline-max-us',
      inlineMaxUs,
      '--drain-seconds',
      '1',
      '--http-port',
      '0',
      '--http-host',
      '127.0.0.1',
    ];
    const program = startProgram(flags, { MODEL_NAME: 'm', MODEL_DIR: folder, GRPC_PORT: '0', METRICS_PORT: '0' });
    const port = Number((await program.next('ready'))['port']);
    const callers = Array.from({ length: CALLERS }, () => keepAsking(port));
    await pause(300);
    await Promise.all([askSlowly(port), ...Array.from({ length: 20 }, () => leave(port))]);
    if (inlineMaxUs === '0') {
      const [model] = childrenOf(program.child.pid ?? 0);
      assert.ok(model !== undefined, 'the model has a process');
      process.kill(model, 'SIGKILL');
      await program.next('model-process-started');
    }
    const slow = askSlowly(port);
    await pause(100);
    program.child.kill('SIGTERM');
    assert.match(await slow, /^HTTP\/1\.1 200 .*connection: close/is);
    const told = await Promise.all(callers);
    assert.deepEqual(
      told.map(({ end }) => end),
      told.map(() => 'close'),
    );
    assert.ok(told.every(({ answered }) => answered > 5));
    assert.equal(await program.exit, 0);
  });
}
