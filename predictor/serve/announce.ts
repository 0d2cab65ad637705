/** The moments that whoever starts the server waits for, as lines of the log. */
import type { Outcome } from '../models/registry.ts';
import type { Ports } from '../operate/listeners.ts';
import type { Log } from '../operate/log.ts';

export interface Announce {
  /** The servers are up; models are not. */
  listening(ports: Ports): void;
  /** The first load is over. */
  started(outcomes: readonly Outcome[]): void;
  /** A later load made every listed model ready for the first time. */
  ready(outcomes: readonly Outcome[]): void;
}

/** `port` is that of HTTP as long as none was told. */
export function announceInLog(log: Log, host: string, port: number): Announce {
  let where = { host, port };
  const ready: Announce['ready'] = (outcomes) =>
    log('info', 'ready', 'Every model is ready', { ...where, models: served(outcomes) });
  return {
    listening: ({ http = port, ...others }) => {
      where = { host, port: http };
      log('info', 'listening', 'Listening; models are loading', { ...where, ...others });
    },
    started: (outcomes) => {
      const failed = countFailed(outcomes);
      if (failed === 0) ready(outcomes);
      else {
        const message = `${failed} of ${outcomes.length} models cannot be served`;
        log('error', 'not-ready', message, { ...where, models: outcomes });
      }
    },
    ready,
  };
}

export function countFailed(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ result }) => result === 'failed').length;
}

function served(outcomes: readonly Outcome[]): { name: string; version: string }[] {
  const ready = outcomes.filter(({ result }) => result !== 'failed' && result !== 'removed');
  return ready.map(({ model, version }) => ({ name: model, version }));
}
