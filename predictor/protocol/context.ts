/** What surrounds one request: who asks, until when, and whether the caller is still there. */
export interface RequestContext {
  readonly requestId: string;
  /** Milliseconds of `performance.now()`; past it the answer is DEADLINE_EXCEEDED. */
  readonly deadline?: number;
  /** The caller went away: work that is still queued is dropped with CANCELLED. */
  readonly signal?: AbortSignal;
  /** Parameter `priority`: 1 goes first, absent or 0 goes last. */
  readonly priority?: number;
}
