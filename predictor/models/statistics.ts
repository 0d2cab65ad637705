/** Counts and durations of one model version, as Triton's statistics extension gives them. */
import type { BatchStatistics, Duration, ModelStatistics } from '../protocol/messages.ts';
import type { Timings } from '../protocol/timings.ts';

export interface Statistics {
  /** One request was answered. `rows` are its own. */
  succeeded(timings: Timings, rows: number): void;
  /** One request was not answered after `ns`. */
  failed(ns: number): void;
  /** One run of the model ended well. */
  executed(timings: Timings): void;
  read(): Omit<ModelStatistics, 'name' | 'version'>;
}

interface Sum {
  count: number;
  ns: number;
}

interface Batch {
  readonly batchSize: number;
  readonly computeInput: Sum;
  readonly computeInfer: Sum;
  readonly computeOutput: Sum;
}

/** Batch sizes beyond this many different ones are left out of `batches`: clients choose them. */
const mostBatchSizes = 256;

export function createStatistics(now: () => number = Date.now): Statistics {
  const [success, fail, queue, computeInput, computeInfer, computeOutput] = [sum(), sum(), sum(), sum(), sum(), sum()];
  const batches = new Map<number, Batch>();
  let lastInferenceMs = 0;
  let inferenceCount = 0;
  let executionCount = 0;
  return {
    succeeded: (timings, rows) => {
      lastInferenceMs = now();
      inferenceCount += rows;
      add(success, timings.queueNs + timings.inputNs + timings.inferNs + timings.outputNs);
      add(queue, timings.queueNs);
      add(computeInput, timings.inputNs);
      add(computeInfer, timings.inferNs);
      add(computeOutput, timings.outputNs);
    },
    failed: (ns) => add(fail, ns),
    executed: (timings) => {
      executionCount += 1;
      const batch = batches.get(timings.batchSize) ?? newBatch(timings.batchSize);
      if (batches.size < mostBatchSizes) batches.set(timings.batchSize, batch);
      add(batch.computeInput, timings.inputNs);
      add(batch.computeInfer, timings.inferNs);
      add(batch.computeOutput, timings.outputNs);
    },
    read: () => ({
      lastInferenceMs,
      inferenceCount,
      executionCount,
      success: copy(success),
      fail: copy(fail),
      queue: copy(queue),
      computeInput: copy(computeInput),
      computeInfer: copy(computeInfer),
      computeOutput: copy(computeOutput),
      batches: [...batches.values()].sort((a, b) => a.batchSize - b.batchSize).map(copyBatch),
    }),
  };
}

function sum(): Sum {
  return { count: 0, ns: 0 };
}

function add(to: Sum, ns: number): void {
  to.count += 1;
  to.ns += ns;
}

function copy({ count, ns }: Sum): Duration {
  return { count, ns: Math.round(ns) };
}

function newBatch(batchSize: number): Batch {
  return { batchSize, computeInput: sum(), computeInfer: sum(), computeOutput: sum() };
}

function copyBatch(batch: Batch): BatchStatistics {
  return {
    batchSize: batch.batchSize,
    computeInput: copy(batch.computeInput),
    computeInfer: copy(batch.computeInfer),
    computeOutput: copy(batch.computeOutput),
  };
}
