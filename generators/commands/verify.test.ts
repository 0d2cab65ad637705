import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { locateProblems, placeOf } from '../report/located.ts';
import { layOutBase, within } from '../testdata/project.ts';
import { generate } from './generate.ts';
import { verify } from './verify.ts';

const now = new Date('2026-12-01T00:00:00Z');
const service = 'apps/alpha/model-iris/inferenceservice.yaml';

/** Problems of a generated project after `tamper`, as `CODE file:line:column`. */
async function problemsAfter(tamper: (root: string) => void, clusters?: string[]): Promise<string[]> {
  return within(layOutBase(), async (root) => {
    await generate(root, { now });
    tamper(root);
    const { problems, locate } = await verify(root, { now, clusters });
    return locateProblems(problems, locate).map(({ code, file, position }) => `${code} ${placeOf(file, position)}`);
  });
}

test('what generate wrote has no problem, and the tiers that did not run are named', async () => {
  await within(layOutBase(), async (root) => {
    await generate(root, { now });
    const { problems, notes } = await verify(root, { now });
    assert.deepEqual(problems, []);
    assert.match(notes?.join() ?? '', /not run: .*T8/);
  });
});

test('FILE_DRIFT points at the first difference', async () => {
  const found = await problemsAfter((root) => {
    const path = join(root, service);
    writeFileSync(path, readFileSync(path, 'utf8').replace('minReplicas: 1', 'minReplicas: 3'));
  });
  assert.deepEqual(found, [`FILE_DRIFT ${service}:14:18`]);
});

test('FILE_DRIFT: a line too many, and other line breaks', async () => {
  assert.deepEqual(await problemsAfter((root) => appendFileSync(join(root, service), '\n')), [
    `FILE_DRIFT ${service}:37:1`,
  ]);
  const found = await problemsAfter((root) => {
    const path = join(root, service);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('\n', '\r\n'));
  });
  assert.deepEqual(
    found.map((text) => text.replace(/:\d+:\d+$/, '')),
    [`FILE_DRIFT ${service}`],
  );
});

test('FILE_ABSENT', async () => {
  assert.deepEqual(await problemsAfter((root) => rmSync(join(root, service))), [`FILE_ABSENT ${service}`]);
});

test('FILE_ORPHAN: a stray file in a made folder, also of a cluster that is gone', async () => {
  const found = await problemsAfter((root) => {
    writeFileSync(join(root, 'clusters/beta/argocd/mine.yaml'), 'a: 1\n');
    mkdirSync(join(root, 'apps/gamma/model-x'), { recursive: true });
    writeFileSync(join(root, 'apps/gamma/model-x/service.yaml'), 'a: 1\n');
  });
  assert.deepEqual(found, [
    'FILE_ORPHAN apps/gamma/model-x/service.yaml',
    'FILE_ORPHAN clusters/beta/argocd/mine.yaml',
  ]);
});

test('with --cluster, the files of other clusters are left alone', async () => {
  const found = await problemsAfter(
    (root) => {
      writeFileSync(join(root, 'clusters/beta/argocd/mine.yaml'), 'a: 1\n');
      rmSync(join(root, service));
    },
    ['alpha'],
  );
  assert.deepEqual(found, [`FILE_ABSENT ${service}`]);
});

test('a faulty registry is reported alone, not with the drift that follows from it', async () => {
  const found = await problemsAfter((root) => {
    const path = join(root, 'models.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('owner: cellar', 'owner: celar'));
  });
  assert.deepEqual(found, ['MODEL_OWNER_UNKNOWN models.yaml:33:12']);
});

test('CLUSTER_UNREACHABLE: a kubeconfig that names no server that answers', async () => {
  await within(layOutBase(), async (root) => {
    await generate(root, { now });
    const kubeconfig = join(root, 'kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'a',
      clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      users: [{ name: 'a', user: {} }],
    };
    writeFileSync(kubeconfig, JSON.stringify(config));
    const options = { now, clusters: ['alpha'] };
    const { problems, notes } = await verify(root, { ...options, online: { kubeconfig } });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['CLUSTER_UNREACHABLE'],
    );
    assert.match(problems[0]?.message ?? '', /Cannot reach the cluster of "alpha": .*ECONNREFUSED/);
    assert.match(notes?.join() ?? '', /not reached/);
    const several = await verify(root, { now, online: { kubeconfig } });
    assert.match(several.notes?.join() ?? '', /not run: .*T8 \(name one cluster with --cluster\)/);
  });
});
