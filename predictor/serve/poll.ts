/**
 * Aliases of MLflow's registry (`models:/name@alias`), looked at again and again: when one names another version, the
 * model is loaded anew beside the old, which answers until the new one does.
 */
import { reasonOf } from '../models/fault.ts';
import type { ModelSource } from '../models/source.ts';
import type { Log } from '../operate/log.ts';

export interface PollParts {
  readonly seconds: number;
  readonly list: () => Promise<readonly ModelSource[]>;
  /** The place that an alias stands for now. */
  readonly resolve: (location: string) => Promise<string>;
  /** Loads one name anew; rejects where the old one serves on. */
  readonly load: (name: string) => Promise<void>;
  readonly log: Log;
}

export interface Poller {
  /** Looks for the first time, before anything is loaded: a change from here on is not missed. Never rejects. */
  look(): Promise<void>;
  /** Goes on looking. */
  start(): void;
  close(): void;
}

export function isAlias(location: string): boolean {
  return /^models:\/+[^/@]+@[^/@]+$/.test(location);
}

export function createPoller({ seconds, list, resolve, load, log }: PollParts): Poller {
  const places = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const each = async (work: (source: ModelSource, place: string) => Promise<void>) => {
    try {
      for (const source of (await list()).filter(({ location }) => isAlias(location)))
        await work(source, await resolve(source.location));
    } catch (error) {
      log('warn', 'poll-failed', `Cannot follow the aliases: ${reasonOf(error)}`);
    }
  };
  const follow = async ({ name, version, location }: ModelSource, place: string) => {
    const key = JSON.stringify([name, version, location]);
    if (places.get(key) === place || closed) return;
    log('info', 'alias-moved', `${location} is another version now: loading model "${name}"`, { model: name, place });
    // Remembered only once it serves, so that a load that failed is tried again.
    await load(name);
    places.set(key, place);
  };
  const next = () => {
    if (closed) return;
    timer = setTimeout(() => void each(follow).then(next), seconds * 1000);
    timer.unref();
  };
  return {
    look: () =>
      each(async ({ name, version, location }, place) => {
        places.set(JSON.stringify([name, version, location]), place);
      }),
    start: next,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
