/**
 * API keys: one per line in a file, read anew when it changes. A call brings one as `Authorization: Bearer <key>` or
 * `X-API-Key: <key>`.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { ServeError } from '../protocol/error.ts';
import { limits } from './limits.ts';

export interface Credentials {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
}

/** Throws ServeError UNAUTHENTICATED. */
export type Guard = (credentials: Credentials) => void;

/** Keys of a file's text: blank lines and lines beginning with # are none. Throws Error when there is not one. */
export function parseKeys(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) throw new Error('the file of API keys has no key');
  return keys;
}

/** Compares digests, so that neither the length of a key nor how much of it is right can be measured. */
export function createGuard(keys: () => readonly string[]): Guard {
  let known: readonly string[] = [];
  let digests: readonly Buffer[] = [];
  return ({ authorization, apiKey }) => {
    if (keys() !== known) {
      known = keys();
      digests = known.map(digest);
    }
    const given = apiKey ?? /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) throw new ServeError('UNAUTHENTICATED', 'an API key is required');
    const found = digest(given);
    let matches = 0;
    for (const each of digests) matches += Number(timingSafeEqual(each, found));
    if (matches === 0) throw new ServeError('UNAUTHENTICATED', 'the API key is not known');
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export interface KeysFile {
  readonly guard: Guard;
  close(): void;
}

/** Throws when the file cannot be read at first; a broken one later leaves the keys as they were and is told. */
export function guardByFile(file: string, tell: (error: unknown) => void): KeysFile {
  let keys = parseKeys(readFileSync(file, 'utf8'));
  const reread = () => {
    try {
      keys = parseKeys(readFileSync(file, 'utf8'));
    } catch (error) {
      tell(error);
    }
  };
  watchFile(file, { interval: limits.watchMs, persistent: false }, reread);
  return { guard: createGuard(() => keys), close: () => unwatchFile(file, reread) };
}
