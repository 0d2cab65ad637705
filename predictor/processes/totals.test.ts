import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ModelStatistics } from '../protocol/messages.ts';
import { pauseAfter } from './seat.ts';
import { createTotals, sumStatistics } from './totals.ts';

const duration = (count: number) => ({ count, ns: count * 10 });

function statistics(name: string, count: number, sizes: readonly number[]): ModelStatistics {
  const [success, fail, queue] = [duration(count), duration(1), duration(count)];
  const compute = { computeInput: duration(count), computeInfer: duration(count), computeOutput: duration(count) };
  const batches = sizes.map((batchSize) => ({ batchSize, ...compute }));
  const counts = { lastInferenceMs: count, inferenceCount: count, executionCount: count };
  return { name, version: '1', ...counts, success, fail, queue, ...compute, batches };
}

test('statistics are added by model and by size of batch', () => {
  const [m, n, ...rest] = sumStatistics([
    [statistics('m', 3, [1, 4])],
    [statistics('m', 2, [2, 4]), statistics('n', 1, [1])],
  ]);
  assert.equal(rest.length, 0);
  assert.equal(n?.inferenceCount, 1);
  assert.deepEqual([m?.inferenceCount, m?.lastInferenceMs, m?.fail.count], [5, 3, 2]);
  assert.deepEqual(
    m?.batches.map(({ batchSize, computeInfer }) => [batchSize, computeInfer.count]),
    [
      [1, 3],
      [2, 2],
      [4, 5],
    ],
  );
});

function processRegistry(requests: number): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'requests_total', help: 'r', registers }).inc(requests);
  new Gauge({ name: 'waiting', help: 'w', registers }).set(requests);
  new Gauge({ name: 'ready', help: 'r', aggregator: 'min', registers }).set(requests > 1 ? 1 : 0);
  new Histogram({ name: 'seconds', help: 's', buckets: [1], registers }).observe(requests);
  return registry;
}

const readings = async (requests: number) =>
  ({ readings: (await processRegistry(requests).getMetricsAsJSON()) as never }) as const;

test('counters of a process that ended stay in the sum, its gauges do not', async () => {
  const totals = createTotals();
  totals.told(1, await readings(3));
  totals.told(2, await readings(1));
  const first = (await totals.metrics(new Registry())).text;
  for (const line of ['requests_total 4', 'waiting 4', 'ready 0', 'seconds_count 2', 'seconds_bucket{le="1"} 1'])
    assert.ok(first.includes(`${line}\n`), line);
  await totals.ended(2);
  totals.told(2, await readings(2));
  await totals.ended(2);
  const second = (await totals.metrics(new Registry())).text;
  for (const line of ['requests_total 6', 'waiting 3', 'ready 1', 'seconds_count 3'])
    assert.ok(second.includes(`${line}\n`), line);
});

test('pauses before a process is replaced grow up to half a minute', () => {
  assert.deepEqual([1, 2, 3, 9, 10, 100].map(pauseAfter), [100, 200, 400, 25_600, 30_000, 30_000]);
});
