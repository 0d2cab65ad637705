/** A constant, bounded load on one model from outside; every request that did not get its answer is kept. */
import type { Outside } from './gateway.ts';
import { sleep } from './wait.ts';

export interface Load {
  /** Requests answered so far. */
  readonly answered: number;
  readonly failures: readonly string[];
  /** Ends the load; resolves when the last request has its answer. */
  stop(): Promise<void>;
}

/** `callers` at once, each with its own request after the other and `pauseMs` between; it stops by itself after `seconds`. */
export function startLoad(
  outside: Outside,
  host: string,
  path: string,
  body: object,
  { callers, pauseMs, seconds }: { callers: number; pauseMs: number; seconds: number },
): Load {
  const failures: string[] = [];
  const sent = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const end = Date.now() + seconds * 1000;
  let answered = 0;
  let stopped = false;
  const caller = async () => {
    while (!stopped && Date.now() < end) {
      try {
        const { status, text } = await outside.ask(host, path, sent);
        if (status === 200) answered += 1;
        else failures.push(`${new Date().toISOString()} ${status} ${text.slice(0, 200)}`);
      } catch (error) {
        failures.push(`${new Date().toISOString()} ${String(error)} ${String((error as Error).cause ?? '')}`);
      }
      await sleep(pauseMs);
    }
  };
  const all = Promise.all(Array.from({ length: callers }, caller));
  return {
    get answered() {
      return answered;
    },
    failures,
    async stop() {
      stopped = true;
      await all;
    },
  };
}
