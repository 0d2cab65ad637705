/** What the files of an artifact say about the model: format, digest, tensors, example. */
import { createHash } from 'node:crypto';
import type { Example, Model, Signature } from '../../schemas/types/models.d.ts';
import { exampleOf } from '../artifact/example.ts';
import { type MlModelFacts, readMlModel } from '../artifact/mlmodel.ts';
import { readOnnx } from '../artifact/onnx.ts';
import { describeFields, describeGraph } from '../artifact/signature.ts';
import type { ArtifactFiles } from './import-files.ts';

export interface Imported {
  readonly format: Model['format'];
  readonly sha256: string;
  readonly size: number;
  readonly signature?: Signature;
  readonly inputs?: Example['inputs'];
  readonly mlModel?: MlModelFacts;
  readonly notes: readonly string[];
}

/** The artifact is nothing that can be served. `message` is the end of a sentence. */
export class FormatRefused extends Error {}

const LARGEST_TEXT = 16 * 1024 * 1024;

/** Rejects with FormatRefused, and with what reading rejects with. */
export async function readArtifact(files: ArtifactFiles, step: (text: string) => void): Promise<Imported> {
  const mlModel = files.sizes.has('MLmodel') ? await readDescription(files) : undefined;
  const file = mlModel === undefined ? plainFile(files) : modelFileOf(mlModel, files);
  step(`reading ${file}`);
  const bytes = await files.read(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const common = { sha256, size: bytes.length, ...(mlModel === undefined ? {} : { mlModel }) };
  const format = mlModel === undefined ? 'onnx' : mlModel.format;
  if (format === undefined)
    throw new FormatRefused(`its flavors are ${mlModel?.flavors.join(', ')}, which no runtime serves`);
  if (format !== 'onnx') {
    const described = mlModel === undefined ? { notes: [] } : describeFields(mlModel);
    return { ...common, format, ...(await withExample(described, mlModel, files)) };
  }
  const graph = readOnnx(bytes);
  if (graph.value === undefined) throw new FormatRefused(`"${file}" cannot be read: ${graph.fault}`);
  for (const { path, bytes: needed } of graph.value.externalFiles) {
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '';
    const found = files.sizes.get(`${folder}${path}`);
    if (found === undefined) throw new FormatRefused(`"${file}" keeps weights in "${path}", which is not there`);
    if (found < needed) throw new FormatRefused(`"${path}" has ${found} bytes, and "${file}" needs ${needed} of it`);
  }
  return { ...common, format, ...(await withExample(describeGraph(graph.value, mlModel), mlModel, files)) };
}

async function readDescription(files: ArtifactFiles): Promise<MlModelFacts> {
  const { value, fault } = readMlModel(new TextDecoder().decode(await files.read('MLmodel')));
  if (value === undefined) throw new FormatRefused(`"MLmodel" cannot be read: ${fault}`);
  return value;
}

function modelFileOf({ modelFile, flavors }: MlModelFacts, files: ArtifactFiles): string {
  if (modelFile === undefined)
    throw new FormatRefused(`its flavors are ${flavors.join(', ')}, and none names a model file`);
  if (!files.sizes.has(modelFile)) throw new FormatRefused(`MLmodel names "${modelFile}", which is not a file there`);
  return modelFile;
}

function plainFile({ sizes }: ArtifactFiles): string {
  const models = [...sizes.keys()].filter((path) => path.endsWith('.onnx'));
  const [only] = models;
  if (only !== undefined && models.length === 1 && !only.includes('/')) return only;
  if (models.length > 1)
    throw new FormatRefused(`it holds ${models.length} .onnx files: ${models.slice(0, 5).join(', ')}`);
  throw new FormatRefused(
    `it holds neither an MLmodel file nor one .onnx file, but ${[...sizes.keys()].slice(0, 5).join(', ')}`,
  );
}

async function withExample(
  described: { readonly signature?: Signature; readonly notes: readonly string[] },
  mlModel: MlModelFacts | undefined,
  files: ArtifactFiles,
): Promise<Pick<Imported, 'signature' | 'inputs' | 'notes'>> {
  const { signature, notes } = described;
  if (signature === undefined) return { notes };
  for (const path of mlModel?.examples ?? []) {
    if ((files.sizes.get(path) ?? LARGEST_TEXT + 1) > LARGEST_TEXT) continue;
    const [first, ...rest] = exampleOf(new TextDecoder().decode(await files.read(path)), signature) ?? [];
    if (first !== undefined) return { signature, inputs: [first, ...rest], notes };
  }
  return { signature, notes: [...notes, 'the artifact holds no input example that fits; none is written'] };
}
