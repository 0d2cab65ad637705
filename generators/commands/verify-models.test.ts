/** Which models T6 and T7 look at, and what is said when they do not run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { within } from '../testdata/project.ts';
import { commit, edit, git, layOutRepository } from '../testdata/repository.ts';
import { createCompiler } from './compile.ts';
import { touchedSince } from './touched.ts';
import { type ModelTierOptions, verifyModels } from './verify-models.ts';

const now = new Date('2026-12-01T00:00:00Z');

async function touched(change: (root: string) => void): Promise<{ models: string[]; clusters: readonly string[] }> {
  return within(await layOutRepository(now), async (root) => {
    change(root);
    const compiled = await createCompiler(root).compile({ now });
    const { models, clusters } = await touchedSince(root, 'main', compiled, now);
    return { models: [...models].sort(), clusters };
  });
}

test('a branch touches the entries that it changes, and all that a changed cluster serves', async () => {
  assert.deepEqual(await touched(() => undefined), { models: [], clusters: [] });
  const comment = (root: string) => edit(root, 'models.yaml', 'models:', '# hello\nmodels:');
  assert.deepEqual(await touched(comment), { models: [], clusters: [] });
  const entry = (root: string) => edit(root, 'models.yaml', 'Cultivar of a wine', 'Kind of a wine');
  assert.deepEqual(await touched(entry), { models: ['wine'], clusters: [] });
  const cluster = (root: string) => edit(root, 'clusters/alpha/cluster.yaml', 'memory: 4Gi', 'memory: 8Gi');
  assert.deepEqual(await touched(cluster), { models: ['iris'], clusters: ['alpha'] });
});

const options: ModelTierOptions = { artifacts: 'auto', answers: false, samples: false, environment: {}, now };

test('without credentials T6 does not run, and says why; a base that is not there is a problem', async () => {
  await within(await layOutRepository(now), async (root) => {
    const compiled = await createCompiler(root).compile({ now });
    const silent = await verifyModels(root, compiled, options);
    assert.deepEqual([silent.problems, silent.run], [[], []]);
    assert.match(silent.notRun[0]?.reason ?? '', /no credentials in the environment/);
    const off = await verifyModels(root, compiled, { ...options, artifacts: 'off', environment: { AWS_PROFILE: 'x' } });
    assert.equal(off.notRun[0]?.reason, 'switched off');
    const lost = await verifyModels(root, compiled, { ...options, artifacts: 'on', since: 'nowhere' });
    assert.deepEqual(
      lost.problems.map(({ code }) => code),
      ['BASE_UNKNOWN'],
    );
  });
});

test('a branch that touches no model has nothing to look at, and says so', async () => {
  await within(await layOutRepository(now), async (root) => {
    edit(root, 'models.yaml', 'models:', '# hello\nmodels:');
    commit(root);
    const compiled = await createCompiler(root).compile({ now });
    const result = await verifyModels(root, compiled, { ...options, artifacts: 'on', since: 'main' });
    assert.deepEqual([result.problems, result.run], [[], ['T6']]);
    const base = git(root, 'rev-parse', 'main').slice(0, 12);
    assert.equal(result.notes[0], `T6 and T7 look at 0 of 2 models: those that change since ${base} (main)`);
  });
});
