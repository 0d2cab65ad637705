/** The vendored schemas on disk, read when a kind is first met. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const vendored = fileURLToPath(new URL('../../schemas/kubernetes', import.meta.url));

/** Reads a schema by its path below the folder, as `schemaFile` names it; undefined where there is none. */
export function schemaStore(folder = vendored): (file: string) => object | undefined {
  return (file) => {
    try {
      return JSON.parse(readFileSync(join(folder, file), 'utf8')) as object;
    } catch (error) {
      if ((error as { code?: string } | null)?.code === 'ENOENT') return undefined;
      throw error;
    }
  };
}
