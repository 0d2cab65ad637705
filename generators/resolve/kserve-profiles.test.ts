import assert from 'node:assert/strict';
import { test } from 'node:test';
import schema from '../../schemas/cluster.schema.json' with { type: 'json' };
import { planOf } from '../testdata/platform.ts';
import { kserveProfiles, profilesBetween } from './kserve-profiles.ts';

const releases = schema.properties.kserve.properties.version.enum;

test('every release that a cluster may name has a profile, in order', () => {
  assert.deepEqual(
    kserveProfiles.map(({ version }) => version),
    releases,
  );
});

test('an upgrade passes the releases after the present one, up to the wanted one', () => {
  const between = (from: string, to: string) =>
    profilesBetween(from as 'v0.16.0', to as 'v0.16.0').map(({ version }) => version);
  assert.deepEqual(between('v0.16.0', 'v0.18.0'), ['v0.17.0', 'v0.18.0']);
  assert.deepEqual(between('v0.18.0', 'v0.18.0'), []);
  assert.deepEqual(between('v0.19.0', 'v0.17.0'), []);
});

for (const { version, charts } of kserveProfiles) {
  test(`${version}: each chart is an Application of its release that prunes nothing`, () => {
    const { apps } = planOf({ kserve: { version } });
    const found = apps.flatMap(({ name, source, removal }) =>
      source.kind === 'chart' && source.repoURL.endsWith('kserve/charts') ? [{ name, removal, ...source }] : [],
    );
    assert.deepEqual(
      found.map(({ chart }) => chart),
      [charts.crd, charts.controller, charts.runtimes ?? []].flat(),
    );
    for (const app of found) assert.deepEqual([app.version, app.removal], [version, 'keep']);
    const runtimes = found.find(({ chart }) => chart === charts.runtimes);
    if (runtimes !== undefined) assert.deepEqual(runtimes.values, { kserve: { servingruntime: { enabled: true } } });
  });
}

test('the objects of models are the same for every release: an upgrade restarts none by itself', () => {
  const objects = (version: (typeof kserveProfiles)[number]['version']) =>
    JSON.stringify(planOf({ kserve: { version } }).apps.filter(({ name }) => name.startsWith('model-')));
  for (const { version } of kserveProfiles) assert.equal(objects(version), objects('v0.16.0'));
});
