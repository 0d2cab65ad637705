import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../schemas/types/models.d.ts';
import { leastCluster, leastModel } from '../testdata/platform.ts';
import { layOut, layOutBase, readFixture, within } from '../testdata/project.ts';
import { explain } from './explain.ts';
import { run } from './explain-command.ts';

/** `file pointer` of every origin of one value, `?` before a default's. */
function origins(path: string, model: Partial<Model> = {}, kind = 'InferenceService'): string[] {
  const inputs = { cluster: 'alpha', entry: { ...leastModel, ...model }, site: leastCluster };
  const [found, ...others] = explain(inputs, kind, path.split('.'));
  assert.ok(found, `no ${path}`);
  assert.deepEqual(others, []);
  return found.origins.map(({ file, pointer, absent }) => `${absent ? '?' : ''}${file} ${pointer.join('.')}`);
}

test('a value comes from what changes it', () => {
  const autoscaling = { minReplicas: 2, maxReplicas: 4 };
  const serve = { alpha: { version: '1', autoscaling: { maxReplicas: 6 } } };
  assert.deepEqual(origins('spec.predictor.minReplicas', { autoscaling, serve }), ['entry autoscaling.minReplicas']);
  assert.deepEqual(origins('spec.predictor.maxReplicas', { autoscaling, serve }), [
    'entry serve.alpha.autoscaling.maxReplicas',
  ]);
  assert.deepEqual(origins('spec.predictor.model.storageUri'), ['entry versions.0.artifact']);
  assert.deepEqual(origins('metadata.name'), ['entry name']);
  assert.deepEqual(origins('metadata.namespace'), ['entry owner']);
  assert.deepEqual(origins('spec.hostnames.0', {}, 'GRPCRoute'), ['entry name', 'cluster domain', 'entry owner']);
});

test('a default is known by what setting the field would change', () => {
  assert.deepEqual(origins('spec.predictor.timeout'), ['?entry timeoutSeconds']);
  assert.deepEqual(origins('spec.predictor.timeout', { timeoutSeconds: 5 }), ['entry timeoutSeconds']);
  assert.deepEqual(origins('spec.predictor.serviceAccountName'), ['?cluster credentials.serviceAccount']);
});

test('what no input changes is the generators’ own', () => {
  assert.deepEqual(origins('spec.predictor.automountServiceAccountToken'), []);
});

test('for people: places by line and column, and what they override', async () => {
  await within(layOut('valid', readFixture('valid', 'autoscaling-override')), async (root) => {
    const flags = { root, kind: 'InferenceService' };
    const { notes = [], problems, done } = await run('alpha/iris', 'spec.predictor.maxReplicas', flags);
    assert.deepEqual(problems, []);
    assert.equal(done, '1 value explained');
    assert.match(notes[0] ?? '', /^spec\.predictor\.maxReplicas: \d+$/);
    assert.match(notes[1] ?? '', /^ {4}models\.yaml:\d+:\d+ /);
  });
});

test('what cannot be explained is told with what could be', async () => {
  await within(layOutBase(), async (root) => {
    const told = async (target: string, path: string, kind = 'InferenceService') => {
      const { problems } = await run(target, path, { root, kind });
      return problems.map(({ message, repair }) => `${message}. ${repair}`);
    };
    assert.match((await told('alpha/rose', 'spec')).join(), /^Cannot explain "rose": "alpha" does not serve it\. /);
    assert.match((await told('alpha/wine', 'spec')).join(), /^Cannot explain "wine": "alpha" does not serve it\. /);
    assert.match((await told('gamma/iris', 'spec')).join(), /^Cannot find "clusters\/gamma\/cluster\.yaml"/);
    assert.match((await told('alpha/iris', 'spec', 'Secret')).join(), /has none on "alpha"\. Choose one of: Infer/);
    assert.match((await told('alpha/iris', 'spec.nothing')).join(), /^Cannot explain "spec\.nothing": the Infer/);
  });
});
