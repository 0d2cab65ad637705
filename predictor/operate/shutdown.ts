/**
 * The way out, in order: not ready → routers hear of it → requests in flight end → sockets close → models are released
 * → exit 0.
 * A second signal, or a request that does not end in time, ends the process at once with 1.
 */
import type { Log } from './log.ts';

export interface ShutdownSteps {
  /** From here on the server says that it is not ready. */
  stopAccepting(): void;
  /** Resolves when no router sends anything new. */
  drain(): Promise<void>;
  /** Resolves when the last request is answered and every connection is closed. */
  closeServers(): Promise<void>;
  /** Resolves when every model is released. */
  releaseModels(): Promise<void>;
}

/** Returns the handler of termination signals. `exit` is called once, or twice when a second signal comes. */
export function createShutdown(
  steps: ShutdownSteps,
  graceMs: number,
  log: Log,
  exit: (code: number) => void,
): (signal: string) => void {
  let begun = false;
  return (signal) => {
    if (begun) {
      log('warn', 'stopped', `Second signal ${signal}: ending at once`, { code: 1 });
      exit(1);
      return;
    }
    begun = true;
    log('info', 'stopping', `${signal}: finishing requests in flight`);
    const timer = setTimeout(() => {
      log('error', 'stopped', `Requests in flight did not end within ${graceMs} ms`, { code: 1 });
      exit(1);
    }, graceMs);
    timer.unref();
    void leave(steps, log).then((code) => {
      clearTimeout(timer);
      exit(code);
    });
  };
}

async function leave(steps: ShutdownSteps, log: Log): Promise<number> {
  try {
    steps.stopAccepting();
    await steps.drain();
    await steps.closeServers();
    await steps.releaseModels();
    log('info', 'stopped', 'Every request was answered', { code: 0 });
    return 0;
  } catch (error) {
    log('error', 'stopped', `Shutdown failed: ${error instanceof Error ? error.message : String(error)}`, { code: 1 });
    return 1;
  }
}
