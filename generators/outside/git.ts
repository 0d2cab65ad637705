/** What git knows of the project: the files as some commit holds them. Read through git's own plumbing; nothing is checked out. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { SealedFolder } from './sealed-folder.ts';
import type { Tree } from './tree.ts';

/** Git refused: what was asked for is not there. `message` ends without a full stop. */
export class GitRefused extends Error {}

/** The project at a commit. */
export interface Commit {
  /** Full object name. */
  readonly id: string;
  /** The files that people write. */
  readonly tree: Tree;
  /** Path → object name of every file below `models.yaml`, `clusters/` and `apps/`. */
  readonly files: ReadonlyMap<string, string>;
  /** Texts of some files by path; a path that the commit does not hold is left out. */
  read(paths: readonly string[]): Promise<Map<string, string>>;
  /** Whether the commit's file has exactly this text; by the hash, without reading it. */
  holds(path: string, text: string): boolean;
}

const FILES = ['models.yaml', 'clusters', 'apps'] as const;

/**
 * The newest commit that `ref` and HEAD have in common: a comparison with it shows what this branch changes, and not what
 * went on elsewhere since it began.
 */
export async function mergeBase(root: string, ref: string): Promise<string> {
  const commit = (await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])).trim();
  if (commit === '') throw new GitRefused(`there is no commit "${ref}" here`);
  const base = (await git(root, ['merge-base', commit, 'HEAD'])).trim();
  if (base === '') throw new GitRefused(`"${ref}" and HEAD have no commit in common here; a shallow clone may lack it`);
  return base;
}

export async function openCommit(root: string, id: string): Promise<Commit> {
  const listed = await git(root, ['ls-tree', '-r', '-z', id, '--', ...FILES]);
  const files = new Map<string, string>();
  for (const line of listed.split('\0')) {
    const match = /^100[0-7]{3} blob ([0-9a-f]+)\t(.+)$/s.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) files.set(match[2], match[1]);
  }
  const read = (paths: readonly string[]) => readBlobs(root, files, paths);
  const written = [...files.keys()].filter((path) => !isMade(path));
  const texts = await read(written);
  const hash = (files.values().next().value?.length ?? 40) === 64 ? 'sha256' : 'sha1';
  return {
    id,
    files,
    read,
    tree: treeOf(files, texts),
    holds: (path, text) => files.get(path) === blobName(hash, text),
  };
}

function isMade(path: string): boolean {
  return path.startsWith('apps/') || /^clusters\/[^/]+\/(?:argocd|aws)\//.test(path);
}

function treeOf(files: ReadonlyMap<string, string>, texts: ReadonlyMap<string, string>): Tree {
  return {
    text: async (path) => texts.get(path),
    folders: async (path) => {
      const names = [...files.keys()].filter((file) => file.startsWith(`${path}/`));
      const deeper = names.map((file) => file.slice(path.length + 1).split('/')).filter(({ length }) => length > 1);
      return [...new Set(deeper.map(([name]) => name ?? ''))].sort();
    },
    sealed: async (path) => sealedOf(path, texts),
  };
}

function sealedOf(path: string, texts: ReadonlyMap<string, string>): SealedFolder {
  const inside = [...texts].filter(([file]) => file.startsWith(`${path}/`)).sort(([a], [b]) => (a < b ? -1 : 1));
  const named = inside.map(([file, text]) => [file.slice(path.length + 1), text] as const);
  const certificate = texts.get(`${path}/certificate.pem`);
  return {
    files: new Map(named.filter(([name]) => name.endsWith('.yaml') && !name.includes('/'))),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

/** Object name of a file with this text (Git, "git hash-object"). */
function blobName(hash: 'sha1' | 'sha256', text: string): string {
  return createHash(hash)
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
}

async function readBlobs(
  root: string,
  files: ReadonlyMap<string, string>,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const wanted = paths.flatMap((path) => {
    const name = files.get(path);
    return name === undefined ? [] : [{ path, name }];
  });
  if (wanted.length === 0) return new Map();
  const asked = `${wanted.map(({ name }) => name).join('\n')}\n`;
  const output = await run(root, ['cat-file', '--batch'], asked);
  const texts = new Map<string, string>();
  let at = 0;
  for (const { path, name } of wanted) {
    const end = output.indexOf(0x0a, at);
    const [, kind, size] = output.toString('latin1', at, end).split(' ');
    if (kind !== 'blob') throw new Error(`git cat-file answered for ${name}: ${output.toString('utf8', at, end)}`);
    const start = end + 1;
    texts.set(path, output.toString('utf8', start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return texts;
}

async function git(root: string, args: readonly string[]): Promise<string> {
  return (await run(root, args, '')).toString('utf8');
}

/** Exit code 1 without a word is git's way to say "none"; it gives an empty answer. */
function run(root: string, args: readonly string[], input: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString('utf8');
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new GitRefused('git is not installed') : error),
    );
    child.on('close', (code) => {
      if (code === 0 || (code === 1 && told === '')) resolve(Buffer.concat(chunks));
      else
        reject(
          new GitRefused(
            told
              .trim()
              .split('\n')[0]
              ?.replace(/^fatal: |\.$/g, '') ?? `git ended with ${code}`,
          ),
        );
    });
    // Git may end before it has read everything; its exit code tells what happened.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** A commit that changed a file, and the file as it left it. */
export interface Revision {
  readonly id: string;
  /** Day of the commit, `2026-11-22`. */
  readonly day: string;
  readonly subject: string;
  readonly text: string;
}

/** The states of one file, newest first; a state is read when it is asked for. Throws GitRefused. */
export async function* history(root: string, path: string, most: number): AsyncGenerator<Revision> {
  const listed = await git(root, ['log', `--max-count=${most}`, '--format=%H%x09%cs%x09%s', '--', path]);
  for (const line of listed.split('\n').filter((one) => one !== '')) {
    const [id = '', day = '', ...subject] = line.split('\t');
    const text = await git(root, ['show', `${id}:./${path}`]).catch((error: unknown) => {
      // A commit that removed the file has no state of it.
      if (error instanceof GitRefused) return undefined;
      throw error;
    });
    if (text !== undefined) yield { id, day, subject: subject.join('\t'), text };
  }
}

/** When a file came to be as it is, by its last commit; undefined outside a repository, and for what is not committed yet. */
export async function lastCommitted(root: string, path: string): Promise<Date | undefined> {
  try {
    if ((await git(root, ['status', '--porcelain', '--', path])) !== '') return undefined;
    const text = (await git(root, ['log', '-1', '--format=%cI', '--', path])).trim();
    return text === '' ? undefined : new Date(text);
  } catch (error) {
    if (error instanceof GitRefused) return undefined;
    throw error;
  }
}
