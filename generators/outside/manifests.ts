/** Manifests on disk: files as they are named, folders with everything in them that can hold objects. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles, readText } from './files.ts';

export interface ReadManifests {
  /** Path → text, in the order of the paths. */
  readonly texts: ReadonlyMap<string, string>;
  /** Paths where there is neither file nor folder. */
  readonly missing: readonly string[];
}

export async function readManifests(paths: readonly string[]): Promise<ReadManifests> {
  const texts = new Map<string, string>();
  const missing: string[] = [];
  for (const path of paths) {
    if (await isFolder(path)) {
      const files = (await listFiles(path)).filter((file) => /\.(?:ya?ml|json)$/.test(file));
      for (const file of files) texts.set(join(path, file), await readFile(join(path, file), 'utf8'));
      continue;
    }
    const text = await readText(path);
    if (text === undefined) missing.push(path);
    else texts.set(path, text);
  }
  return { texts, missing };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as { code?: string } | null)?.code === 'ENOENT') return false;
    throw error;
  }
}
