/** What the browser keeps for the server: encrypted, out of reach of scripts, and of no use after its time. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { Call } from './call.ts';

export interface Sealer {
  /** The values of a cookie, encrypted; undefined without one, with one that somebody made, or after its time. */
  open(call: Call, cookie: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** `Set-Cookie`. */
  seal(cookie: string, values: Readonly<Record<string, unknown>>, seconds: number): Promise<string>;
  /** `Set-Cookie` that removes it. */
  drop(cookie: string): string;
}

/** Fewest bytes of a session key: those of AES-256. */
const KEY_BYTES = 32;

/** The key's file may hold any text or bytes, as long as nobody guesses it. Throws when it is too short. */
export function readKey(file: string): Uint8Array {
  const bytes = readFileSync(file);
  if (bytes.toString('latin1').trim().length < KEY_BYTES)
    throw new Error(`${file} has ${bytes.length} bytes, a session key at least ${KEY_BYTES}: openssl rand -base64 48`);
  return createHash('sha256').update(bytes).digest();
}

/** With `secure` the cookies are bound to the host and to https (RFC 6265bis, 4.1.3). */
export function createSealer(key: Uint8Array, secure: boolean): Sealer {
  const nameOf = (cookie: string) => (secure ? `__Host-${cookie}` : cookie);
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return {
    async open({ request }, cookie) {
      const value = cookieOf(request.headers.cookie, nameOf(cookie));
      if (value === undefined) return undefined;
      try {
        const { payload } = await jwtDecrypt(value, key, { audience: cookie, keyManagementAlgorithms: ['dir'] });
        return payload;
      } catch {
        // Forged, made with another key, or too old: all the same as none.
        return undefined;
      }
    },
    async seal(cookie, values, seconds) {
      const token = await new EncryptJWT({ ...values })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(cookie)
        .setIssuedAt()
        .setExpirationTime(`${seconds} s`)
        .encrypt(key);
      return `${nameOf(cookie)}=${token}; ${attributes}; Max-Age=${seconds}`;
    },
    drop: (cookie) => `${nameOf(cookie)}=; ${attributes}; Max-Age=0`,
  };
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}
