/** The controller's side of sealing, for tests: opens what was sealed for `certificate.pem`. */
import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import { readFileSync } from 'node:fs';

const folder = new URL('./', import.meta.url);

/** Text of a file beside this one. */
export function fixture(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

/** Path of a file beside this one. */
export function fixturePath(name: string): string {
  return new URL(name, folder).pathname;
}

/** Opens one value; throws for the wrong label, as the controller does. */
export function unseal(sealed: string, label: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64');
  const end = 2 + bytes.readUInt16BE(0);
  const key = { key: fixture('key.pem'), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const oaepLabel = label === '' ? {} : { oaepLabel: Buffer.from(label) };
  const sessionKey = privateDecrypt({ ...key, ...oaepLabel }, bytes.subarray(2, end));
  const decipher = createDecipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(end, -16)), decipher.final()]);
}
