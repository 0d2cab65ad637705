import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listFiles, readFolders } from '../outside/files.ts';
import { readLock, sha256 } from '../schemas/lock.ts';
import { crdSources } from '../schemas/sources.ts';
import { schemas } from './schemas.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vendored = join(root, 'schemas/kubernetes');

/** Copies `schemas` to a folder of its own, changes it, runs the command there and returns what it holds then. */
async function run(
  releases: { crds?: readonly string[]; kubernetes?: string },
  change?: (folder: string) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'schemas-'));
  try {
    await cp(join(root, 'schemas'), join(folder, 'schemas'), { recursive: true });
    await change?.(folder);
    const result = await schemas({ root: folder, ...releases });
    return { ...result, files: await readFolders(folder, ['schemas']) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the lock names every vendored schema and its sum: none was edited by hand, added or lost', async () => {
  const rows = readLock(await readFile(join(vendored, 'lock.json'), 'utf8'));
  const files = rows.map(({ file }) => file);
  assert.deepEqual((await listFiles(vendored)).sort(), [...files, 'lock.json'].sort());
  for (const { file, sha256: sum } of rows) {
    assert.equal(sha256(await readFile(join(vendored, file), 'utf8')), sum, `${file}: run "npm run schemas"`);
  }
});

test('the types on disk are what their schemas give: run "npm run schemas" after a change of a schema', async () => {
  const { problems, files } = await run({});
  assert.deepEqual(problems, []);
  assert.deepEqual(files, await readFolders(root, ['schemas']));
});

test('what is no longer made is removed, and what was changed is made again', async () => {
  const { summary, files } = await run({}, async (folder) => {
    await writeFile(join(folder, 'schemas/types/old.d.ts'), '');
    await writeFile(join(folder, 'schemas/types/gateway.d.ts'), '');
  });
  assert.match(summary, /^schemas\/types: 1 written, 1 removed, \d+ unchanged$/);
  assert.deepEqual(files, await readFolders(root, ['schemas']));
});

test('a missing release is a problem for each of its files, and nothing is written', async () => {
  const { problems, files } = await run({ crds: ['/nowhere'] }, (folder) =>
    writeFile(join(folder, 'schemas/types/gateway.d.ts'), 'kept'),
  );
  assert.ok(problems.every(({ code }) => code === 'FILE_MISSING'));
  assert.ok(
    problems.some(
      ({ where }) => where.file === '/nowhere/kserve-v0.16.0/config/crd/full/serving.kserve.io_inferenceservices.yaml',
    ),
  );
  assert.ok(problems.some(({ message }) => message === 'Cannot derive schemas without --kubernetes'));
  assert.equal(files.get('schemas/types/gateway.d.ts'), 'kept');
});

const { KSERVE_GITOPS_UPSTREAM: crds, KSERVE_GITOPS_KUBERNETES: kubernetes } = process.env;

/** Folder of Traefik's release, which is a Go module: beside the folder of releases, where that lacks it. */
function traefik(): string | undefined {
  const { version } = crdSources.find(({ project }) => project === 'traefik/traefik') ?? {};
  const args = ['mod', 'download', '-json', `github.com/traefik/traefik/v3@${version}`];
  const { status, stdout } = spawnSync('go', args, { cwd: tmpdir(), encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as { Dir: string }).Dir : undefined;
}

const skip =
  (crds === undefined || kubernetes === undefined) &&
  'KSERVE_GITOPS_UPSTREAM and KSERVE_GITOPS_KUBERNETES name no folders of releases';

test('the vendored schemas are what the releases give, byte for byte', { skip }, async () => {
  const { problems, files } = await run({ crds: [crds ?? '', traefik() ?? ''], kubernetes: kubernetes ?? '' });
  assert.deepEqual(problems, []);
  assert.deepEqual(files, await readFolders(root, ['schemas']));
});
