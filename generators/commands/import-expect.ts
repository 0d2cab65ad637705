/** Runs the predictor on an artifact's files and asks it the example: the answer is what is expected from now on. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Example, Model, Signature } from '../../schemas/types/models.d.ts';
import { writeAtomic } from '../outside/atomic.ts';
import { postJson } from '../outside/http.ts';
import { freePort } from '../outside/ports.ts';
import { startPredictor } from '../outside/predictor-process.ts';
import { defaults } from '../resolve/defaults.ts';
import type { Imported } from './import-artifact.ts';
import { type ArtifactFiles, ImportRefused } from './import-files.ts';

interface Answer {
  readonly outputs?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly data: readonly unknown[];
  }[];
  readonly error?: string;
}

type Expect = NonNullable<Example['expect']>;

/** What the predictor answered, and where it is to be written. */
export interface Asked {
  /** For the example of a new entry. */
  readonly expect?: Expect;
  /** For the version itself: the entry's example expects something else of it. */
  readonly own?: Expect;
  readonly notes: readonly string[];
}

/**
 * Asks a new entry the example of its artifact. The example of an entry that is there stays: a further version is asked that,
 * and what it answers otherwise is told, since a person should know it before the version serves.
 */
export async function askExample(
  files: ArtifactFiles,
  { format, inputs, signature }: Imported,
  entry: Model | undefined,
  step: (text: string) => void,
): Promise<Asked> {
  const question = entry === undefined ? inputs : entry.example?.inputs;
  if (format !== 'onnx' || question === undefined || signature === undefined) return { notes: [] };
  step('running the predictor on it');
  const tensors = entry?.signature ?? signature;
  const answer = await expectedAnswer(files, question, tensors);
  if (entry === undefined) return { expect: answer, notes: [] };
  const { expect, tolerance = defaults.exampleTolerance } = entry.example ?? {};
  if (expect === undefined) return { own: answer, notes: [] };
  const notes = Object.entries(expect).flatMap(([key, wanted]) => {
    const name = tensors.outputs.find((tensor) => tensor.name === key || tensor.alias === key)?.name ?? key;
    const given = answer[name] ?? [];
    if (near(given, wanted, tolerance)) return [];
    const values = `${name} ${JSON.stringify(given)}, the example expects ${JSON.stringify(wanted)}`;
    return [
      `it answers the example with ${values}: the version gets an "expect" of its own; look at it before it serves`,
    ];
  });
  return notes.length === 0 ? { notes } : { own: answer, notes };
}

/** Flat or nested; numbers to the tolerance. */
function near(given: readonly unknown[], wanted: readonly unknown[], tolerance: number): boolean {
  const [a, b] = [given.flat(Number.POSITIVE_INFINITY), wanted.flat(Number.POSITIVE_INFINITY)];
  return (
    a.length === b.length &&
    a.every((value, index) => {
      const other = b[index];
      return typeof value === 'number' && typeof other === 'number'
        ? Math.abs(value - other) <= tolerance
        : value === other;
    })
  );
}

/** Rejects with ImportRefused when the model cannot be served or does not answer. */
async function expectedAnswer(
  files: ArtifactFiles,
  inputs: Example['inputs'],
  signature: Signature,
): Promise<NonNullable<Example['expect']>> {
  const folder = await mkdtemp(join(tmpdir(), 'kserve-gitops-import-'));
  try {
    for (const path of files.sizes.keys()) {
      // A listing is what a server says: a name must not lead out of the folder.
      if (path.split('/').includes('..')) throw new ImportRefused(`a file is named "${path}"`, 'Log the model again');
      await mkdir(dirname(join(folder, 'model', path)), { recursive: true });
      await writeFile(join(folder, 'model', path), await files.read(path));
    }
    const tensors = [...signature.inputs, ...signature.outputs];
    const aliases = Object.fromEntries(
      tensors.flatMap(({ name, alias }) => (alias === undefined ? [] : [[name, alias]])),
    );
    const config = {
      models: [{ name: 'model', path: 'model', ...(Object.keys(aliases).length === 0 ? {} : { aliases }) }],
    };
    await writeAtomic(join(folder, 'models.json'), JSON.stringify(config));
    return named(await ask(join(folder, 'models.json'), inputs), signature);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(configFile: string, inputs: Example['inputs']): Promise<Answer> {
  const faults: string[] = [];
  const predictor = startPredictor({
    configFile,
    port: await freePort(),
    environment: {},
    onLine: ({ level, msg, error }) => {
      if (level === 'error' || level === 'fatal') faults.push(`${msg}${typeof error === 'string' ? `: ${error}` : ''}`);
    },
  });
  const repair = 'Serve it with "npm run predictor -- --model-dir <folder>" to see what it says, or leave --expect out';
  try {
    const { event } = await predictor.waitFor(['ready', 'not-ready']);
    if (event !== 'ready') throw new ImportRefused(`the predictor cannot serve it: ${faults.join('; ')}`, repair);
    const { status, body } = await postJson(`${predictor.url}/v2/models/model/infer`, { inputs });
    const answer = body as Answer;
    if (status !== 200) throw new ImportRefused(`the example is answered ${status}: ${answer.error ?? ''}`, repair);
    return answer;
  } finally {
    await predictor.stop();
  }
}

/** Under the tensors' own names, nested in their shapes, floats to six digits behind the point. */
function named({ outputs }: Answer, signature: Signature): NonNullable<Example['expect']> {
  return Object.fromEntries(
    (outputs ?? []).map(({ name, shape, data }) => {
      const tensor = signature.outputs.find((one) => one.name === name || one.alias === name);
      return [tensor?.name ?? name, nested(data.map(rounded), shape)];
    }),
  );
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(6)) : value;
}

function nested(flat: readonly unknown[], [, ...inner]: readonly number[]): readonly unknown[] {
  const width = inner.reduce((product, size) => product * size, 1);
  if (inner.length === 0 || width === 0) return flat;
  return Array.from({ length: flat.length / width }, (_, row) =>
    nested(flat.slice(row * width, (row + 1) * width), inner),
  );
}
