/** What was read from an artifact, kept between runs: an object with the same ETag and size is not fetched again. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeAtomic } from './atomic.ts';
import { readText } from './files.ts';

export interface FactsCache<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
}

/** By the XDG Base Directory specification; `form` changes whenever what is kept changes its form. */
export function factsCache<T>(form: number, folder = defaultFolder()): FactsCache<T> {
  const file = (key: string) => {
    const name = createHash('sha256').update(`${form}\0${key}`).digest('hex');
    return join(folder, `${name}.json`);
  };
  return {
    async get(key) {
      const text = await readText(file(key));
      if (text === undefined) return undefined;
      try {
        return JSON.parse(text) as T;
      } catch {
        // Whoever cut it short: it is read from its source again and written anew.
        return undefined;
      }
    },
    put: (key, value) => writeAtomic(file(key), JSON.stringify(value)),
  };
}

function defaultFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'kserve-gitops', 'artifacts');
}
