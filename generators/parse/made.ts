/** Reads a made file back into its objects. */
import { CORE_SCHEMA, loadAll } from 'js-yaml';

/** Every document of a file; undefined where the text is not YAML, as after an edit by hand. */
export function parseMade(text: string): unknown[] | undefined {
  try {
    return loadAll(text, { schema: CORE_SCHEMA }) as unknown[];
  } catch {
    // Whoever asks compares texts then; `npm run verify` tells the fault.
    return undefined;
  }
}
