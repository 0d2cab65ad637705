/** Requests that wait for one model, most urgent first and first come first served among equals. */
import type { RequestContext } from '../protocol/context.ts';
import type { NamedTensor, Tensor } from '../protocol/tensor.ts';
import type { Timings } from '../protocol/timings.ts';

export interface Answered {
  /** One per wanted output, in that order. */
  readonly tensors: readonly Tensor[];
  readonly timings: Timings;
}

/** One waiting request. */
export interface Job {
  readonly feeds: readonly NamedTensor[];
  readonly wanted: readonly string[];
  /** Rows of every input; undefined when the request must run alone. */
  readonly rows: number | undefined;
  /** Requests of one key may share a run. */
  readonly key: string;
  /** 1 goes first; Infinity is no priority. */
  readonly priority: number;
  /** Milliseconds of `performance.now()`. */
  readonly since: number;
  readonly context: RequestContext;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
  /** Undoes timers and listeners; called once, when the request ends. */
  tidy: () => void;
  /** Has timers and listeners. */
  watched: boolean;
  /** Answered or refused; what still comes for it is dropped. */
  done: boolean;
  /** Shared a run that failed: runs by itself from now on. */
  alone: boolean;
  /** Times that a process ended with this request in it. */
  losses: number;
}

export interface BatchLimits {
  readonly requests: number;
  readonly rows: number;
}

export interface Queue {
  readonly length: number;
  push(job: Job): void;
  /** Puts requests back before all others, in their order. */
  unshift(jobs: readonly Job[]): void;
  remove(job: Job): void;
  /** As they stand now. */
  waiting(): readonly Job[];
  /** The next request and those behind it that may share its run. */
  take(limits: BatchLimits): Job[];
  drain(): Job[];
}

export function createQueue(): Queue {
  let jobs: Job[] = [];
  return {
    get length() {
      return jobs.length;
    },
    push: (job) => {
      let at = jobs.length;
      while (at > 0 && (jobs[at - 1] as Job).priority > job.priority) at -= 1;
      if (at === jobs.length) jobs.push(job);
      else jobs.splice(at, 0, job);
    },
    unshift: (returned) => {
      jobs = [...returned, ...jobs];
    },
    remove: (job) => {
      const at = jobs.indexOf(job);
      if (at !== -1) jobs.splice(at, 1);
    },
    waiting: () => [...jobs],
    take: (limits) => {
      const taken = takeFrom(jobs, limits);
      if (taken.length === jobs.length) jobs = [];
      else if (taken.length === 1) jobs.shift();
      else {
        const gone = new Set(taken);
        jobs = jobs.filter((job) => !gone.has(job));
      }
      return taken;
    },
    drain: () => {
      const all = jobs;
      jobs = [];
      return all;
    },
  };
}

function takeFrom(jobs: readonly Job[], limits: BatchLimits): Job[] {
  const [first] = jobs;
  if (first === undefined) return [];
  const taken = [first];
  if (first.rows === undefined || first.alone) return taken;
  let rows = first.rows;
  for (let at = 1; at < jobs.length && taken.length < limits.requests; at++) {
    const job = jobs[at] as Job;
    if (job.alone || job.rows === undefined || job.key !== first.key || rows + job.rows > limits.rows) continue;
    rows += job.rows;
    taken.push(job);
  }
  return taken;
}
