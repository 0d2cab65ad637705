/**
 * Brings one model's requests to its lanes: bounded waiting, priorities, deadlines, and runs that several requests
 * share.
 *
 * Nothing waits for company: a run takes what is there when a lane is free, so under load batches form by themselves.
 * On a lane of this process, the first request of a turn of the event loop runs at once and those behind it share the
 * next run, so that a lone client has the shortest way and many share. A shared run that fails is repeated request by
 * request, so a bad one spoils only itself.
 */
import type { RequestContext } from '../protocol/context.ts';
import { ServeError } from '../protocol/error.ts';
import { ProcessLost } from '../runtime/process.ts';
import type { Run } from '../runtime/session.ts';
import type { Lane, Lanes } from './lanes.ts';
import { type Answered, type BatchLimits, createQueue, type Job } from './queue.ts';
import { answer, joined, keepsRows } from './shared-run.ts';
import type { Statistics } from './statistics.ts';
import { newJob, refusalOf, type Work, watch } from './waiting.ts';

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

/** Milliseconds that runs in this process may follow each other before other work has its turn. */
const turnMs = 2;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { title, lanes, statistics } = options;
  const queue = createQueue();
  const underWay = new Map<Lane, number>();
  let batching = options.batching;
  let scheduled = false;

  const fail = (job: Job, error: ServeError) => {
    if (job.done) return;
    job.done = true;
    job.tidy();
    statistics.failed((performance.now() - job.since) * 1e6);
    job.reject(error);
  };
  const leave = (job: Job, error: ServeError) => {
    queue.remove(job);
    fail(job, error);
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(turn);
  };
  const turn = () => {
    scheduled = false;
    pump();
  };
  const pump = () => {
    if (queue.length === 0) return;
    if (lanes.hopeless()) {
      const refusal = new ServeError('MODEL_NOT_READY', `${title} is not ready: ${lanes.fault()}`);
      for (const job of queue.drain()) fail(job, refusal);
      return;
    }
    const ends = performance.now() + turnMs;
    for (let free = freeLanes(); free.length > 0 && queue.length > 0; free = freeLanes()) {
      dispatch(free);
      if (queue.length > 0 && free[0]?.runNow !== undefined && performance.now() > ends) {
        schedule();
        break;
      }
    }
    if (queue.length > 0) for (const job of queue.waiting()) watch(job, title, leave);
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
      if (lane.runNow === undefined) runThere(lane, jobs);
      else runHere(lane.runNow, jobs);
    }
  };
  const runHere = (runNow: NonNullable<Lane['runNow']>, jobs: readonly Job[]) => {
    try {
      const dispatched = performance.now();
      const feeds = feedsOf(jobs);
      const joinedAt = performance.now();
      settle(jobs, runNow(feeds, jobs[0]?.wanted ?? []), dispatched, joinedAt);
    } catch (error) {
      failed(jobs, error);
    }
  };
  const runThere = (lane: Lane, jobs: readonly Job[]) => {
    underWay.set(lane, (underWay.get(lane) ?? 0) + 1);
    for (const job of jobs) watch(job, title, leave);
    void travel(lane, jobs).then(() => {
      underWay.set(lane, (underWay.get(lane) ?? 1) - 1);
      if (!lanes.current().includes(lane)) underWay.delete(lane);
      pump();
    });
  };
  const travel = async (lane: Lane, jobs: readonly Job[]) => {
    try {
      const dispatched = performance.now();
      const feeds = feedsOf(jobs);
      const joinedAt = performance.now();
      settle(jobs, await lane.run(feeds, jobs[0]?.wanted ?? []), dispatched, joinedAt);
    } catch (error) {
      failed(jobs, error);
    }
  };
  const settle = (jobs: readonly Job[], run: Run, dispatched: number, joinedAt: number) => {
    if (jobs.length === 1 || keepsRows(run, jobs)) {
      answer(jobs, run, dispatched, joinedAt, statistics);
      return;
    }
    batching = undefined;
    for (const job of jobs) job.alone = true;
    queue.unshift(jobs);
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

  /** Requests of this turn have no listeners yet: whoever went away, or is too late, makes room when it is wanted. */
  const isFull = () => {
    if (queue.length < options.maxWaiting) return false;
    for (const job of queue.waiting()) {
      const over = refusalOf(job.context, title, false, options.maxWaiting);
      if (over !== undefined) leave(job, over);
    }
    return queue.length >= options.maxWaiting;
  };

  lanes.watch(pump);
  return {
    waiting: () => queue.length,
    batches: () => batching !== undefined,
    submit: (work, context) => {
      const refusal = refusalOf(context, title, isFull(), options.maxWaiting);
      if (refusal !== undefined) {
        statistics.failed(0);
        return Promise.reject(refusal);
      }
      return new Promise((resolve, reject) => {
        const job = newJob(work, context, resolve, reject);
        const [lane] = lanes.current();
        // `scheduled` tells that this turn had its first request already.
        if (lane?.runNow !== undefined && !scheduled && queue.length === 0) runHere(lane.runNow, [job]);
        else queue.push(job);
        schedule();
      });
    },
  };
}

function feedsOf(jobs: readonly Job[]): Job['feeds'] {
  return jobs.length === 1 ? (jobs[0] as Job).feeds : joined(jobs);
}
