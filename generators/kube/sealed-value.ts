/**
 * The format in which Sealed Secrets keeps one encrypted value, as far as it can be read without the private key:
 *
 *     base64( uint16BE n || n bytes: RSA-OAEP of a session key || AES-256-GCM of the plaintext || 16 bytes: tag )
 *
 * GCM adds nothing but its tag, so the length of the plaintext is known although its content is not.
 */

/** Where a sealed value may be opened: under one name, anywhere in one namespace, or anywhere in the cluster. */
export type Scope = 'strict' | 'namespace-wide' | 'cluster-wide';

export const scopes: readonly Scope[] = ['strict', 'namespace-wide', 'cluster-wide'];

/** The Secret for which a value is sealed. */
export interface SealingTarget {
  readonly namespace: string;
  readonly name: string;
  readonly scope: Scope;
}

export interface SealedValue {
  readonly rsaBytes: number;
  /** The RSA ciphertext as a number: below the modulus of the key it was made with. */
  readonly rsa: bigint;
  readonly plaintextBytes: number;
}

export interface Unreadable {
  readonly reason: string;
}

export const lengthBytes = 2;
export const tagBytes = 16;

/** The OAEP label: it ties a ciphertext to its place, so that a copy elsewhere cannot be opened. */
export function sealingLabel({ namespace, name, scope }: SealingTarget): string {
  if (scope === 'cluster-wide') return '';
  return scope === 'namespace-wide' ? namespace : `${namespace}/${name}`;
}

/** Reads the structure of an encrypted value. */
export function readSealedValue(text: string): SealedValue | Unreadable {
  const bytes = Buffer.from(text, 'base64');
  if (text === '' || bytes.toString('base64') !== text) return { reason: 'not base64' };
  if (bytes.length < lengthBytes) return { reason: `${bytes.length} bytes, too short to hold anything` };
  const rsaBytes = bytes.readUInt16BE(0);
  const plaintextBytes = bytes.length - lengthBytes - rsaBytes - tagBytes;
  if (plaintextBytes < 0) {
    return { reason: `${bytes.length} bytes, at least ${bytes.length - plaintextBytes} by its own header` };
  }
  const rsa = bytes.subarray(lengthBytes, lengthBytes + rsaBytes);
  return { rsaBytes, rsa: BigInt(`0x0${rsa.toString('hex')}`), plaintextBytes };
}
