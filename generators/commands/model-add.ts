/** `npm run model -- add` and `retire --delete`: whole entries and versions, from what a person says. */
import type { Model, Version } from '../../schemas/types/models.d.ts';
import type { Change, Plain } from '../edit/change.ts';
import { type Entry, findEntry, place } from '../edit/operations.ts';
import { addEntry, editEntry, removeEntry } from '../edit/registry.ts';
import { fault } from '../problem.ts';
import {
  type EditOptions,
  finishEdit,
  openRegistry,
  type Registered,
  type TextEdit,
  unreadable,
  written,
} from './model-edit.ts';
import type { Outcome } from './outcome.ts';

/** A version to add, and what its model needs if it is new. */
export interface Addition {
  readonly name: string;
  readonly version: Version;
  /** Fields of a new entry; of an entry that is there they stay as they are. */
  readonly entry: Partial<Omit<Model, 'name' | 'versions' | 'serve'>>;
  /** Clusters that serve the version from now on. */
  readonly clusters: readonly string[];
}

export async function addModel(addition: Addition, options: EditOptions): Promise<Outcome> {
  const session = await openRegistry(options);
  if (session.before.compiled.registry === undefined) return unreadable(session.before.compiled);
  return finishEdit(addVersion(session.before, addition), addition.name, session, options);
}

/** A new version of an entry that is there, or a new entry at the end. */
export function addVersion({ text, models }: Registered, addition: Addition): TextEdit {
  const index = models.findIndex(({ name }) => name === addition.name);
  const model = models[index];
  return model === undefined ? newEntry(text, addition) : newVersion(text, { model, index }, addition);
}

function newEntry(text: string, { name, version, entry, clusters }: Addition): TextEdit {
  const missing = (['owner', 'description', 'format'] as const).filter((field) => entry[field] === undefined);
  if (missing.length > 0) {
    const flags = missing.map((field) => `--${field}`).join(', ');
    const message = `Cannot add the model "${name}": it has no ${missing.join(', ')}`;
    return { problems: [fault('FIELD_MISSING', { file: 'models.yaml' }, message, `Say it with ${flags}`)], words: [] };
  }
  const { owner, description, format, runtime, protocol, ...rest } = entry;
  const serve = Object.fromEntries(clusters.map((cluster) => [cluster, { version: version.version }]));
  const added = {
    ...{ name, owner, description, format, runtime, protocol, versions: [version], ...rest },
    ...(clusters.length === 0 ? {} : { serve }),
  };
  const words = [`new, version ${version.version}`, servedWords(clusters)];
  return { words, ...written(addEntry(text, plain(added))) };
}

function newVersion(text: string, entry: Entry, { version, clusters }: Addition): TextEdit {
  const same = entry.model.versions.findIndex((one) => one.version === version.version);
  if (same >= 0) {
    const where = place(entry, 'versions', same, 'version');
    const message = `Cannot add version "${version.version}" of "${entry.model.name}": it is there already`;
    const repair = 'Versions never change; choose another number with --version';
    return { problems: [fault('VERSION_TAKEN', where, message, repair)], words: [] };
  }
  const changes: Change[] = [
    { kind: 'append', path: ['versions'], value: plain(version) },
    ...clusters.map(
      (cluster): Change => ({ kind: 'set', path: ['serve', cluster, 'version'], value: version.version }),
    ),
  ];
  const words = [`version ${version.version} is new`, servedWords(clusters)];
  return { words, ...written(editEntry(text, entry.index, changes), entry) };
}

function servedWords(clusters: readonly string[]): string {
  return clusters.length === 0 ? 'no cluster serves it yet' : `served on ${clusters.join(', ')}`;
}

/** Without fields that are not there. */
function plain(value: unknown): Plain {
  return JSON.parse(JSON.stringify(value)) as Plain;
}

/** The number after the highest; `1` for the first. */
export function nextVersion(model: Model | undefined): string {
  const numbers = (model?.versions ?? []).map(({ version }) => Number(version)).filter(Number.isInteger);
  return String(Math.max(0, ...numbers) + 1);
}

/** Takes an entry out that no cluster serves any more. */
export async function deleteModel(name: string, options: EditOptions): Promise<Outcome> {
  const session = await openRegistry(options);
  if (session.before.compiled.registry === undefined) return unreadable(session.before.compiled);
  const entry = findEntry(session.before.models, name);
  if ('code' in entry) return finishEdit({ problems: [entry], words: [] }, name, session, options);
  const clusters = Object.keys(entry.model.serve ?? {});
  if (clusters.length > 0) {
    const message = `Cannot delete "${name}": ${clusters.join(', ')} ${clusters.length === 1 ? 'serves' : 'serve'} it`;
    const repair = `Retire it first, and delete it once that is merged: npm run model -- retire ${name}`;
    const problem = fault('MODEL_SERVED', { ...place(entry, 'serve'), key: true }, message, repair);
    return finishEdit({ problems: [problem], words: [] }, name, session, options);
  }
  const edit = {
    words: ['its entry is gone; git keeps it'],
    ...written(removeEntry(session.before.text, entry.index), entry),
  };
  return finishEdit(edit, name, session, options);
}
