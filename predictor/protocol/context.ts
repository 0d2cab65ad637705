/** What surrounds one request: who asks, until when, and whether the caller is still there. */
export interface RequestContext {
  readonly requestId: string;
  /** Milliseconds of `performance.now()`; past it the answer is DEADLINE_EXCEEDED. */
  readonly deadline?: number;
  /** The caller went away: work that is still queued is dropped with CANCELLED. */
  readonly signal?: AbortSignal;
  /** What `signal.aborted` would say; told where making a signal for each request would cost more than it is worth. */
  readonly gone?: boolean;
  /** Parameter `priority`: 1 goes first, absent or 0 goes last. */
  readonly priority?: number;
}
