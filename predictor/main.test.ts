/** The program as it is started: events, reloads, signals, exit codes. */
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { add, identity, write } from './testdata/onnx.ts';
import { endPrograms, startProgram as start } from './testdata/program.ts';

const root = mkdtempSync(join(tmpdir(), 'main-test-'));
after(() => {
  endPrograms();
  rmSync(root, { recursive: true });
});

const infer = async (port: unknown, model: string, data: number[][]) => {
  const inputs = [{ name: 'in', shape: [data.length], datatype: 'FP32', data: data.flat() }];
  return (
    await fetch(`http://127.0.0.1:${port}/v2/models/${model}/infer`, {
      method: 'POST',
      body: JSON.stringify({ inputs }),
    })
  ).json();
};

test('one model from the environment, to a clean end', async () => {
  const folder = write(join(root, 'one'), { 'm.onnx': identity('FP32', [-1]) });
  const started = start([], { MODEL_NAME: 'one', MODEL_DIR: folder, HTTP_PORT: '0', HTTP_HOST: '127.0.0.1' });
  const ready = await started.next('ready');
  assert.deepEqual(ready['models'], [{ name: 'one', version: '1' }]);
  for (const key of ['ts', 'level', 'msg']) assert.equal(typeof ready[key], 'string');
  assert.deepEqual(await infer(ready['port'], 'one', [[7]]), {
    model_name: 'one',
    model_version: '1',
    outputs: [{ name: 'out', shape: [1], datatype: 'FP32', data: [7] }],
  });
  started.child.kill('SIGTERM');
  assert.equal((await started.next('stopped'))['code'], 0);
  assert.equal(await started.exit, 0);
  assert.ok(started.output.every((line) => line.startsWith('{"ts":')));
});

test('a models file is followed: new versions come, broken ones leave the old serving', async () => {
  const file = join(root, 'models.json');
  write(root, { 'good/m.onnx': identity('FP32', [-1]), 'bad/m.onnx': 'x', 'sum/m.onnx': add() });
  /** As a rename, so that no half-written file is ever seen. */
  const list = (...models: object[]) => {
    writeFileSync(`${file}.new`, JSON.stringify({ models }));
    renameSync(`${file}.new`, file);
  };
  list({ name: 'm', version: '1', path: 'good' });
  const { child, next, exit } = start(['--models-config', file, '--http-port', '0', '--http-host', '127.0.0.1']);
  const { port } = await next('ready');
  const state = async () => (await fetch(`http://127.0.0.1:${port}/v2/models/m/ready`)).json();

  list({ name: 'm', version: '2', path: 'bad' });
  const failed = await next('reload-failed');
  const reason = 'not an ONNX file: varint at byte 1 ends after the message';
  assert.deepEqual(failed['models'], [
    { model: 'm', version: '1', result: 'kept' },
    { model: 'm', version: '2', result: 'failed', reason },
  ]);
  assert.deepEqual(await state(), { name: 'm', ready: true, reason: `version 2: ${reason}` });
  assert.equal((await fetch(`http://127.0.0.1:${port}/v2/health/ready`)).status, 200);

  list({ name: 'm', version: '2', path: 'good' }, { name: 'sum', path: 'sum' });
  assert.deepEqual((await next('reloaded'))['models'], [
    { model: 'm', version: '1', result: 'removed' },
    { model: 'm', version: '2', result: 'loaded' },
    { model: 'sum', version: '1', result: 'loaded' },
  ]);
  assert.deepEqual(await state(), { name: 'm', ready: true });

  child.kill('SIGHUP');
  await next('reloaded');
  writeFileSync(file, '{');
  assert.match(String((await next('reload-failed'))['msg']), /models\.json is not JSON/);
  child.kill('SIGINT');
  assert.equal(await exit, 0);
});

test('some models cannot be loaded: the others serve, and the server is not ready', async () => {
  const file = join(root, 'partly.json');
  write(root, { 'fine/m.onnx': identity('FP32', [-1]) });
  writeFileSync(
    file,
    JSON.stringify({
      models: [
        { name: 'a', path: 'fine' },
        { name: 'b', path: 'absent' },
      ],
    }),
  );
  const { child, next, exit } = start(['--models-config', file, '--http-port', '0', '--http-host', '127.0.0.1']);
  const { port } = await next('not-ready');
  assert.equal((await fetch(`http://127.0.0.1:${port}/v2/health/ready`)).status, 503);
  assert.equal((await fetch(`http://127.0.0.1:${port}/v2/health/live`)).status, 200);
  assert.equal((await fetch(`http://127.0.0.1:${port}/v2/models/a/ready`)).status, 200);
  child.kill('SIGTERM');
  assert.equal(await exit, 0);
});

test('no model at all ends the process', async () => {
  const started = start(['--model-name', 'x', '--model-dir', join(root, 'nowhere'), '--http-port', '0']);
  assert.match(String((await started.next('model-failed'))['reason']), /does not exist/);
  assert.equal(await started.exit, 1);
});

test('usage faults end with 2, help with 0', async () => {
  const faulty = start(['--http-port', 'x', '--model-name', 'x']);
  assert.match(String((await faulty.next('text'))['msg']), /^HTTP_PORT is "x"/);
  assert.equal(await faulty.exit, 2);
  const help = start(['--help']);
  assert.equal(await help.exit, 0);
  assert.match(help.output.join(''), /^Usage: predictor/);
});
