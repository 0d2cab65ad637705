/** One request as it waits: made when it is accepted, watched only where it really waits. */
import type { RequestContext } from '../protocol/context.ts';
import { ServeError } from '../protocol/error.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import type { Answered, Job } from './queue.ts';

export interface Work {
  readonly feeds: readonly NamedTensor[];
  readonly wanted: readonly string[];
  /** Rows of every input; undefined when they differ or there are none. */
  readonly rows: number | undefined;
  readonly key: string;
}

/** Why a request is not taken; undefined when it is. */
export function refusalOf(context: RequestContext, title: string, full: boolean, most: number): ServeError | undefined {
  if (isGone(context)) return cancelled(title);
  if (context.deadline !== undefined && context.deadline <= performance.now()) return expired(title);
  if (!full) return undefined;
  return new ServeError('QUEUE_FULL', `Exceeds maximum queue size: ${most} requests wait for ${title}`);
}

function isGone(context: RequestContext): boolean {
  return context.gone ?? context.signal?.aborted ?? false;
}

function cancelled(title: string): ServeError {
  return new ServeError('CANCELLED', `request for ${title} was cancelled`);
}

function expired(title: string): ServeError {
  return new ServeError('DEADLINE_EXCEEDED', `Request timeout expired for ${title}`);
}

const nothing = () => {};

export function newJob(
  { feeds, wanted, rows, key }: Work,
  context: RequestContext,
  resolve: (answered: Answered) => void,
  reject: (error: Error) => void,
): Job {
  return {
    feeds,
    wanted,
    rows: rows === 0 ? undefined : rows,
    key,
    context,
    priority: context.priority || Infinity,
    since: performance.now(),
    resolve,
    reject,
    tidy: nothing,
    watched: false,
    done: false,
    alone: false,
    losses: 0,
  };
}

/**
 * From now on a deadline and a cancellation end the wait at once, through `leave`; a run that has begun goes on, for
 * nobody. Timers and listeners cost more than a small model's run, so only requests that wait on get them.
 */
export function watch(job: Job, title: string, leave: (job: Job, error: ServeError) => void): void {
  if (job.watched || job.done) return;
  job.watched = true;
  const { deadline = Infinity, signal } = job.context;
  const onAbort = () => leave(job, cancelled(title));
  const left = Math.max(0, deadline - performance.now());
  const timer = deadline === Infinity ? undefined : setTimeout(() => leave(job, expired(title)), left);
  signal?.addEventListener('abort', onAbort, { once: true });
  job.tidy = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  if (signal?.aborted === true) onAbort();
}
