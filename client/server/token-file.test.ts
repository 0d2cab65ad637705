import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { followToken } from './token-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'token-test-'));
after(() => rmSync(folder, { recursive: true }));

test('a renewed token is taken when the file is looked at again, a faulty one leaves the old', () => {
  const file = join(folder, 'token');
  const said: string[] = [];
  let now = 0;
  writeFileSync(file, 'one\n');
  const token = followToken(
    file,
    10_000,
    (level, event) => said.push(`${level} ${event}`),
    () => now,
  );
  assert.equal(token.header(), 'Bearer one');
  writeFileSync(file, 'two\n');
  now = 9999;
  assert.equal(token.header(), 'Bearer one');
  now = 10_000;
  assert.equal(token.header(), 'Bearer two');
  for (const fault of ['', 'two words', 'line\nbreak: 1', 'ü']) {
    writeFileSync(file, fault);
    now += 10_000;
    assert.equal(token.header(), 'Bearer two', fault);
  }
  unlinkSync(file);
  now += 10_000;
  assert.equal(token.header(), 'Bearer two');
  assert.deepEqual(
    said,
    Array.from({ length: 5 }, () => 'error token-failed'),
  );
  writeFileSync(file, 'three');
  now += 10_000;
  assert.equal(token.header(), 'Bearer three');
});

test('no file, or none that holds a token, is told at the start', () => {
  const log = () => assert.fail('nothing is to be logged');
  assert.throws(() => followToken(join(folder, 'none'), 1, log), /ENOENT/);
  const empty = join(folder, 'empty');
  writeFileSync(empty, '\n');
  assert.throws(() => followToken(empty, 1, log), /holds no token: one line without spaces is expected/);
});
