/**
 * A histogram of prom-client's form that costs a fraction of it: the series of a set of labels is looked up by the labels
 * themselves, where prom-client makes a text of them for each observation.
 */
import type { Metric, Registry } from 'prom-client';

export interface HistogramSettings {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds, ascending; the infinite one is added. */
  readonly buckets: readonly number[];
}

/** One value under the values of the labels, in the order of `labelNames`. */
export type Observe = (value: number, first: string, second?: string, third?: string) => void;

class Series {
  readonly labels: readonly string[];
  /** Observations whose smallest bound this is; the last has none. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(labels: readonly string[], buckets: number) {
    this.labels = labels;
    this.counts = new Float64Array(buckets + 1);
  }
}

type Level = Map<string, Map<string, Map<string, Series>>>;

export function createHistogram(registry: Registry, settings: HistogramSettings): Observe {
  const { name, help, labelNames, buckets } = settings;
  const levels: Level = new Map();
  // What is observed is most often of the same labels as before.
  let [lastFirst, lastSecond, lastThird]: [string?, string?, string?] = [];
  let last: Series | undefined;
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: valuesOf(settings, allOf(levels)) }),
    reset: () => {
      levels.clear();
      last = undefined;
    },
  };
  // The type names prom-client's own classes; what the registry calls is this much of them.
  registry.registerMetric(metric as unknown as Metric);
  return (value, first, second = '', third = '') => {
    const isSame = last !== undefined && first === lastFirst && second === lastSecond && third === lastThird;
    const series = isSame
      ? (last as Series)
      : (levels.get(first)?.get(second)?.get(third) ??
        add(levels, [first, second, third], labelNames.length, buckets.length));
    if (!isSame) [lastFirst, lastSecond, lastThird, last] = [first, second, third, series];
    let at = 0;
    while (at < buckets.length && value > (buckets[at] as number)) at += 1;
    series.counts[at] = (series.counts[at] as number) + 1;
    series.sum += value;
  };
}

function add(levels: Level, labels: readonly [string, string, string], used: number, buckets: number): Series {
  const [first, second, third] = labels;
  const seconds = levels.get(first) ?? new Map<string, Map<string, Series>>();
  levels.set(first, seconds);
  const thirds = seconds.get(second) ?? new Map<string, Series>();
  seconds.set(second, thirds);
  const series = new Series(labels.slice(0, used), buckets);
  thirds.set(third, series);
  return series;
}

function allOf(levels: Level): Series[] {
  return [...levels.values()].flatMap((seconds) => [...seconds.values()].flatMap((thirds) => [...thirds.values()]));
}

/** Buckets are cumulative in the format (Prometheus exposition formats). */
function valuesOf({ name, labelNames, buckets }: HistogramSettings, all: readonly Series[]) {
  return all.flatMap(({ labels: values, counts, sum }) => {
    const labels = Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? '']));
    let count = 0;
    const bounds = [...buckets, '+Inf'].map((le, index) => {
      count += counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...bounds,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}
