/** `npm run model -- rollback`: the version that was served before, as git remembers it. */
import type { Model } from '../../schemas/types/models.d.ts';
import { type Entry, findEntry, place, rollBack } from '../edit/operations.ts';
import { GitRefused, history } from '../outside/git.ts';
import { type EntryMemo, parseRegistry } from '../parse/source.ts';
import { fault, type Problem } from '../problem.ts';
import { REGISTRY } from './compile-files.ts';
import { type EditOptions, editModel, finishEdit, openRegistry, unreadable } from './model-edit.ts';
import type { Outcome } from './outcome.ts';

/** How far back to look: more edits than a registry of hundreds of models sees in a year. */
const MOST_REVISIONS = 2000;

export async function rollbackModel(
  name: string,
  cluster: string,
  version: string | undefined,
  options: EditOptions,
): Promise<Outcome> {
  if (version !== undefined) return editModel(name, rollBack(cluster, version), options);
  const session = await openRegistry(options);
  if (session.before.compiled.registry === undefined) return unreadable(session.before.compiled);
  const entry = findEntry(session.before.models, name);
  if ('code' in entry) return finishEdit({ problems: [entry], words: [] }, name, session, options);
  const current = entry.model.serve?.[cluster];
  // Not served there: the operation says so.
  if (current === undefined) return editModel(name, rollBack(cluster, ''), options);
  options.progress?.('looking through the history of models.yaml');
  const found = await servedBefore(options.root, entry, cluster, current.version);
  if ('code' in found) return finishEdit({ problems: [found], words: [] }, name, session, options);
  const words = `served until the commit after ${found.id.slice(0, 12)} of ${found.day}, "${found.subject}"`;
  return editModel(name, rollBack(cluster, found.version, words), options);
}

interface Earlier {
  readonly version: string;
  readonly id: string;
  readonly day: string;
  readonly subject: string;
}

/** The newest state of the file in which the cluster served another version that the entry still has. */
async function servedBefore(root: string, entry: Entry, cluster: string, current: string): Promise<Earlier | Problem> {
  const { name, versions } = entry.model;
  const memo: EntryMemo = {};
  let seen = 0;
  try {
    for await (const { id, day, subject, text } of history(root, REGISTRY, MOST_REVISIONS)) {
      seen += 1;
      const version = versionIn(parseRegistry(REGISTRY, text, memo).value?.value, name, cluster);
      if (version === undefined || version === current) continue;
      if (versions.some((one) => one.version === version)) return { version, id, day, subject };
    }
  } catch (error) {
    if (!(error instanceof GitRefused)) throw error;
    return unknown(entry, cluster, `git says: ${error.message}`);
  }
  return unknown(
    entry,
    cluster,
    `none of ${seen} commit${seen === 1 ? '' : 's'} of models.yaml has another version there`,
  );
}

function unknown(entry: Entry, cluster: string, reason: string): Problem {
  const message = `Cannot tell what ${cluster} served of "${entry.model.name}" before: ${reason}`;
  const repair = 'Name the version with --version';
  return fault('HISTORY_UNKNOWN', place(entry, 'serve', cluster, 'version'), message, repair);
}

/** An old file may have been written for an older schema: only what is asked for is looked at. */
function versionIn(value: unknown, name: string, cluster: string): string | undefined {
  const models = (value as { models?: unknown } | null | undefined)?.models;
  if (!Array.isArray(models)) return undefined;
  const model = models.find((one: Partial<Model> | null) => one?.name === name) as Partial<Model> | undefined;
  const version: unknown = model?.serve?.[cluster]?.version;
  return typeof version === 'string' ? version : undefined;
}
