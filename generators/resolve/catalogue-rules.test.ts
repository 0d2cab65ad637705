/** How large a client's catalogue may be: CATALOGUE_SIZE. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Application } from '../../schemas/types/application.d.ts';
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { Model } from '../../schemas/types/models.d.ts';
import type { Problem } from '../problem.ts';
import { leastCluster, leastModel, planOf } from '../testdata/platform.ts';
import { CATALOGUE_BYTES } from './catalogue-rules.ts';
import { resolve, siteOf } from './resolve.ts';

const files = { registry: 'models.yaml', cluster: 'clusters/alpha/cluster.yaml' };

/** `count` models of about a kilobyte each. */
function faults(count: number, client: NonNullable<Cluster['client']>, more: Partial<Model> = {}): Problem[] {
  const models = Array.from({ length: count }, (_, index): Model => {
    const versions = [{ ...leastModel.versions[0], artifact: `s3://models/${index}/` }] as const;
    return { ...leastModel, name: `m${index}`, description: 'x'.repeat(700), versions, ...more };
  });
  const site = siteOf('alpha', files.cluster, { ...leastCluster, client });
  return [...resolve({ files, registry: { models }, site, sealed: [] }).problems];
}

test('a catalogue that Argo CD cannot keep is refused with its size, its largest models and the way out', () => {
  assert.deepEqual(faults(200, { enabled: true }), []);
  const [problem, ...others] = faults(400, { enabled: true });
  assert.equal(others.length, 0);
  assert.equal(problem?.code, 'CATALOGUE_SIZE');
  assert.deepEqual(problem.where, { file: files.cluster, pointer: ['client'] });
  assert.match(
    problem.message,
    /^Cannot show 400 models on the client page of "alpha": their catalogue has \d{6} bytes/,
  );
  assert.match(problem.message, /the largest are "m\d+" \(\d+\), "m\d+" \(\d+\), "m\d+" \(\d+\)$/);
  assert.match(problem.repair ?? '', /"client\.enabled" to false in clusters\/alpha\/cluster\.yaml/);
});

test('without the page there is no catalogue', () => {
  assert.deepEqual(faults(400, { enabled: false }), []);
});

test('what the API server escapes counts as it is stored', () => {
  const description = '<'.repeat(700);
  assert.deepEqual(faults(80, { enabled: true }), []);
  assert.deepEqual(
    faults(80, { enabled: true }, { description }).map(({ code }) => code),
    ['CATALOGUE_SIZE'],
  );
});

test('the largest catalogue fits etcd in every place in which Argo CD keeps it', () => {
  const { argocd } = planOf({ client: { enabled: true } });
  const [client] = argocd.get('client.yaml') ?? [];
  const { spec } = client as unknown as Application;
  assert.equal(spec.revisionHistoryLimit, 1);
  assert.ok((5 + 1) * CATALOGUE_BYTES < 1_572_864);
});
