/**
 * A certificate and its key, and the authorities of callers, from files that are read anew when they change, as a mounted
 * Secret does on renewal.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { limits } from './limits.ts';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Authorities of which callers must show a certificate; absent: callers need none. */
  readonly clientCaFile?: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Present when callers must show a certificate of one of these authorities. */
  readonly ca?: Buffer;
}

export interface Tls {
  current(): Certificate;
  /** Called with each new certificate. */
  onChange(listener: (certificate: Certificate) => void): void;
  close(): void;
}

/** Throws when the files are no pair at first; a broken pair later leaves the old one in use and is told. */
export function watchTls(files: TlsFiles, tell: (error: unknown) => void): Tls {
  const paths = [files.certFile, files.keyFile, ...(files.clientCaFile === undefined ? [] : [files.clientCaFile])];
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

function readPair({ certFile, keyFile, clientCaFile }: TlsFiles): Certificate {
  const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  createSecureContext(pair);
  if (clientCaFile === undefined) return pair;
  return { ...pair, ca: readAuthorities(clientCaFile) };
}

/** OpenSSL passes over what is no certificate, and would then refuse every caller. */
function readAuthorities(file: string): Buffer {
  const ca = readFileSync(file);
  const blocks = ca.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error(`${file} has no certificate of an authority`);
  for (const block of blocks) new X509Certificate(block);
  return ca;
}
