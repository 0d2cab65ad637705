/** Requests without rows: some kernels of onnxruntime divide by their number and end the process. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Running, serve, sourceAt } from '../testdata/models.ts';
import { identity, model, node, value, weights, write } from '../testdata/onnx.ts';

const folder = mkdtempSync(join(tmpdir(), 'no-rows-'));
let running: Running;

/** The three largest of each row of eight; K comes from the shape of a constant. */
const largest = model({
  nodes: [node('Shape', ['w'], ['k']), node('TopK', ['X', 'k'], ['values', 'places'])],
  inputs: [value('X', 'FP32', [-1, 8])],
  outputs: [value('values', 'FP32', [-1, 3]), value('places', 'INT64', [-1, 3])],
  initializers: [weights('w', [3], [0, 0, 0])],
});

before(async () => {
  write(folder, { 'largest.onnx': largest, 'same.onnx': identity('FP32', [-1, 8]) });
  const source = (name: string) => sourceAt(join(folder, `${name}.onnx`), name);
  running = await serve([source('largest'), source('same')], 1024);
});
after(async () => {
  await running.stop();
  rmSync(folder, { recursive: true });
});

function infer(name: string, rows: number) {
  const input = {
    name: 'input-0',
    datatype: 'FP32',
    shape: [rows, 8],
    data: Array.from({ length: rows * 8 }, (_, i) => i),
  };
  const body = JSON.stringify({ inputs: [input] });
  return fetch(`${running.url}/v2/models/${name}/infer`, { method: 'POST', body });
}

test('a graph that does not survive them refuses them, and serves on', async () => {
  const none = await infer('largest', 0);
  assert.equal(none.status, 400);
  const { error } = (await none.json()) as { error: string };
  assert.match(error, /unexpected shape for input 'input-0' for model 'largest'.*\[0,8\] \(\/inputs\/0\/shape\)$/);
  assert.equal((await infer('largest', 2)).status, 200);
});

test('a graph that takes them answers without rows', async () => {
  const answer = await infer('same', 0);
  assert.equal(answer.status, 200);
  const { outputs } = (await answer.json()) as { outputs: { shape: number[]; data: number[] }[] };
  assert.deepEqual([outputs[0]?.shape, outputs[0]?.data], [[0, 8], []]);
});
