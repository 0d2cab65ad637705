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
  readonly serves: (name: string, version: string) => boolean;
  readonly log: Log;
}

export interface Poller {
  /** Looks for the first time, before anything is loaded: a change from here on is not missed. Never rejects. */
  look(): Promise<void>;
  /** Goes on looking. What could not be loaded at first is tried again. */
  start(): void;
  close(): void;
}

interface Followed {
  readonly name: string;
  readonly version: string;
  readonly place: string;
}

export function isAlias(location: string): boolean {
  return /^models:\/+[^/@]+@[^/@]+$/.test(location);
}

export function createPoller({ seconds, list, resolve, load, serves, log }: PollParts): Poller {
  const places = new Map<string, Followed>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const failed = (error: unknown) => log('warn', 'poll-failed', `Cannot follow the aliases: ${reasonOf(error)}`);
  // Each for itself: one that cannot be followed holds up no other.
  const each = async (work: (source: ModelSource, place: string) => Promise<void>) => {
    const sources = await list().catch(failed);
    for (const source of sources ?? []) {
      if (!isAlias(source.location)) continue;
      await resolve(source.location)
        .then((place) => work(source, place))
        .catch(failed);
    }
  };
  const follow = async ({ name, version, location }: ModelSource, place: string) => {
    const key = JSON.stringify([name, version, location]);
    if (places.get(key)?.place === place || closed) return;
    log('info', 'alias-moved', `${location} is another version now: loading model "${name}"`, { model: name, place });
    // Remembered only once it serves, so that a load that failed is tried again.
    await load(name);
    places.set(key, { name, version, place });
  };
  const next = () => {
    if (closed) return;
    timer = setTimeout(() => void each(follow).then(next), seconds * 1000);
    timer.unref();
  };
  return {
    look: () =>
      each(async ({ name, version, location }, place) => {
        places.set(JSON.stringify([name, version, location]), { name, version, place });
      }),
    start: () => {
      for (const [key, { name, version }] of places) if (!serves(name, version)) places.delete(key);
      next();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
