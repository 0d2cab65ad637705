/**
 * Where the models are, and what brings them to serve: the first load, SIGHUP, and changes of the models file. Tells of
 * the moment at which every model is ready, whatever made it so.
 */
import { unwatchFile, watchFile } from 'node:fs';
import type { ModelsPlace } from '../config.ts';
import { reasonOf } from '../models/fault.ts';
import type { Fetcher } from '../models/fetch.ts';
import type { Outcome, Registry } from '../models/registry.ts';
import { repositorySources } from '../models/repository.ts';
import type { ModelSource } from '../models/source.ts';
import { limits } from '../operate/limits.ts';
import type { Log } from '../operate/log.ts';
import { type Announce, countFailed } from './announce.ts';

/** Where the models are at this moment. */
export async function listModels(place: ModelsPlace, fetcher: Fetcher): Promise<ModelSource[]> {
  // Its schema compiler is large, and most servers have no such file.
  if (place.kind === 'file') return (await import('../models-config.ts')).readModelsFile(place.file);
  if (place.kind === 'repository') return repositorySources(place.location, fetcher);
  const { kind: _, ...source } = place;
  return [{ ...source, labels: {}, aliases: {} }];
}

export interface Follower {
  /** First load. False when not one model can be served. Never rejects. */
  start(): Promise<boolean>;
  /** Reloads follow each other and the first load. */
  reload(cause: string): void;
  close(): void;
}

/** `list` says where the models are at this moment. */
export function createFollower(
  place: ModelsPlace,
  list: () => Promise<readonly ModelSource[]>,
  registry: Registry,
  log: Log,
  announce: Announce,
): Follower {
  let last: Promise<unknown> = Promise.resolve();
  let begun = false;
  registry.onReady((outcomes) => {
    // Whoever loaded says so first; of the first load nobody else need tell.
    if (begun) setImmediate(() => announce.ready(outcomes));
  });
  const reload = (cause: string) => {
    log('info', 'reloading', `Reloading models: ${cause}`);
    last = last.then(() => bringAgain(list, registry, log));
  };
  return {
    start: () => {
      const started = bringFirst(list, registry, log, announce).finally(() => {
        begun = true;
      });
      last = started;
      if (place.kind === 'file') watchPath(place.file, reload);
      return started;
    },
    reload,
    close: () => {
      if (place.kind === 'file') unwatchFile(place.file);
    },
  };
}

type List = () => Promise<readonly ModelSource[]>;

async function bringFirst(list: List, registry: Registry, log: Log, announce: Announce): Promise<boolean> {
  try {
    const outcomes = await registry.apply(await list());
    const failed = tellFaults(outcomes, log);
    announce.started(outcomes);
    return failed < outcomes.length;
  } catch (error) {
    log('error', 'start-failed', `Cannot list the models: ${reasonOf(error)}`);
    return false;
  }
}

async function bringAgain(list: List, registry: Registry, log: Log): Promise<void> {
  try {
    const outcomes = await registry.apply(await list());
    const failed = tellFaults(outcomes, log);
    if (failed === 0) log('info', 'reloaded', 'Models reloaded', { models: outcomes });
    else {
      const message = `${failed} of ${outcomes.length} models cannot be served; what served before serves on`;
      log('error', 'reload-failed', message, { models: outcomes });
    }
  } catch (error) {
    log('error', 'reload-failed', `Cannot list the models, what served before serves on: ${reasonOf(error)}`, {
      models: [],
    });
  }
}

function tellFaults(outcomes: readonly Outcome[], log: Log): number {
  for (const { model, version, result, reason } of outcomes) {
    if (result !== 'failed') continue;
    const message = `Cannot serve model "${model}" version "${version}": ${reason}`;
    log('error', 'model-failed', message, { model, version, reason });
  }
  return countFailed(outcomes);
}

/** By its path, so that a mounted ConfigMap's exchanged link is seen too. */
function watchPath(file: string, changed: (cause: string) => void): void {
  watchFile(file, { interval: limits.watchMs, persistent: false }, (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size)
      changed(`${file} changed`);
  });
}
