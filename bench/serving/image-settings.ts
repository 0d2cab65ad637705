/** How the predictor's image starts it, so that what is measured is what is shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ImageSettings {
  readonly env: Readonly<Record<string, string>>;
  /** Of Node. */
  readonly flags: readonly string[];
}

/** From the last stage of the Dockerfile. Throws when it starts something else than the predictor with Node. */
export function imageSettings(root: string): ImageSettings {
  const text = readFileSync(join(root, 'predictor/Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
  const lines = text.slice(text.lastIndexOf('\nFROM ')).split('\n');
  const pairs = lines.filter((line) => line.startsWith('ENV ')).flatMap((line) => line.trim().split(/\s+/).slice(1));
  const entry = lines.find((line) => line.startsWith('ENTRYPOINT '))?.slice('ENTRYPOINT '.length) ?? '[]';
  const [program, ...args] = JSON.parse(entry) as string[];
  if (program !== 'node' || !args.at(-1)?.endsWith('/predictor/main.js'))
    throw new Error(`predictor/Dockerfile starts ${entry}, expected node with predictor/main.js`);
  const env = Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
  return { env, flags: args.slice(0, -1) };
}
