/** SHA-256 of a model file. */
import { createHash } from 'node:crypto';

/** Lower-case hex. Throws an Error when it is not the expected one. */
export function sha256Of(bytes: Uint8Array, expected: string | undefined): string {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (expected !== undefined && expected.toLowerCase() !== found) {
    throw new Error(`sha256 of the model file is ${found}, expected ${expected.toLowerCase()}`);
  }
  return found;
}
