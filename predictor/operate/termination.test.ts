/** What Kubernetes shows of a program that could not go on. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Log } from './log.ts';
import { createEnding } from './termination.ts';

const folder = mkdtempSync(join(tmpdir(), 'predictor-termination-'));
after(() => rmSync(folder, { recursive: true }));
const nowhere: Log = () => {};

test('errors, and nothing else, stand in the file that Kubernetes made', () => {
  const file = join(folder, 'log');
  writeFileSync(file, 'what stood there before, and is longer');
  const passed: string[] = [];
  const ending = createEnding(file);
  const log = ending.noting((level, event) => passed.push(`${level} ${event}`));
  log('info', 'model-loading', 'Loading model');
  log('error', 'model-failed', 'sha256 is another');
  log('error', 'not-ready', '1 of 1 models cannot be served');
  ending.tell();
  assert.equal(readFileSync(file, 'utf8'), 'sha256 is another\n1 of 1 models cannot be served');
  assert.deepEqual(passed, ['info model-loading', 'error model-failed', 'error not-ready']);
});

test('of many errors the last', () => {
  const file = join(folder, 'many');
  writeFileSync(file, '');
  const ending = createEnding(file);
  const log = ending.noting(nowhere);
  for (let index = 0; index < 1000; index += 1) log('error', 'poll-failed', `error ${index}`);
  ending.tell();
  assert.deepEqual(
    readFileSync(file, 'utf8').split('\n'),
    Array.from({ length: 8 }, (_, index) => `error ${992 + index}`),
  );
});

test('no more than Kubernetes keeps', () => {
  const file = join(folder, 'long');
  writeFileSync(file, '');
  const ending = createEnding(file);
  ending.noting(nowhere)('error', 'model-failed', 'x'.repeat(10_000));
  ending.tell();
  assert.equal(readFileSync(file).length, 4096);
});

test('where there is no such file none is made, and without an error the file stays as it is', () => {
  const file = join(folder, 'absent');
  const ending = createEnding(file);
  ending.noting(nowhere)('error', 'start-failed', 'no');
  ending.tell();
  assert.equal(existsSync(file), false);
  const kept = join(folder, 'kept');
  writeFileSync(kept, 'kept');
  createEnding(kept).tell();
  assert.equal(readFileSync(kept, 'utf8'), 'kept');
});
