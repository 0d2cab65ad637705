/** SHA-256 of a model file. */
import { createHash } from 'node:crypto';
import { LoadError } from './fault.ts';

/** Lower-case hex. Throws LoadError when it is not the expected one. */
export function verifiedDigest(bytes: Uint8Array, expected: string | undefined): string {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (expected !== undefined && expected.toLowerCase() !== found) {
    throw new LoadError(`sha256 of the model file is ${found}, expected ${expected.toLowerCase()}`);
  }
  return found;
}
