/**
 * Brings one model's requests to its lanes: bounded waiting, priorities, deadlines, and runs that several requests
 * share.
 *
 * Nothing waits for company: a run takes what is there when a lane is free, so under load batches form by themselves.
 * Requests of one turn of the event loop count as there at the same time. A shared run that fails is repeated request
 * by request, so a bad one spoils only itself.
 */
import type { RequestContext } from '../protocol/context.ts';
import { ServeError } from '../protocol/error.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import { joinRows, rowsOf } from '../runtime/batch.ts';
import { ProcessLost } from '../runtime/process.ts';
import type { Run } from '../runtime/session.ts';
import type { Lane, Lanes } from './lanes.ts';
import { type Answered, type BatchLimits, createQueue, type Job } from './queue.ts';
import type { Statistics } from './statistics.ts';

export interface SchedulerOptions {
  /** As messages speak of it: `model 'm' version '1'`. */
  readonly title: string;
  readonly lanes: Lanes;
  /** Requests that may wait; the next is refused with QUEUE_FULL. */
  readonly maxWaiting: number;
  /** Absent when every request must run alone. */
  readonly batching?: BatchLimits;
  readonly statistics: Statistics;
}

export interface Work {
  readonly feeds: readonly NamedTensor[];
  readonly wanted: readonly string[];
  /** Rows of every input; undefined when they differ or there are none. */
  readonly rows: number | undefined;
  readonly key: string;
}

export interface Scheduler {
  /** Rejects with ServeError QUEUE_FULL, DEADLINE_EXCEEDED, CANCELLED, MODEL_NOT_READY or INFERENCE_FAILED. */
  submit(work: Work, context: RequestContext): Promise<Answered>;
  waiting(): number;
  /** False when every request runs alone. */
  batches(): boolean;
}

const single: BatchLimits = { requests: 1, rows: 0 };

/** A request is repeated this often when the process ended that had it. */
const mostLosses = 1;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { title, lanes } = options;
  const queue = createQueue();
  const underWay = new Map<Lane, number>();
  let batching = options.batching;
  let scheduled = false;

  const fail = (job: Job, error: ServeError) => {
    if (job.done) return;
    job.done = true;
    job.tidy();
    options.statistics.failed((performance.now() - job.since) * 1e6);
    job.reject(error);
  };
  const leave = (job: Job, error: ServeError) => {
    queue.remove(job);
    fail(job, error);
  };
  const pump = () => {
    scheduled = false;
    if (queue.length === 0) return;
    if (lanes.hopeless()) {
      const refusal = new ServeError('MODEL_NOT_READY', `${title} is not ready: ${lanes.fault()}`);
      for (const job of queue.drain()) fail(job, refusal);
      return;
    }
    for (let free = freeLanes(); free.length > 0 && queue.length > 0; free = freeLanes()) dispatch(free);
  };
  const freeLanes = () => lanes.current().filter((lane) => (underWay.get(lane) ?? 0) < lane.depth);
  const dispatch = (free: readonly Lane[]) => {
    for (const [index, lane] of free.entries()) {
      if (queue.length === 0) return;
      // Lanes compute at the same time: what waits is shared among those that are free.
      const share = Math.ceil(queue.length / (free.length - index));
      const jobs = queue.take(
        batching === undefined ? single : { ...batching, requests: Math.min(batching.requests, share) },
      );
      underWay.set(lane, (underWay.get(lane) ?? 0) + 1);
      void execute(lane, jobs).then(() => {
        underWay.set(lane, (underWay.get(lane) ?? 1) - 1);
        if (!lanes.current().includes(lane)) underWay.delete(lane);
        pump();
      });
    }
  };
  const execute = async (lane: Lane, jobs: readonly Job[]) => {
    try {
      const [first] = jobs;
      if (first === undefined) return;
      const dispatched = performance.now();
      const feeds = jobs.length === 1 ? first.feeds : joined(jobs);
      const joinedAt = performance.now();
      const run = await lane.run(feeds, first.wanted);
      if (jobs.length > 1 && !keepsRows(run, jobs)) {
        batching = undefined;
        for (const job of jobs) job.alone = true;
        queue.unshift(jobs);
        return;
      }
      answer(jobs, run, dispatched, joinedAt, options.statistics);
    } catch (error) {
      failed(jobs, error);
    }
  };
  const failed = (jobs: readonly Job[], error: unknown) => {
    const again: Job[] = [];
    for (const job of jobs) {
      if (job.done) continue;
      const lost = error instanceof ProcessLost;
      if (lost && error.begun && jobs.length === 1) job.losses += 1;
      const retry = lost ? job.losses <= mostLosses : jobs.length > 1;
      if (!lost || error.begun) job.alone = true;
      if (retry) again.push(job);
      else fail(job, new ServeError('INFERENCE_FAILED', `inference of ${title} failed`, { cause: error }));
    }
    queue.unshift(again);
  };

  lanes.watch(pump);
  return {
    waiting: () => queue.length,
    batches: () => batching !== undefined,
    submit: (work, context) => {
      const refusal = refusalOf(context, title, queue.length >= options.maxWaiting, options.maxWaiting);
      if (refusal !== undefined) {
        options.statistics.failed(0);
        return Promise.reject(refusal);
      }
      return new Promise((resolve, reject) => {
        queue.push(newJob(work, context, { resolve, reject, leave, title }));
        if (scheduled) return;
        scheduled = true;
        setImmediate(pump);
      });
    },
  };
}

