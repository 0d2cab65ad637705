/** A certificate and its key from files, read anew when they change, as a mounted Secret does on renewal. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { limits } from './limits.ts';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface Tls {
  current(): Certificate;
  /** Called with each new certificate. */
  onChange(listener: (certificate: Certificate) => void): void;
  close(): void;
}

/** Throws when the files are no pair at first; a broken pair later leaves the old one in use and is told. */
export function watchTls(files: TlsFiles, tell: (error: unknown) => void): Tls {
  const paths = [files.certFile, files.keyFile];
  const listeners: ((certificate: Certificate) => void)[] = [];
  let current = readPair(files);
  const reread = () => {
    try {
      current = readPair(files);
      for (const listener of listeners) listener(current);
    } catch (error) {
      tell(error);
    }
  };
  for (const path of paths) watchFile(path, { interval: limits.watchMs, persistent: false }, reread);
  return {
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
    close: () => {
      for (const path of paths) unwatchFile(path, reread);
    },
  };
}

function readPair({ certFile, keyFile }: TlsFiles): Certificate {
  const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  createSecureContext(pair);
  return pair;
}
