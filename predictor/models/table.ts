/** What is known of every listed version at one moment, and what the next moment makes of it: values alone. */
import { ServeError } from '../protocol/error.ts';
import type { ModelReady } from '../protocol/messages.ts';
import { type Holder, hold } from './holder.ts';
import type { LoadedModel } from './load.ts';
import type { ModelSource } from './source.ts';

/** What became of one version: `kept` is no longer listed and serves on, since a listed version of its name failed. */
export interface Outcome {
  readonly model: string;
  readonly version: string;
  readonly result: 'loaded' | 'unchanged' | 'failed' | 'removed' | 'kept';
  readonly reason?: string;
}

export interface Slot {
  readonly source: ModelSource;
  readonly holder?: Holder;
  /** Why `source` is not what serves. */
  readonly fault?: string;
}

/** Versions of one name, in the order of the list. */
export type Slots = ReadonlyMap<string, Slot>;
export type Table = ReadonlyMap<string, Slots>;

export interface Loaded {
  readonly source: ModelSource;
  readonly old: Slot | undefined;
  readonly model?: LoadedModel;
  readonly fault?: string;
}

/** Reason of a version that was taken out of service on request. */
export const unloaded = 'unloaded';
export const loading = 'loading';

/** New versions are known, though not ready, from the moment that they are listed. */
export function announce(table: Table, sources: readonly ModelSource[]): Table {
  const next = new Map([...table].map(([name, slots]) => [name, new Map(slots)]));
  for (const source of sources) {
    const slots = next.get(source.name) ?? new Map<string, Slot>();
    next.set(source.name, slots);
    if (!slots.has(source.version)) slots.set(source.version, { source, fault: loading });
  }
  return next;
}

/** What `scope` has and the list has not is removed; names outside it stay as they are. */
export function swap(table: Table, loaded: readonly Loaded[], scope: Table): { table: Table; outcomes: Outcome[] } {
  const next = new Map<string, Map<string, Slot>>();
  const outcomes: Outcome[] = [];
  const listed = new Set(loaded.map(({ source }) => JSON.stringify([source.name, source.version])));
  const failed = new Set(loaded.filter((one) => one.fault !== undefined).map((one) => one.source.name));
  for (const [name, slots] of table) {
    for (const [version, slot] of slots) {
      if (listed.has(JSON.stringify([name, version]))) continue;
      if (!scope.has(name)) {
        slotsOf(next, name).set(version, slot);
        continue;
      }
      const keep = failed.has(name) && slot.holder !== undefined;
      if (keep) slotsOf(next, name).set(version, slot);
      outcomes.push({ model: name, version, result: keep ? 'kept' : 'removed' });
    }
  }
  for (const one of loaded) {
    const { name, version } = one.source;
    slotsOf(next, name).set(version, slotAfter(one));
    const result = one.fault !== undefined ? 'failed' : one.model !== undefined ? 'loaded' : 'unchanged';
    outcomes.push({ model: name, version, result, ...(one.fault === undefined ? {} : { reason: one.fault }) });
  }
  return { table: next, outcomes };
}

function slotAfter({ source, old, model, fault }: Loaded): Slot {
  if (model !== undefined) return { source, holder: hold(model) };
  const holder = old?.holder === undefined ? {} : { holder: old.holder };
  return { source, ...holder, ...(fault === undefined ? {} : { fault }) };
}

function slotsOf(table: Map<string, Map<string, Slot>>, name: string): Map<string, Slot> {
  const slots = table.get(name) ?? new Map<string, Slot>();
  table.set(name, slots);
  return slots;
}

export function replaced(before: Table, after: Table): Holder[] {
  const holders = (table: Table) =>
    [...table.values()].flatMap((slots) => [...slots.values()].map((slot) => slot.holder));
  const alive = new Set(holders(after));
  return holders(before).filter((holder) => holder !== undefined && !alive.has(holder)) as Holder[];
}

export function find(table: Table, name: string, version: string | undefined): Holder {
  const slots = known(table, name);
  const chosen = version ?? latest(slots);
  const slot = chosen === undefined ? undefined : slots.get(chosen);
  if (slot?.holder !== undefined) return slot.holder;
  if (version !== undefined && slot === undefined) throw unknownVersion(name, version);
  const reason = slot?.fault ?? faults(slots);
  throw new ServeError(
    'MODEL_NOT_READY',
    `model '${name}'${version === undefined ? '' : ` version '${version}'`} is not ready: ${reason}`,
  );
}

export function state(table: Table, name: string, version: string | undefined): ModelReady {
  const slots = known(table, name);
  if (version !== undefined && !slots.has(version)) throw unknownVersion(name, version);
  const chosen = version ?? latest(slots);
  const slot = chosen === undefined ? undefined : slots.get(chosen);
  const down = slot?.holder?.model.fault();
  const reason = down ?? (version === undefined ? faults(slots) : slot?.fault);
  const ready = slot?.holder !== undefined && down === undefined;
  return { name, ready, ...(reason === undefined || reason === '' ? {} : { reason }) };
}

export function known(table: Table, name: string): Slots {
  const slots = table.get(name);
  if (slots === undefined) throw new ServeError('MODEL_UNKNOWN', `Request for unknown model: ${notFound(name)}`);
  return slots;
}

export function notFound(name: string): string {
  return `'${name}' is not found`;
}

function unknownVersion(name: string, version: string): ServeError {
  return new ServeError('MODEL_UNKNOWN', `Request for unknown model: '${name}' version '${version}' is not found`);
}

function faults(slots: Slots): string {
  const failed = [...slots].filter(([, slot]) => slot.fault !== undefined);
  return failed.map(([version, slot]) => `version ${version}: ${slot.fault}`).join('; ');
}

/** Whether every listed version is what the list says. */
/** What became of every version that is ready, when nothing becomes of it. */
export function serving(table: Table): Outcome[] {
  return [...table].flatMap(([model, slots]) =>
    readyVersions(slots).map((version): Outcome => ({ model, version, result: 'unchanged' })),
  );
}

export function allReady(table: Table): boolean {
  return [...table.values()].every((slots) => [...slots.values()].every(({ fault }) => fault === undefined));
}

export function readyVersions(slots: Slots): string[] {
  return [...slots].filter(([, slot]) => slot.holder !== undefined).map(([version]) => version);
}

/** The highest number among ready versions; without any number, the one listed last. */
function latest(slots: Slots): string | undefined {
  const versions = readyVersions(slots);
  const numbers = versions.filter((version) => /^\d+$/.test(version));
  if (numbers.length === 0) return versions.at(-1);
  return numbers.reduce((best, version) => (BigInt(version) > BigInt(best) ? version : best));
}