function refusalOf(context: RequestContext, title: string, full: boolean, most: number): ServeError | undefined {
  if (context.signal?.aborted === true) return cancelled(title);
  if (context.deadline !== undefined && context.deadline <= performance.now()) return expired(title);
  if (!full) return undefined;
  return new ServeError('QUEUE_FULL', `Exceeds maximum queue size: ${most} requests wait for ${title}`);
}

function cancelled(title: string): ServeError {
  return new ServeError('CANCELLED', `request for ${title} was cancelled`);
}

function expired(title: string): ServeError {
  return new ServeError('DEADLINE_EXCEEDED', `Request timeout expired for ${title}`);
}

interface Callbacks {
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
  readonly leave: (job: Job, error: ServeError) => void;
  readonly title: string;
}

const nothing = () => {};

/** A deadline and a cancellation end the wait at once; a run that has begun goes on, for nobody. */
function newJob(work: Work, context: RequestContext, { resolve, reject, leave, title }: Callbacks): Job {
  const since = performance.now();
  const { deadline = Infinity, signal } = context;
  const timer =
    deadline === Infinity ? undefined : setTimeout(() => leave(job, expired(title)), Math.max(0, deadline - since));
  const onAbort = signal === undefined ? undefined : () => leave(job, cancelled(title));
  if (onAbort !== undefined) signal?.addEventListener('abort', onAbort, { once: true });
  const tidy = () => {
    clearTimeout(timer);
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  };
  const job: Job = {
    feeds: work.feeds,
    wanted: work.wanted,
    rows: work.rows === 0 ? undefined : work.rows,
    key: work.key,
    priority: context.priority || Infinity,
    since,
    deadline,
    resolve,
    reject,
    tidy: timer === undefined && onAbort === undefined ? nothing : tidy,
    done: false,
    alone: false,
    losses: 0,
  };
  return job;
}

function joined(jobs: readonly Job[]): NamedTensor[] {
  const inputs = jobs[0]?.feeds.length ?? 0;
  const feeds: NamedTensor[] = [];
  for (let input = 0; input < inputs; input++) feeds.push(joinRows(jobs.map((job) => job.feeds[input] as NamedTensor)));
  return feeds;
}

function rowsIn(jobs: readonly Job[]): number {
  let rows = 0;
  for (const job of jobs) rows += job.rows ?? 0;
  return rows;
}

function keepsRows(run: Run, jobs: readonly Job[]): boolean {
  const rows = rowsIn(jobs);
  return run.tensors.every((tensor) => tensor.shape[0] === rows);
}

function answer(jobs: readonly Job[], run: Run, dispatched: number, joinedAt: number, statistics: Statistics): void {
  const came = performance.now();
  const travelNs = Math.max(0, (came - joinedAt) * 1e6 - run.waitNs - run.inferNs);
  const inputNs = (joinedAt - dispatched) * 1e6 + travelNs / 2;
  const batchSize = jobs.length === 1 ? (jobs[0]?.rows ?? 1) : rowsIn(jobs);
  const parts = jobs.length === 1 ? [run.tensors] : partsOf(run, jobs);
  const outputNs = travelNs / 2 + (performance.now() - came) * 1e6;
  const shared = { inputNs, inferNs: run.inferNs, outputNs, batchSize };
  statistics.executed({ queueNs: 0, ...shared });
  for (const [index, job] of jobs.entries()) {
    if (job.done) continue;
    job.done = true;
    job.tidy();
    const timings = { queueNs: (dispatched - job.since) * 1e6 + run.waitNs, ...shared };
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
