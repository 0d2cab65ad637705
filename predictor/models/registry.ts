/**
 * The models of this process, by name and version.
 *
 * `apply` brings them to a wanted list: what is new or changed is loaded and has run once before anything is swapped,
 * the swap is one step, and what it replaces is released when its last request ends. A version that cannot be loaded
 * changes nothing about what already serves under its name.
 */
import { ServeError } from '../protocol/error.ts';
import type { IndexEntry, ModelReady } from '../protocol/messages.ts';
import { reasonOf } from './fault.ts';
import type { Holder } from './holder.ts';
import type { LoadedModel } from './load.ts';
import type { Report } from './report.ts';
import type { ModelSource } from './source.ts';
import {
  allReady,
  announce,
  find,
  known,
  type Loaded,
  loading,
  notFound,
  type Outcome,
  readyVersions,
  replaced,
  type Slot,
  serving,
  state,
  swap,
  type Table,
  unloaded,
} from './table.ts';

export type { Outcome } from './table.ts';

export interface Registry {
  /** The latest ready version unless one is named. Throws ServeError MODEL_UNKNOWN or MODEL_NOT_READY. */
  find(name: string, version?: string): Holder;
  /** Versions of this name that are ready. */
  versions(name: string): readonly string[];
  /** Throws ServeError MODEL_UNKNOWN. */
  state(name: string, version?: string): ModelReady;
  /** True once every model of a list was ready; a failed reload afterwards does not take it back. */
  ready(): boolean;
  /** Names that have a ready version. */
  names(): readonly string[];
  /** Every listed version, in the order of the list. */
  index(): readonly IndexEntry[];
  /** Calls wait for each other. Never rejects. */
  apply(sources: readonly ModelSource[]): Promise<readonly Outcome[]>;
  /** Loads what the list now says of one name, as `apply` would. Rejects with ServeError MODEL_UNKNOWN or MODEL_NOT_READY. */
  load(name: string): Promise<void>;
  /** Takes every version of a name out of service until it is loaded again. Rejects with ServeError MODEL_UNKNOWN. */
  unload(name: string): Promise<void>;
  /** Calls `told` once, with all that serves, when `ready` turns true. One listener only. */
  onReady(told: (outcomes: readonly Outcome[]) => void): void;
  /** Releases every model after its last request. */
  close(): Promise<void>;
}

/** `list` says where the models are at this moment; without it, what was applied last. */
export function createRegistry(
  load: (source: ModelSource) => Promise<LoadedModel>,
  report: Report,
  list?: () => Promise<readonly ModelSource[]>,
): Registry {
  const retirement = createRetirement(report);
  let applied: readonly ModelSource[] = [];
  let table: Table = new Map();
  let everReady = false;
  let told: (outcomes: readonly Outcome[]) => void = () => {};
  let queue: Promise<unknown> = Promise.resolve();

  const replaceTable = (next: Table) => {
    const before = table;
    table = next;
    for (const holder of replaced(before, next)) retirement.begin(holder);
  };
  const bring = async (sources: readonly ModelSource[], scope: Table) => {
    table = announce(table, sources);
    const loaded: Loaded[] = [];
    for (const source of sources) loaded.push(await loadOne(source, table.get(source.name)?.get(source.version), load));
    const next = swap(table, loaded, scope);
    replaceTable(next.table);
    return next.outcomes;
  };
  const nowReady = () => {
    if (everReady) return;
    everReady = true;
    told(serving(table));
  };
  const apply = async (sources: readonly ModelSource[]) => {
    applied = sources;
    const outcomes = await bring(sources, table);
    if (outcomes.every((outcome) => outcome.result !== 'failed')) nowReady();
    return outcomes;
  };
  const loadNamed = async (name: string) => {
    const sources = (list === undefined ? applied : await list()).filter((source) => source.name === name);
    if (sources.length === 0) throw new ServeError('MODEL_UNKNOWN', `failed to load '${name}', ${notFound(name)}`);
    const outcomes = await bring(sources, new Map([...table].filter(([known]) => known === name)));
    if (allReady(table)) nowReady();
    const failed = outcomes.filter((outcome) => outcome.result === 'failed');
    if (failed.length === 0) return;
    const reasons = failed.map(({ version, reason }) => `version ${version}: ${reason}`).join('; ');
    throw new ServeError('MODEL_NOT_READY', `failed to load '${name}': ${reasons}`);
  };
  const unloadNamed = (name: string) => {
    const slots = [...known(table, name)].map(([version, { source }]): [string, Slot] => [
      version,
      { source, fault: unloaded },
    ]);
    replaceTable(new Map([...table, [name, new Map(slots)]]));
  };
  const inTurn = <T>(work: () => T | Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  };

  return {
    find: (name, version) => find(table, name, version),
    versions: (name) => readyVersions(table.get(name) ?? new Map()),
    state: (name, version) => state(table, name, version),
    ready: () => everReady,
    onReady: (listener) => {
      told = listener;
    },
    names: () => [...table].filter(([, slots]) => readyVersions(slots).length > 0).map(([name]) => name),
    index: () => [...table].flatMap(([, slots]) => [...slots.values()].map((slot) => entryOf(slot, retirement))),
    apply: (sources) => inTurn(() => apply(sources)),
    load: (name) => inTurn(() => loadNamed(name)),
    unload: (name) => inTurn(() => unloadNamed(name)),
    close: async () => {
      await queue;
      replaceTable(new Map());
      await retirement.ended();
    },
  };
}

function entryOf({ source: { name, version }, holder, fault }: Slot, retirement: Retirement): IndexEntry {
  if (holder !== undefined) {
    const down = holder.model.fault();
    return { name, version, state: down === undefined ? 'READY' : 'UNAVAILABLE', reason: down ?? fault ?? '' };
  }
  const state = fault === loading ? 'LOADING' : retirement.retiring(name, version) ? 'UNLOADING' : 'UNAVAILABLE';
  return { name, version, state, reason: fault ?? '' };
}

interface Retirement {
  begin(holder: Holder): void;
  /** True while requests still use a version that was taken out of service. */
  retiring(name: string, version: string): boolean;
  /** Resolves when all that have begun are released. */
  ended(): Promise<void>;
}

function createRetirement(report: Report): Retirement {
  const running = new Map<Promise<void>, Holder>();
  return {
    retiring: (name, version) =>
      [...running.values()].some(({ model }) => model.name === name && model.version === version),
    begin: (holder) => {
      const { name, version } = holder.model;
      const done = holder.retire().then(
        () => report('model-released', { model: name, version }),
        (error: unknown) => report('release-failed', { model: name, version, reason: reasonOf(error) }),
      );
      running.set(done, holder);
      void done.then(() => running.delete(done));
    },
    ended: async () => {
      await Promise.all(running.keys());
    },
  };
}

/** A version is the same when its source is and a digest vouches for the bytes; without one it is loaded again. */
async function loadOne(
  source: ModelSource,
  old: Slot | undefined,
  load: (source: ModelSource) => Promise<LoadedModel>,
): Promise<Loaded> {
  const same = source.sha256 !== undefined && JSON.stringify(old?.source) === JSON.stringify(source);
  if (same && old?.holder !== undefined && old.fault === undefined) return { source, old };
  try {
    return { source, old, model: await load(source) };
  } catch (error) {
    return { source, old, fault: reasonOf(error) };
  }
}
