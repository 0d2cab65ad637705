/**
 * Asks while somebody drags a slider: one question at a time, then the newest. An answer that a newer one has overtaken
 * is dropped; one that takes longer than `patience` is broken off as soon as there is a newer question.
 */
export interface Latest<Question> {
  ask(question: Question): void;
  /** Breaks off and forgets; nothing is reported for what was asked before. */
  stop(): void;
}

export interface LatestOptions<Question, Result> {
  readonly run: (question: Question, signal: AbortSignal) => Promise<Result>;
  readonly done: (question: Question, result: Result) => void;
  readonly failed: (question: Question, error: unknown) => void;
  /** Milliseconds between a change and its question, so that typing "12" does not ask for 1. */
  readonly delay: number;
  readonly patience: number;
}

export function createLatest<Question, Result>(options: LatestOptions<Question, Result>): Latest<Question> {
  let waiting: { question: Question } | undefined;
  let running: { controller: AbortController; since: number } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const next = async (): Promise<void> => {
    timer = undefined;
    if (waiting === undefined || running !== undefined) return;
    const { question } = waiting;
    waiting = undefined;
    const mine = { controller: new AbortController(), since: performance.now() };
    running = mine;
    try {
      const result = await options.run(question, mine.controller.signal);
      if (running === mine) options.done(question, result);
    } catch (error) {
      if (running === mine && !mine.controller.signal.aborted) options.failed(question, error);
    } finally {
      if (running === mine) {
        running = undefined;
        schedule(0);
      }
    }
  };
  const schedule = (delay: number): void => {
    if (waiting !== undefined) timer ??= setTimeout(next, delay);
  };

  return {
    ask(question) {
      waiting = { question };
      if (running !== undefined && performance.now() - running.since > options.patience) {
        running.controller.abort();
        running = undefined;
      }
      if (running === undefined) schedule(options.delay);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      waiting = undefined;
      running?.controller.abort();
      running = undefined;
    },
  };
}
