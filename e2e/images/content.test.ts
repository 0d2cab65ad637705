import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { defaults } from '../../generators/resolve/defaults.ts';
import { contentHash, contextFiles } from './content.ts';
import { IMAGES } from './list.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const image = { name: 'x', reference: 'x:1', dockerfile: 'x/Dockerfile', bases: {} } as const;

function repository(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'kserve-gitops-content-'));
  for (const [path, text] of Object.entries({ 'x/Dockerfile': 'FROM scratch\n', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('the context is what the ignore file lets in', () => {
  const folder = repository({
    'x/Dockerfile.dockerignore': '# why\n*\n!x\n!one.json\nx/dist\n',
    'x/a.ts': '1',
    'x/dist/b.js': '2',
    'one.json': '3',
    'other.json': '4',
  });
  assert.deepEqual(contextFiles(folder, image), ['one.json', 'x/Dockerfile', 'x/Dockerfile.dockerignore', 'x/a.ts']);
});

test('a line that this reading of ignore files does not know is refused', () => {
  const folder = repository({ 'x/Dockerfile.dockerignore': '*\n!x/**/*.ts\n' });
  assert.throws(() => contextFiles(folder, image), /x\/Dockerfile\.dockerignore.*!x\/\*\*\/\*\.ts/);
});

test('the hash follows content, names, rights and arguments, and nothing else', () => {
  const files = { 'x/Dockerfile.dockerignore': '*\n!y\n', 'y/a': '1', 'y/b': '2' };
  const hash = contentHash(repository(files), image, {});
  assert.equal(contentHash(repository({ ...files, 'z/a': '3' }), image, {}), hash);
  const moved = { 'x/Dockerfile.dockerignore': '*\n!y\n', 'y/a': '1', 'y/c': '2' };
  const executable = repository(files);
  chmodSync(join(executable, 'y/a'), 0o755);
  const others = [
    contentHash(repository({ ...files, 'y/b': '3' }), image, {}),
    contentHash(repository(moved), image, {}),
    contentHash(repository({ ...files, 'x/Dockerfile': 'FROM other\n' }), image, {}),
    contentHash(repository(files), image, { BASE: 'a' }),
    contentHash(executable, image, {}),
  ];
  assert.equal(new Set([hash, ...others]).size, 6);
});

test('every image can be hashed, and needs no file that is not there', () => {
  for (const one of IMAGES) assert.match(contentHash(root, one, {}), /^[0-9a-f]{16}$/, one.name);
});

test("this repository's images have the names that generated manifests use", () => {
  const references = IMAGES.map(({ reference }) => `ghcr.io/${reference}`);
  assert.ok(references.includes(defaults.predictor.image));
  assert.ok(references.includes(defaults.client.image));
});
