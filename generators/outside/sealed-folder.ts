/** What lies in a cluster's folder of sealed files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SealedFolder {
  readonly certificate?: string;
  /** Text of each YAML file by its name in the folder, in the order of names. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads the folder; a folder that does not exist is an empty one. */
export async function readSealedFolder(folder: string): Promise<SealedFolder> {
  const files = new Map<string, string>();
  let certificate: string | undefined;
  for (const name of (await namesIn(folder)).sort()) {
    if (name === 'certificate.pem') certificate = await readFile(join(folder, name), 'utf8');
    if (name.endsWith('.yaml')) files.set(name, await readFile(join(folder, name), 'utf8'));
  }
  return { files, ...(certificate === undefined ? {} : { certificate }) };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
