/** Runs the predictor on an artifact's files and asks it the example: the answer becomes what is expected from now on. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Example, Signature } from '../../schemas/types/models.d.ts';
import { writeAtomic } from '../outside/atomic.ts';
import { postJson } from '../outside/http.ts';
import { freePort } from '../outside/ports.ts';
import { startPredictor } from '../outside/predictor-process.ts';
import { type ArtifactFiles, ImportRefused } from './import-files.ts';

interface Answer {
  readonly outputs?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly data: readonly unknown[];
  }[];
  readonly error?: string;
}

/** Rejects with ImportRefused when the model cannot be served or does not answer. */
export async function expectedAnswer(
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
