/** The same text and the same sums over processes as prom-client's own histogram. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AggregatorRegistry, Histogram, Registry } from 'prom-client';
import { createHistogram } from './histogram.ts';

const settings = { name: 'h', help: 'text', labelNames: ['model', 'version'], buckets: [0.001, 0.1, 1, 10] };

function both() {
  const [ours, theirs] = [new Registry(), new Registry()];
  const observe = createHistogram(ours, settings);
  const histogram = new Histogram({ ...settings, registers: [theirs] });
  return {
    ours,
    theirs,
    observe: (value: number, model: string, version: string) => {
      observe(value, model, version);
      histogram.observe({ model, version }, value);
    },
  };
}

test('whatever is observed, the text is that of prom-client', async () => {
  const value = fc.oneof(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom(...settings.buckets));
  const observation = fc.tuple(value, fc.constantFrom('a', 'b', 'ü"\\\n'), fc.constantFrom('1', '2'));
  await fc.assert(
    fc.asyncProperty(fc.array(observation, { maxLength: 30 }), async (observations) => {
      const { ours, theirs, observe } = both();
      for (const each of observations) observe(...each);
      const sorted = (text: string) => text.trim().split('\n').toSorted();
      assert.deepEqual(sorted(await ours.metrics()), sorted(await theirs.metrics()));
    }),
  );
});

test('processes are summed as those of prom-client are', async () => {
  const [one, two] = [both(), both()];
  for (const value of [0.01, 0.5]) one.observe(value, 'a', '1');
  for (const value of [0.5, 100]) two.observe(value, 'a', '1');
  two.observe(3, 'b', '1');
  const summed = async (first: Registry, second: Registry) => {
    const readings = [await first.getMetricsAsJSON(), await second.getMetricsAsJSON()];
    return (await AggregatorRegistry.aggregate(readings as never).metrics()).split('\n').toSorted();
  };
  assert.deepEqual(await summed(one.ours, two.ours), await summed(one.theirs, two.theirs));
  one.ours.resetMetrics();
  assert.doesNotMatch(await one.ours.metrics(), /h_count/);
});
