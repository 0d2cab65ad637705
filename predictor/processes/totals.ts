/**
 * Sums over the serving processes. What an ended process had counted when it was last asked stays in the sums: a counter
 * that falls would read as a restart, and as many new requests.
 */
import { AggregatorRegistry, type Registry } from 'prom-client';
import type { BatchStatistics, Duration, ModelStatistics } from '../protocol/messages.ts';

/** What prom-client's `getMetricsAsJSON` gives. */
interface Reading {
  readonly name: string;
  readonly type: string;
}

/** Of one serving process, when it was last asked. */
interface Share {
  readonly readings?: readonly Reading[];
  readonly statistics?: readonly ModelStatistics[];
}

export interface Totals {
  told(process: number, share: Share): void;
  /** The process ended: its counters stay, what it measured of itself goes. */
  ended(process: number): Promise<void>;
  statistics(): readonly ModelStatistics[];
  /** `own` are the metrics of the first process. */
  metrics(own: Registry): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function createTotals(): Totals {
  const shares = new Map<number, Share>();
  let past: Required<Share> = { readings: [], statistics: [] };
  const statistics = () => sumStatistics([past.statistics, ...[...shares.values()].map((one) => one.statistics ?? [])]);
  return {
    told: (process, share) => void shares.set(process, { ...shares.get(process), ...share }),
    ended: async (process) => {
      const { readings = [], statistics: counted = [] } = shares.get(process) ?? {};
      shares.delete(process);
      const counters = readings.filter(({ type }) => type === 'counter' || type === 'histogram');
      past = {
        readings: await plain(aggregated([past.readings, counters])),
        statistics: sumStatistics([past.statistics, counted]),
      };
    },
    statistics,
    metrics: async (own) => {
      const all = [...shares.values()].map((one) => one.readings ?? []);
      const sum = aggregated([await plain(own), ...all, past.readings]);
      return { contentType: sum.contentType, text: await sum.metrics() };
    },
  };
}

async function plain(registry: Registry): Promise<readonly Reading[]> {
  return (await registry.getMetricsAsJSON()) as unknown as readonly Reading[];
}

function aggregated(readings: readonly (readonly Reading[])[]): Registry {
  return AggregatorRegistry.aggregate(readings as object[]);
}

/** By name and version, in the order in which they come. */
export function sumStatistics(shares: readonly (readonly ModelStatistics[])[]): readonly ModelStatistics[] {
  const sums = new Map<string, ModelStatistics>();
  for (const one of shares.flat()) {
    const key = JSON.stringify([one.name, one.version]);
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? one : added(sum, one));
  }
  return [...sums.values()];
}

function added(a: ModelStatistics, b: ModelStatistics): ModelStatistics {
  return {
    name: a.name,
    version: a.version,
    lastInferenceMs: Math.max(a.lastInferenceMs, b.lastInferenceMs),
    inferenceCount: a.inferenceCount + b.inferenceCount,
    executionCount: a.executionCount + b.executionCount,
    success: both(a.success, b.success),
    fail: both(a.fail, b.fail),
    queue: both(a.queue, b.queue),
    computeInput: both(a.computeInput, b.computeInput),
    computeInfer: both(a.computeInfer, b.computeInfer),
    computeOutput: both(a.computeOutput, b.computeOutput),
    batches: addedBatches(a.batches, b.batches),
  };
}

function both(a: Duration, b: Duration): Duration {
  return { count: a.count + b.count, ns: a.ns + b.ns };
}

function addedBatches(a: readonly BatchStatistics[], b: readonly BatchStatistics[]): readonly BatchStatistics[] {
  const sums = new Map(a.map((one) => [one.batchSize, one]));
  for (const one of b) {
    const sum = sums.get(one.batchSize);
    sums.set(one.batchSize, sum === undefined ? one : addedBatch(sum, one));
  }
  return [...sums.values()].sort((one, other) => one.batchSize - other.batchSize);
}

function addedBatch(a: BatchStatistics, b: BatchStatistics): BatchStatistics {
  return {
    batchSize: a.batchSize,
    computeInput: both(a.computeInput, b.computeInput),
    computeInfer: both(a.computeInfer, b.computeInfer),
    computeOutput: both(a.computeOutput, b.computeOutput),
  };
}
