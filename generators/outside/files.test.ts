import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesBelow, within } from '../testdata/project.ts';
import { listFiles, listFolders, readFolders, readText, removeFolders, writeFileSet } from './files.ts';

function folder(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'files-'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

test('writes what differs, removes what is not asked for, and leaves equal files untouched', async () => {
  const old = { 'made/a/same.yaml': '1\n', 'made/a/other.yaml': '1\n', 'made/b/gone.yaml': '1\n', 'mine.yaml': '1\n' };
  await within(folder(old), async (root) => {
    const before = statSync(join(root, 'made/a/same.yaml')).mtimeMs;
    const files = new Map([
      ['made/a/same.yaml', '1\n'],
      ['made/a/other.yaml', '2\n'],
      ['made/c/d/new.yaml', '3\n'],
    ]);
    assert.deepEqual(await writeFileSet(root, ['made'], files), { written: 2, removed: 1, unchanged: 1 });
    assert.deepEqual(filesBelow(root), ['made/a/other.yaml', 'made/a/same.yaml', 'made/c/d/new.yaml', 'mine.yaml']);
    assert.equal(readFileSync(join(root, 'made/a/other.yaml'), 'utf8'), '2\n');
    assert.equal(statSync(join(root, 'made/a/same.yaml')).mtimeMs, before);
    assert.ok(!existsSync(join(root, 'made/b')), 'an empty folder is removed');
  });
});

test('a made folder in which nothing is left goes too, but never what is above it', async () => {
  await within(folder({ 'clusters/a/argocd/x.yaml': '1\n' }), async (root) => {
    await writeFileSet(root, ['clusters/a/argocd'], new Map());
    assert.ok(!existsSync(join(root, 'clusters/a/argocd')));
    assert.ok(existsSync(join(root, 'clusters/a')));
  });
});

test('where one text cannot be written, no file is changed and no draft is left', async () => {
  await within(
    folder({ 'made/a.yaml': 'old\n', 'made/blocked': 'a file where a folder is needed\n' }),
    async (root) => {
      const files = new Map([
        ['made/a.yaml', 'new\n'],
        ['made/blocked/b.yaml', 'new\n'],
      ]);
      await assert.rejects(writeFileSet(root, ['made'], files));
      assert.deepEqual(filesBelow(root), ['made/a.yaml', 'made/blocked']);
      assert.equal(readFileSync(join(root, 'made/a.yaml'), 'utf8'), 'old\n');
    },
  );
});

const asRoot = process.getuid?.() === 0 ? 'root may write everywhere' : false;

test('an unwritable folder leaves nothing half-written', { skip: asRoot }, async () => {
  await within(folder({ 'made/a/a.yaml': 'old\n', 'made/b/b.yaml': 'old\n' }), async (root) => {
    chmodSync(join(root, 'made/b'), 0o555);
    const files = new Map([
      ['made/a/a.yaml', 'new\n'],
      ['made/b/b.yaml', 'new\n'],
    ]);
    await assert.rejects(writeFileSet(root, ['made'], files));
    chmodSync(join(root, 'made/b'), 0o755);
    assert.deepEqual(filesBelow(root), ['made/a/a.yaml', 'made/b/b.yaml']);
    assert.equal(readFileSync(join(root, 'made/a/a.yaml'), 'utf8'), 'old\n');
  });
});

test('reading: what is absent is empty or undefined', async () => {
  await within(folder({ 'a/x.yaml': '1', 'a/b/y.yaml': '2' }), async (root) => {
    assert.deepEqual(await listFiles(join(root, 'a')), ['b/y.yaml', 'x.yaml']);
    assert.deepEqual(await listFiles(join(root, 'none')), []);
    assert.deepEqual(await listFolders(join(root, 'a')), ['b']);
    assert.deepEqual(await listFolders(join(root, 'none')), []);
    assert.equal(await readText(join(root, 'none.yaml')), undefined);
    assert.deepEqual(
      [...(await readFolders(root, ['a', 'none']))],
      [
        ['a/b/y.yaml', '2'],
        ['a/x.yaml', '1'],
      ],
    );
    assert.equal(await removeFolders(root, ['a', 'none']), 2);
    assert.ok(!existsSync(join(root, 'a')));
  });
});
