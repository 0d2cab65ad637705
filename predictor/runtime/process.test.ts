/** Model processes end when they are told to, whatever they do at that moment. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { matrices } from '../../bench/serving/matrices.ts';
import { write } from '../testdata/onnx.ts';
import { ProcessLost, startProcess } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'process-test-'));
after(() => rmSync(folder, { recursive: true }));
const times = { openMs: 300_000, runMs: 300_000 };
const limit = { timeout: 120_000 };
const open = { file: join(folder, 'long.onnx'), options: { intraOpThreads: 1 } };

test('one that computes for long ends at once, and its run is told lost', limit, async () => {
  write(folder, { 'long.onnx': matrices(1_500) });
  const process = startProcess(times);
  await process.open(open);
  const run = process.run([{ name: 'in', datatype: 'FP32', shape: [1], data: Float32Array.of(1) }], ['out']);
  const lost = assert.rejects(run, (error) => error instanceof ProcessLost && error.begun);
  await process.end();
  await lost;
});

test('one that has not begun to listen ends', limit, async () => {
  const process = startProcess(times);
  await process.end();
  await assert.rejects(process.open(open), ProcessLost);
});

test('one that is killed while it starts is told lost to whoever asked', limit, async () => {
  const process = startProcess(times);
  const opened = assert.rejects(process.open(open), ProcessLost);
  globalThis.process.kill(process.pid, 'SIGKILL');
  await opened;
  assert.match(await process.ended, /ended by SIGKILL/);
  await process.end();
});
