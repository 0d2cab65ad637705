/** Several requests in one run: their tensors brought together, and the answer taken apart again. */
import type { NamedTensor } from '../protocol/tensor.ts';
import { joinRows, rowsOf } from '../runtime/batch.ts';
import type { Run } from '../runtime/session.ts';
import type { Job } from './queue.ts';
import type { Statistics } from './statistics.ts';

/** `jobs` share all but their rows; there are at least two. */
export function joined(jobs: readonly Job[]): NamedTensor[] {
  const inputs = jobs[0]?.feeds.length ?? 0;
  const feeds: NamedTensor[] = [];
  for (let input = 0; input < inputs; input++) feeds.push(joinRows(jobs.map((job) => job.feeds[input] as NamedTensor)));
  return feeds;
}

/** False when the answer has other rows than the requests together, so that nobody can say whose they are. */
export function keepsRows(run: Run, jobs: readonly Job[]): boolean {
  const rows = rowsIn(jobs);
  return run.tensors.every((tensor) => tensor.shape[0] === rows);
}

function rowsIn(jobs: readonly Job[]): number {
  let rows = 0;
  for (const job of jobs) rows += job.rows ?? 0;
  return rows;
}

/** Gives each request its part. Times are those of `performance.now()`. */
export function answer(
  jobs: readonly Job[],
  run: Run,
  dispatched: number,
  joinedAt: number,
  statistics: Statistics,
): void {
  const came = performance.now();
  const travelNs = Math.max(0, (came - joinedAt) * 1e6 - run.waitNs - run.inferNs);
  const inputNs = (joinedAt - dispatched) * 1e6 + travelNs / 2;
  const { inferNs, waitNs } = run;
  const batchSize = jobs.length === 1 ? (jobs[0]?.rows ?? 1) : rowsIn(jobs);
  const parts = jobs.length === 1 ? [run.tensors] : partsOf(run, jobs);
  const outputNs = travelNs / 2 + (performance.now() - came) * 1e6;
  statistics.executed({ queueNs: 0, inputNs, inferNs, outputNs, batchSize });
  for (let index = 0; index < jobs.length; index++) {
    const job = jobs[index] as Job;
    if (job.done) continue;
    job.done = true;
    job.tidy();
    const timings = { queueNs: (dispatched - job.since) * 1e6 + waitNs, inputNs, inferNs, outputNs, batchSize };
    statistics.succeeded(timings, job.rows ?? 1);
    job.resolve({ tensors: parts[index] ?? [], timings });
  }
}

function partsOf(run: Run, jobs: readonly Job[]): Run['tensors'][] {
  let start = 0;
  return jobs.map((job) => {
    const from = start;
    const rows = job.rows ?? 0;
    start += rows;
    return run.tensors.map((tensor) => rowsOf(tensor, from, rows));
  });
}
