/** The project's files. Every write is atomic: a reader sees the old text or the new one, never half of it. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Text of a file, or undefined where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    // A large file in one step: the asynchronous call makes buffers of its size, whose collection stops everything.
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Every file below a folder, as sorted paths relative to it; none where there is no such folder. */
export async function listFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  const walk = async (relative: string): Promise<void> => {
    const entries = await readdir(join(folder, relative), { withFileTypes: true }).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    });
    for (const entry of entries) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else files.push(path);
    }
  };
  await walk('');
  return files.sort();
}

/** Names of the folders directly in a folder. */
export async function listFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Every file of some folders below `root`, path → text. */
export async function readFolders(root: string, folders: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of folders) {
    const files = await listFiles(join(root, folder));
    for (let start = 0; start < files.length; start += 256) {
      const part = files.slice(start, start + 256).map((file) => `${folder}/${file}`);
      const texts = await Promise.all(part.map((file) => readFile(join(root, file), 'utf8')));
      part.forEach((file, index) => {
        found.set(file, texts[index] ?? '');
      });
    }
  }
  return found;
}

export interface Written {
  readonly written: number;
  readonly removed: number;
  readonly unchanged: number;
}

/**
 * Makes the folders hold exactly `files` (paths below `root`): writes what differs, removes what is not in the set, and
 * leaves what is equal untouched. Every new text is on disk before the first takes its place.
 */
export async function writeFileSet(
  root: string,
  folders: readonly string[],
  files: ReadonlyMap<string, string>,
): Promise<Written> {
  const disk = await readFolders(root, folders);
  const changed = [...files].filter(([file, text]) => disk.get(file) !== text);
  const drafts = await writeDrafts(root, changed);
  for (const [draft, path] of drafts) await rename(draft, path);
  const orphans = [...disk.keys()].filter((file) => !files.has(file));
  for (const file of orphans) {
    await rm(join(root, file));
    await removeEmpty(root, dirname(file), folders);
  }
  return { written: changed.length, removed: orphans.length, unchanged: files.size - changed.length };
}

/** Removes folders with all that is in them; the number of files that went. */
export async function removeFolders(root: string, folders: readonly string[]): Promise<number> {
  let removed = 0;
  for (const folder of folders) {
    removed += (await listFiles(join(root, folder))).length;
    await rm(join(root, folder), { recursive: true, force: true });
  }
  return removed;
}

/** Writes each text beside its place; draft → place. Leaves nothing behind when one cannot be written. */
async function writeDrafts(root: string, files: readonly (readonly [string, string])[]): Promise<Map<string, string>> {
  const drafts = new Map<string, string>();
  const made = new Set<string>();
  try {
    for (const [file, text] of files) {
      const path = join(root, file);
      const folder = dirname(path);
      if (!made.has(folder)) await mkdir(folder, { recursive: true });
      made.add(folder);
      const draft = join(folder, `.${randomUUID()}.tmp`);
      drafts.set(draft, path);
      await writeFile(draft, text, { mode: 0o644 });
    }
    return drafts;
  } catch (error) {
    for (const draft of drafts.keys()) await rm(draft, { force: true });
    throw error;
  }
}

/** Removes a folder and its parents while they are empty, up to the made folder itself. */
async function removeEmpty(root: string, folder: string, folders: readonly string[]): Promise<void> {
  for (let current = folder; current !== '.'; current = dirname(current)) {
    try {
      await rmdir(join(root, current));
    } catch {
      // Not empty: nothing above it can be empty either.
      return;
    }
    if (folders.includes(current)) return;
  }
}

function isAbsent(error: unknown): boolean {
  const code = (error as { code?: string } | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
