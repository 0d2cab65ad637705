/** `npm run diff -- <base>`: what this branch changes on the clusters, told before the merge and without a cluster. */
import { diff as compare } from '../diff/diff.ts';
import { diffJson } from '../diff/json.ts';
import { markdown } from '../diff/markdown.ts';
import type { FileChange } from '../diff/objects.ts';
import type { SealedChange } from '../diff/risks.ts';
import type { KubeObject } from '../kube/object.ts';
import { sealedFolder } from '../kube/sealed-secret.ts';
import { type Commit, GitRefused, mergeBase, openCommit } from '../outside/git.ts';
import { diskTree } from '../outside/tree.ts';
import { parseMade } from '../parse/made.ts';
import { allow, fault, type Problem } from '../problem.ts';
import type { PlacedObject } from '../render/render.ts';
import { record } from '../verify/sealed-object.ts';
import { type Compiled, createCompiler } from './compile.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';

export interface DiffOptions {
  /** A commit, branch or tag. What is compared with is the newest commit that it has in common with HEAD. */
  readonly base: string;
  readonly format: 'markdown' | 'json';
  /** Characters of Markdown at most. */
  readonly most: number;
  readonly now: Date;
  readonly progress?: ((step: string) => void) | undefined;
}

/** The text to print, or the problems for which there is none. */
export type DiffResult = { readonly text: string } | { readonly outcome: Outcome };

export async function diffCommand(root: string, options: DiffOptions): Promise<DiffResult> {
  const opened = await openBase(root, options.base);
  if ('outcome' in opened) return opened;
  const { commit } = opened;
  const { now, progress } = options;
  const after = await createCompiler(root).compile({ now, progress, unsealed: 'warning' });
  if (!allow(after.problems)) return { outcome: outcomeOf(after) };
  progress?.(`reading ${commit.id.slice(0, 12)}`);
  const before = await createCompiler(commit.tree).compile({ now, unsealed: 'warning', platformsOnly: true });
  const files = await fileChanges(commit, after);
  progress?.('comparing');
  const compared = compare({
    before: sideOf(before),
    after: sideOf(after),
    files,
    sealed: await sealedChanges(root, commit, clustersOf(before, after)),
  });
  const notes = notesOn(before);
  const base = `${options.base} (${commit.id.slice(0, 12)})`;
  if (options.format === 'json') return { text: diffJson(compared, commit.id, notes) };
  return { text: markdown(compared, { base, most: options.most, notes }) };
}

async function openBase(root: string, base: string): Promise<{ commit: Commit } | { outcome: Outcome }> {
  try {
    return { commit: await openCommit(root, await mergeBase(root, base)) };
  } catch (error) {
    if (!(error instanceof GitRefused)) throw error;
    return { outcome: failed([gitProblem(base, error)]) };
  }
}

/** Shared with `--since`. */
export function gitProblem(base: string, error: GitRefused): Problem {
  const message = `Cannot compare with "${base}": ${error.message}`;
  return fault(
    'BASE_UNKNOWN',
    { file: 'git' },
    message,
    'Name a commit, branch or tag; fetch it first if it is remote',
  );
}

function failed(problems: readonly Problem[]): Outcome {
  return { problems, locate: () => undefined, done: 'nothing compared', summary: {} };
}

function outcomeOf(compiled: Compiled): Outcome {
  const locate = createLocate(compiled.sources, (file) => compiled.files.get(file));
  return { problems: compiled.problems, locate, done: 'nothing compared', summary: {} };
}

function sideOf({ registry, platforms }: Compiled) {
  return { ...(registry === undefined ? {} : { registry }), platforms };
}

function clustersOf(...sides: readonly Compiled[]): string[] {
  return [...new Set(sides.flatMap(({ clusters }) => clusters))].sort();
}

/** What this version of the generators cannot read of the base, so that nobody takes silence for "nothing". */
function notesOn(before: Compiled): string[] {
  const [first] = before.problems.filter(({ severity }) => severity === 'error');
  if (first === undefined) return [];
  if (before.registry !== undefined)
    return [`The base has problems of its own, the first is ${first.code} in ${first.where.file}.`];
  const reason = `${first.code} in ${first.where.file}`;
  return [
    `The base's registry cannot be read by this version (${reason}): models show as new; objects and files are compared.`,
  ];
}

/** Made files of the commit against those that the working tree gives. Only what differs is read and parsed. */
async function fileChanges(commit: Commit, after: Compiled): Promise<FileChange[]> {
  const made = new Map(after.parts.map((part) => [part.path, part]));
  const gone = [...commit.files.keys()].filter((path) => isMade(path) && !made.has(path));
  const differing = [...made.keys()].filter((path) => !commit.holds(path, made.get(path)?.text ?? ''));
  const paths = [...differing, ...gone].sort();
  const texts = await commit.read(paths);
  return paths.map((path) => {
    const part = made.get(path);
    const text = texts.get(path);
    return {
      path,
      ...(text === undefined ? {} : { before: { text, objects: objectsOf(path, text) } }),
      ...(part === undefined ? {} : { after: { text: part.text, objects: part.placed.map(toObject) } }),
    };
  });
}

function isMade(path: string): boolean {
  return /^apps\/|^clusters\/[^/]+\/(?:argocd|aws)\//.test(path);
}

function toObject({ object }: PlacedObject): KubeObject {
  return object;
}

function objectsOf(path: string, text: string): KubeObject[] {
  if (!path.endsWith('.yaml')) return [];
  return (parseMade(text) ?? []).filter(isObject);
}

function isObject(value: unknown): value is KubeObject {
  const { kind, metadata } = record(value);
  return typeof kind === 'string' && typeof record(metadata)['name'] === 'string';
}

async function sealedChanges(root: string, commit: Commit, clusters: readonly string[]): Promise<SealedChange[]> {
  const disk = diskTree(root);
  const changes: SealedChange[] = [];
  for (const cluster of clusters) {
    const folder = sealedFolder(cluster);
    const [before, now] = [await commit.tree.sealed(folder), await disk.sealed(folder)].map(
      ({ files, certificate }) =>
        new Map([...files, ...(certificate === undefined ? [] : [['certificate.pem', certificate] as const])]),
    );
    if (before === undefined || now === undefined) continue;
    for (const name of [...new Set([...before.keys(), ...now.keys()])].sort()) {
      const [old, text] = [before.get(name), now.get(name)];
      if (old === text) continue;
      const change = old === undefined ? 'added' : text === undefined ? 'removed' : 'changed';
      changes.push({ cluster, file: `${folder}/${name}`, change, keys: changedKeys(old, text) });
    }
  }
  return changes;
}

function changedKeys(before: string | undefined, now: string | undefined): string[] {
  const [old, data] = [before, now].map((text) => {
    const [object] = text === undefined ? [] : (parseMade(text) ?? []);
    return record(record(record(object)['spec'])['encryptedData']);
  });
  return Object.keys(data ?? {}).filter((key) => data?.[key] !== old?.[key]);
}
