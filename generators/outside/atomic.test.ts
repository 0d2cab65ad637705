import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeAllAtomic, writeAtomic } from './atomic.ts';

test('a file is replaced, readable by all, with nothing left beside it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'new', 'file.yaml');
  await writeAtomic(path, 'one\n');
  await writeAtomic(path, 'two\n');
  assert.equal(await readFile(path, 'utf8'), 'two\n');
  assert.equal((await stat(path)).mode & 0o777, 0o644);
  assert.deepEqual(await readdir(join(folder, 'new')), ['file.yaml']);
});

test('when one of several files cannot be written, none is', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'wall'), '');
  await mkdir(join(folder, 'kept'));
  const files = new Map([
    [join(folder, 'kept', 'a.yaml'), 'a'],
    [join(folder, 'wall', 'b.yaml'), 'b'],
  ]);
  await assert.rejects(writeAllAtomic(files));
  assert.deepEqual(await readdir(join(folder, 'kept')), []);
});
