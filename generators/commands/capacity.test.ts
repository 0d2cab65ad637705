import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterDemand, type Demand, excesses, monthly } from '../resolve/capacity.ts';
import { platformOf } from '../testdata/platform.ts';
import { layOut, readFixture, within } from '../testdata/project.ts';
import { type ClusterCapacity, capacity, capacityJson } from './capacity.ts';
import { capacityMarkdown, capacityText } from './capacity-text.ts';

const now = new Date('2026-12-01T00:00:00Z');
const Gi = 1024 ** 3;

/** What the test reads of the JSON. */
interface Printed {
  readonly currency: string;
  readonly least: unknown;
  readonly teams: readonly { exceeds: string[]; rollout: Demand; models: unknown[] }[];
}

function ofFixture(): Promise<readonly ClusterCapacity[]> {
  return within(layOut('valid', readFixture('valid', 'prices')), async (root) => {
    const result = await capacity(root, { now });
    assert.ok('clusters' in result);
    return result.clusters;
  });
}

test('for people: a row for each version, sums, quotas and prices', async () => {
  const clusters = await ofFixture();
  assert.deepEqual(capacityText(clusters).split('\n'), [
    'alpha',
    '  team     model        version     replicas  CPU       memory            GPU  EUR a month',
    '  flowers  iris         1           2 to 8    1 to 4    1024Mi to 4096Mi  0    32.87 to 131.49',
    '  flowers  iris         2 (canary)  1 to 4    0.5 to 2  512Mi to 2048Mi   0    16.44 to 65.75',
    '  flowers  rose         suspended   0         0         0                 0    0',
    '  flowers  all of them              3 to 12   1.5 to 6  1536Mi to 6144Mi  0    49.31 to 197.24',
    '  flowers  quota                    40        8         16Gi              -',
    '  cellar   wine         1           1         1         2048Mi            1    unknown, without "gpuHour"',
    '  cellar   all of them              1         1         2048Mi            1    unknown, without "gpuHour"',
    '  all                               4 to 13   2.5 to 7  3584Mi to 8192Mi  1    unknown, without "gpuHour"',
    '  flowers: fits its quota, also while a model is rolled out',
    '  cellar: no quota',
    '',
  ]);
  const markdown = capacityMarkdown(clusters).split('\n');
  assert.deepEqual(markdown.slice(0, 5), [
    '## alpha',
    '',
    '| team | model | version | replicas | CPU | memory | GPU | EUR a month |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    '| flowers | iris | 1 | 2 to 8 | 1 to 4 | 1024Mi to 4096Mi | 0 | 32.87 to 131.49 |',
  ]);
  assert.deepEqual(markdown.slice(-3), [
    '- flowers: fits its quota, also while a model is rolled out',
    '- cellar: no quota',
    '',
  ]);
});

test('for programs: the same numbers in cores and bytes', async () => {
  const { clusters } = JSON.parse(capacityJson(await ofFixture())) as { clusters: readonly [Printed] };
  const [alpha] = clusters;
  assert.equal(alpha.currency, 'EUR');
  assert.deepEqual(alpha.least, { cpu: 2.5, memory: 3.5 * Gi, memoryLimit: 5 * Gi, gpu: 1, pods: 4, month: null });
  const [flowers] = alpha.teams;
  assert.deepEqual(flowers?.exceeds, []);
  assert.equal(flowers?.rollout.cpu, 2, 'one more of 2 replicas');
  assert.deepEqual(flowers?.models[1], { model: 'rose', suspended: true, workloads: [] });
});

test('a month costs what its hours cost', () => {
  const demand: Demand = { cpu: 1500, memory: 2 * Gi, memoryLimit: 0, gpu: 0, pods: 1 };
  const prices = { cpuHour: 0.04, memoryGiBHour: 0.005, currency: 'EUR' };
  assert.equal(monthly(demand, prices), 730.5 * (1.5 * 0.04 + 2 * 0.005));
  assert.equal(monthly({ ...demand, gpu: 1 }, prices), undefined);
  assert.equal(monthly({ ...demand, gpu: 2 }, { ...prices, gpuHour: 1 }), 730.5 * (0.07 + 2));
});

test('a pod counts with the container that fetches its artifact, where that asks for more', () => {
  const { site, models } = platformOf({}, [{ resources: { cpu: '50m', memory: '64Mi' } }]);
  const [team] = clusterDemand(site, models);
  assert.deepEqual(team?.least, { cpu: 100, memory: 100 * 1024 ** 2, memoryLimit: Gi, gpu: 0, pods: 1 });
});

test('a quota holds exactly what it says', () => {
  const demand: Demand = { cpu: 2000, memory: Gi, memoryLimit: 2 * Gi, gpu: 1, pods: 3 };
  assert.deepEqual(excesses(demand, { cpu: '2', memory: '2Gi', gpu: 1, pods: 3 }), []);
  const fields = excesses(demand, { cpu: '1999m', memory: '2047Mi', gpu: 0, pods: 2 }).map(({ field }) => field);
  assert.deepEqual(fields, ['cpu', 'memory', 'gpu', 'pods']);
  assert.deepEqual(excesses(demand, {}), []);
});

test('with a faulty registry nothing is added up', async () => {
  await within(layOut('invalid', readFixture('invalid', 'canary-version')), async (root) => {
    const result = await capacity(root, { now });
    assert.ok('outcome' in result);
    assert.deepEqual(
      result.outcome.problems.map(({ code }) => code),
      ['CANARY_VERSION'],
    );
  });
});
