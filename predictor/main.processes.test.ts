/** Several serving processes as they are started: one port, one health, one sum; and what happens when one ends. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { method } from './testdata/grpc.ts';
import { identity, write } from './testdata/onnx.ts';
import { endPrograms, type Program, startProgram } from './testdata/program.ts';

const root = mkdtempSync(join(tmpdir(), 'processes-test-'));
after(() => {
  endPrograms();
  rmSync(root, { recursive: true });
});

interface Served extends Program {
  readonly url: string;
  readonly metricsUrl: string;
  readonly grpc: string;
  readonly lead: number;
}

async function startTwo(...more: string[]): Promise<Served> {
  write(root, { 'repository/m/1/m.onnx': identity('FP32', [-1]), 'repository/n/1/m.onnx': identity('FP32', [-1]) });
  const args = ['--model-repository', join(root, 'repository'), '--http-host', '127.0.0.1', '--http-port', '0'];
  const program = startProgram([...args, '--processes', '2', '--admin-port', '0', '--admin-grpc-port', '0', ...more]);
  const { port, grpc, metrics } = await program.next('listening');
  const url = `http://127.0.0.1:${port}`;
  return {
    ...program,
    url,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    grpc: `127.0.0.1:${grpc}`,
    lead: program.child.pid ?? 0,
  };
}

const body = JSON.stringify({ inputs: [{ name: 'in', shape: [1], datatype: 'FP32', data: [7] }] });
/** A connection of its own for each request, so that the processes take turns. */
const ask = (url: string, init: RequestInit = {}) => fetch(url, { ...init, headers: { connection: 'close' } });
const infer = async ({ url }: Served, model = 'm') =>
  (await ask(`${url}/v2/models/${model}/infer`, { method: 'POST', body })).status;
const metrics = async ({ metricsUrl }: Served) => (await fetch(metricsUrl)).text();
const value = (text: string, name: string) =>
  Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);

/** Processes of the serving program itself, by Linux's list: models that are tried have processes, too. */
function servingPids(lead: number): number[] {
  const children = readFileSync(`/proc/${lead}/task/${lead}/children`, 'utf8').trim().split(' ');
  return children.map(Number).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.ts'));
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) return;
    await pause(50);
  }
  assert.fail(`waited in vain until ${what}`);
}

test('two processes behind one port count together, and a lost one is replaced', async () => {
  const server = await startTwo();
  await server.next('ready');
  assert.equal((await ask(`${server.url}/v2/health/ready`)).status, 200);
  for (let count = 0; count < 10; count++) assert.equal(await infer(server), 200);
  const stats = (await (await ask(`${server.url}/v2/models/m/stats`)).json()) as {
    model_stats: { inference_count: number }[];
  };
  assert.equal(stats.model_stats[0]?.inference_count, 10);

  const before = await metrics(server);
  assert.equal(value(before, 'nv_inference_count'), 10);
  assert.equal(value(before, 'predictor_inference_seconds_count'), 10);
  for (const [name, wanted] of [
    ['predictor_build_info', 1],
    ['predictor_ready', 1],
    ['predictor_model_ready', 1],
    ['predictor_processes', 2],
    ['predictor_processes_ready', 2],
    ['predictor_process_restarts_total', 0],
  ] as const)
    assert.equal(value(before, name), wanted, name);
  assert.match(before, /^predictor_process_resident_bytes\{process="1"\} \d+$/m);
  assert.match(before, /^predictor_process_resident_bytes\{process="2"\} \d+$/m);
  assert.equal(value(await (await ask(`${server.url}/metrics`)).text(), 'nv_inference_count'), 10);

  const [victim = 0, other] = servingPids(server.lead);
  assert.ok(victim > 1 && other !== undefined);
  process.kill(victim, 'SIGKILL');
  const lost = await server.next('process-lost');
  assert.match(String(lost['msg']), /was ended by SIGKILL; another starts in 100 ms$/);
  assert.equal(value(await metrics(server), 'predictor_ready'), 0);
  const health = await ask(`${server.url}/v2/health/ready`);
  assert.equal(health.status, 503);
  assert.equal(await infer(server), 200);
  await server.next('process-replaced');
  await until('it is ready again', async () => (await ask(`${server.url}/v2/health/ready`)).status === 200);
  const afterwards = await metrics(server);
  assert.equal(value(afterwards, 'nv_inference_count'), 11);
  assert.equal(value(afterwards, 'predictor_process_restarts_total'), 1);
  assert.equal(servingPids(server.lead).length, 2);
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 0);
});

test('administration reaches every process, also one that comes later', async () => {
  const server = await startTwo();
  await server.next('ready');
  const post = async (path: string, content = '{}') =>
    (await ask(`${server.url}${path}`, { method: 'POST', body: content })).status;
  const statuses = async () =>
    new Set([await infer(server), await infer(server), await infer(server), await infer(server)]);
  assert.equal(await post('/v2/repository/models/absent/unload'), 404);
  assert.equal(await post('/v2/repository/models/m/unload'), 200);
  assert.deepEqual(await statuses(), new Set([503]));
  assert.equal(await post('/v2/logging', '{"log_info":false}'), 200);
  assert.equal(await post('/v2/logging', '{"log_info":1}'), 400);
  const [victim = 0] = servingPids(server.lead);
  process.kill(victim, 'SIGKILL');
  await server.next('process-lost');
  await until('it is ready again', async () => (await ask(`${server.url}/v2/health/ready`)).status === 200);
  assert.deepEqual(await statuses(), new Set([503]));
  assert.equal(await infer(server, 'n'), 200);
  for (let count = 0; count < 4; count++)
    assert.equal(((await (await ask(`${server.url}/v2/logging`)).json()) as { log_info: boolean }).log_info, false);
  assert.equal(await post('/v2/repository/models/m/load'), 200);
  assert.deepEqual(await statuses(), new Set([200]));
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 0);
});

test('gRPC is served by both, and a second signal ends all at once', async () => {
  const server = await startTwo('--drain-seconds', '20');
  await server.next('ready');
  const { path, requestSerialize, responseDeserialize } = method('ModelInfer');
  const message = {
    model_name: 'm',
    inputs: [{ name: 'in', datatype: 'FP32', shape: [1], contents: { fp32_contents: [5] } }],
  };
  for (let count = 0; count < 4; count++) {
    const client = new Client(server.grpc, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    const answer = await new Promise<{ outputs: { contents: { fp32_contents: number[] } }[] }>((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, message, (error, found) =>
        error === null ? resolve(found as never) : reject(error),
      );
    });
    client.close();
    assert.deepEqual(answer.outputs[0]?.contents.fp32_contents, [5]);
  }
  assert.equal(value(await metrics(server), 'nv_inference_count'), 4);
  const pids = servingPids(server.lead);
  server.child.kill('SIGTERM');
  await server.next('stopping');
  await until('it is no longer ready', async () => (await ask(`${server.url}/v2/health/ready`)).status === 503);
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 1);
  await until('every process is gone', async () => pids.every((pid) => !alive(pid)));
});

test('what the first process cannot serve ends the program', async () => {
  const args = ['--model-name', 'x', '--model-dir', join(root, 'nowhere'), '--http-port', '0', '--processes', '2'];
  const program = startProgram([...args, '--http-host', '127.0.0.1']);
  assert.match(String((await program.next('model-failed'))['reason']), /does not exist/);
  assert.equal(await program.exit, 1);
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
