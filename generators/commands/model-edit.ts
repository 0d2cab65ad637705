/** What every command that changes `models.yaml` does: edit in memory, compile, show, and write only what verifies. */
import { join } from 'node:path';
import type { Model } from '../../schemas/types/models.d.ts';
import { type Edited, type Entry, findEntry, type Operation } from '../edit/operations.ts';
import { editEntry } from '../edit/registry.ts';
import { writeAtomic } from '../outside/atomic.ts';
import { diskTree, type Tree } from '../outside/tree.ts';
import { allow, fault, type Problem } from '../problem.ts';
import { unifiedDiff } from '../report/unified.ts';
import { type Compiled, type Compiler, createCompiler } from './compile.ts';
import { REGISTRY } from './compile-files.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';

export interface EditOptions {
  readonly root: string;
  readonly dryRun: boolean;
  readonly now: Date;
  readonly paint: DiffPaint;
  readonly progress?: ((step: string) => void) | undefined;
}

export interface DiffPaint {
  red(text: string): string;
  green(text: string): string;
  dim(text: string): string;
}

/** The registry before an edit. */
export interface Registered {
  readonly text: string;
  readonly models: readonly Model[];
  readonly compiled: Compiled;
}

/** An edit of the whole file: its new text, or problems. */
export interface TextEdit {
  readonly text?: string | undefined;
  readonly problems: readonly Problem[];
  readonly words: readonly string[];
  /** Commands to run next, before those that always come. */
  readonly next?: readonly string[];
  /** Lines for people that are no part of the edit. */
  readonly notes?: readonly string[];
}

/** Compiles whatever the tree holds, as often as asked, and parses what is the same only once. */
export interface Session {
  readonly before: Registered;
  /** The compilation with another text of the registry. */
  compile(text: string): Promise<Compiled>;
}

export async function openRegistry({ root, now, progress }: EditOptions): Promise<Session> {
  const disk = diskTree(root);
  let text = (await disk.text(REGISTRY)) ?? '';
  const tree: Tree = { ...disk, text: async (path) => (path === REGISTRY ? text : disk.text(path)) };
  const absent = (await disk.text(REGISTRY)) === undefined;
  const compiler: Compiler = createCompiler(absent ? disk : tree);
  const compile = (next: string) => {
    text = next;
    return compiler.compile({ now, progress, unsealed: 'warning' });
  };
  const compiled = await compile(text);
  return { before: { text, models: readable(compiled), compiled }, compile };
}

/** The entries of a registry whose own text is good; a fault that only appears in resolving is no obstacle to reading. */
function readable({ registry }: Compiled): readonly Model[] {
  return registry?.models ?? [];
}

/** Applies an operation to a model's entry. */
export async function editModel(name: string, operation: Operation, options: EditOptions): Promise<Outcome> {
  const session = await openRegistry(options);
  if (session.before.compiled.registry === undefined) return unreadable(session.before.compiled);
  const entry = findEntry(session.before.models, name);
  if ('code' in entry) return finishEdit({ problems: [entry], words: [] }, name, session, options);
  return finishEdit(textEdit(session.before, entry, operation(entry)), name, session, options);
}

export function textEdit({ text }: Registered, entry: Entry, edited: Edited): TextEdit {
  if (edited.problems.length > 0 || edited.changes.length === 0) return { ...edited, text };
  return { ...edited, ...written(editEntry(text, entry.index, edited.changes), entry) };
}

/** A layout that the editor does not know, such as a key in `? …` form. */
export function written(text: string | undefined, entry?: Entry): Pick<TextEdit, 'text' | 'problems'> {
  if (text !== undefined) return { text, problems: [] };
  const where = { file: REGISTRY, ...(entry === undefined ? {} : { pointer: ['models', entry.index] }) };
  const message = 'Cannot edit this entry without changing how the rest of it is written';
  return {
    problems: [fault('LAYOUT_UNKNOWN', where, message, 'Write the change by hand, or lay the entry out as the others')],
  };
}

/** Faults that stand in the way of reading the registry at all. */
export function unreadable(compiled: Compiled): Outcome {
  const locate = createLocate(compiled.sources, () => undefined);
  const notes = ['models.yaml has faults that an edit would only bury; correct them first.'];
  return { problems: compiled.problems, locate, done: 'nothing written', summary: { written: false }, notes };
}

export async function finishEdit(
  edit: TextEdit,
  name: string,
  session: Session,
  options: EditOptions,
): Promise<Outcome> {
  const { before } = session;
  const summary = { model: name, words: edit.words };
  if (edit.text === undefined || edit.problems.length > 0) {
    const locate = createLocate(before.compiled.sources, () => undefined);
    return { problems: edit.problems, locate, done: 'nothing written', summary: { ...summary, written: false } };
  }
  if (edit.text === before.text) {
    const locate = createLocate(before.compiled.sources, () => undefined);
    const done = `${name} is so already; nothing written`;
    return { problems: [], locate, done, summary: { ...summary, written: false, diff: '' }, notes: edit.notes ?? [] };
  }
  const compiled = await session.compile(edit.text);
  const locate = createLocate(compiled.sources, (file) => compiled.files.get(file));
  const diff = unifiedDiff(REGISTRY, before.text, edit.text, PLAIN).join('\n');
  const shown = unifiedDiff(REGISTRY, before.text, edit.text, options.paint);
  const fine = allow(compiled.problems);
  if (fine && !options.dryRun) await writeAtomic(join(options.root, REGISTRY), edit.text);
  const next = [...(edit.next ?? []), ...NEXT];
  return {
    problems: compiled.problems,
    locate,
    done: fine ? (options.dryRun ? 'dry run, nothing written' : 'models.yaml written') : 'nothing written',
    summary: { ...summary, written: fine && !options.dryRun, diff, next: fine ? next : [] },
    notes: [
      ...shown,
      ...edit.words.map((word) => `${name}: ${word}`),
      ...(edit.notes ?? []),
      ...mirrorNotes(name, before.compiled, compiled),
      ...(fine ? [`next: ${next.join(' && ')}`] : faultNotes(before.compiled, compiled)),
    ],
  };
}

const PLAIN: DiffPaint = { red: (text) => text, green: (text) => text, dim: (text) => text };
const NEXT = ['npm run generate', 'git add -A', 'git commit'];

/** What a mirror that begins does not do on its cluster. */
function mirrorNotes(name: string, before: Compiled, after: Compiled): string[] {
  const clusters = ({ platforms }: Compiled) =>
    platforms.flatMap(({ site, models }) => {
      const { mirror, runtime } = models.find((model) => model.name === name) ?? {};
      return mirror?.grpc === false && runtime?.grpcPort !== undefined ? [site.cluster] : [];
    });
  const known = clusters(before);
  return clusters(after)
    .filter((cluster) => !known.includes(cluster))
    .map((cluster) => `${name}: gRPC requests are not copied on ${cluster}, whose Gateway is Traefik`);
}

/** Tells the faults of the edit from those that were there. */
function faultNotes(before: Compiled, after: Compiled): string[] {
  const old = new Set(before.problems.map(({ code, message }) => `${code} ${message}`));
  const errors = after.problems.filter(({ severity }) => severity === 'error');
  const known = errors.filter(({ code, message }) => old.has(`${code} ${message}`)).length;
  if (known === 0) return ['The edit above would cause this; models.yaml is as it was.'];
  if (known === errors.length) return ['These faults were there before the edit; correct them first.'];
  return [`${known} of these ${errors.length} faults were there before the edit; models.yaml is as it was.`];
}
