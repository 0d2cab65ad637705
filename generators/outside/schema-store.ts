/** The vendored schemas on disk, read when a kind is first met. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const vendored = fileURLToPath(new URL('../../schemas/kubernetes', import.meta.url));

/**
 * Reads a schema by its path below the folder, as `schemaFile` names it; undefined where there is none. With a release, the
 * schemas that it has of its own go before the others.
 */
export function schemaStore(folder = vendored, release?: string): (file: string) => object | undefined {
  const read = (file: string): object | undefined => {
    try {
      return JSON.parse(readFileSync(join(folder, file), 'utf8')) as object;
    } catch (error) {
      if ((error as { code?: string } | null)?.code === 'ENOENT') return undefined;
      throw error;
    }
  };
  if (release === undefined) return read;
  return (file) => read(join(dirname(file), release, basename(file))) ?? read(file);
}
