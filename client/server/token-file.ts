/** A bearer token in a file that somebody else renews, such as a projected ServiceAccount token. */
import { readFileSync } from 'node:fs';
import { reasonOf } from './failure.ts';
import type { Log } from './log.ts';

export interface TokenFile {
  /** The value of `Authorization`; undefined while the file cannot be read. */
  header(): string | undefined;
}

/** Looks at the file at most every `intervalMs`. Throws when there is none at the start. */
export function followToken(file: string, intervalMs: number, log: Log, now: () => number = Date.now): TokenFile {
  const read = () => {
    const token = readFileSync(file, 'utf8').trim();
    if (!/^[\x21-\x7e]+$/.test(token)) throw new Error(`${file} holds no token: one line without spaces is expected`);
    return `Bearer ${token}`;
  };
  let value = read();
  let at = now();
  return {
    header() {
      if (now() - at < intervalMs) return value;
      at = now();
      try {
        value = read();
      } catch (error) {
        log('error', 'token-failed', `Cannot read the token again, the old one stays: ${reasonOf(error)}`);
      }
      return value;
    },
  };
}
