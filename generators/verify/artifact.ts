/**
 * Tier T6: the artifact of one version against what the registry says of it. What lies in the store is handed in; the
 * rules are here.
 */
import type { Model, Version } from '../../schemas/types/models.d.ts';
import type { MlModelFacts } from '../artifact/mlmodel.ts';
import type { ModelSummary } from '../artifact/summary.ts';
import { fault, type Pointer, type Problem, type Where, warning } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';
import { checkGraph, type KernelTable, type OperatorTable } from './artifact-graph.ts';

export interface ArtifactObject {
  /** Relative to the artifact's folder. */
  readonly path: string;
  readonly bytes: number;
}

export interface ArtifactInput {
  readonly file: string;
  /** Place of the model in `models`, and of the version in `versions`. */
  readonly index: number;
  readonly versionIndex: number;
  readonly model: Model;
  readonly version: Version;
  readonly objects: readonly ArtifactObject[];
  /** The MLmodel file, if there is one: what it says, or why it cannot be read. */
  readonly mlModel?: { readonly value?: MlModelFacts; readonly fault?: string };
  /** The model file's path in the folder, and what it holds; absent when it is not there. */
  readonly modelFile?: string;
  readonly summary?: ModelSummary;
  /** Memory limit in bytes, and the cluster that sets it, for each cluster that serves the version with our predictor. */
  readonly limits: readonly { readonly cluster: string; readonly bytes: number }[];
  /** Some cluster serves the version: signature and example speak of it. */
  readonly served: boolean;
  readonly operators: OperatorTable;
  readonly kernels: KernelTable;
}

/** A place in the entry, and in its version. */
export interface ArtifactPlaces {
  readonly at: (...pointer: Pointer) => Where;
  readonly inVersion: (...pointer: Pointer) => Where;
}

export function checkArtifact(input: ArtifactInput): Problem[] {
  const { file, index, versionIndex, objects, version, model } = input;
  const places: ArtifactPlaces = {
    at: (...pointer) => ({ file, pointer: ['models', index, ...pointer] }),
    inVersion: (...pointer) => ({ file, pointer: ['models', index, 'versions', versionIndex, ...pointer] }),
  };
  const place = places.inVersion('artifact');
  if (objects.length === 0) {
    const message = `Cannot find an object below "${version.artifact}"`;
    return [fault('ARTIFACT_ABSENT', place, message, 'Correct the address, or upload the model first')];
  }
  const problems = [...formFaults(input, place), ...neighbourFaults(input, place)];
  const { summary, modelFile } = input;
  if (summary === undefined || modelFile === undefined) return problems;
  const digests = [...sizeFaults(input, modelFile, places), ...digestFaults(input, summary, places)];
  if (model.format !== 'onnx') return [...problems, ...digests];
  if (summary.onnx === undefined) {
    const message = `Cannot read "${modelFile}" of version ${version.version}: ${summary.fault ?? 'it is no ONNX file'}`;
    return [
      ...problems,
      ...digests,
      fault('ARTIFACT_BROKEN', place, message, 'Log the model again, and check the upload'),
    ];
  }
  return [...problems, ...digests, ...externalFaults(input, place), ...checkGraph(input, summary.onnx, places)];
}

function formFaults({ model, version, objects, mlModel, modelFile }: ArtifactInput, place: Where): Problem[] {
  const paths = new Set(objects.map(({ path }) => path));
  if (mlModel?.fault !== undefined) {
    const message = `Cannot read the MLmodel file of version ${version.version}: ${mlModel.fault}`;
    return [fault('ARTIFACT_BROKEN', place, message, 'Log the model again, and check the upload')];
  }
  const facts = mlModel?.value;
  const problems = (facts?.files ?? [])
    .filter((path) => !paths.has(path) && !isFolder(path, paths))
    .map((path) => {
      const message = `Cannot use "${version.artifact}": its MLmodel file names "${path}", which is not there`;
      const essential = path === facts?.modelFile;
      return (essential ? fault : warning)('ARTIFACT_INCOMPLETE', place, message, 'Upload the folder again as a whole');
    });
  if (facts !== undefined && model.format !== 'mlflow' && facts.format !== model.format) {
    const message = `Cannot serve "${version.artifact}" as ${model.format}: its MLmodel file says ${facts.format ?? facts.flavors.join(', ')}`;
    problems.push(fault('ARTIFACT_FORMAT', place, message, 'Correct "format", or name the artifact that is meant'));
  } else if (model.format === 'onnx' && modelFile === undefined && problems.length === 0) {
    const found = [...paths]
      .slice(0, 5)
      .map((path) => `"${path}"`)
      .join(', ');
    const message = `Cannot serve "${version.artifact}" as onnx: it holds no .onnx file, only ${found}`;
    problems.push(fault('ARTIFACT_FORMAT', place, message, 'Correct "format", or name the artifact that is meant'));
  }
  return problems;
}

function isFolder(path: string, paths: ReadonlySet<string>): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return [...paths].some((one) => one.startsWith(prefix));
}

/** KServe's storage initializer downloads all below the prefix, other models too. */
function neighbourFaults({ model, version, objects, modelFile }: ArtifactInput, place: Where): Problem[] {
  const others = objects.filter(
    ({ path }) => path !== modelFile && (/(?:^|\/)MLmodel$/.test(path) ? path.includes('/') : path.endsWith('.onnx')),
  );
  const [first] = others;
  if (first === undefined) return [];
  const message = `Cannot tell which model "${version.artifact}" means: "${first.path}" lies below it too`;
  const beside = model.format === 'onnx' && others.some(({ path }) => !path.includes('/') && path.endsWith('.onnx'));
  const repair = 'Give each model a folder of its own, and name the innermost';
  return [(beside ? fault : warning)('ARTIFACT_NEIGHBOUR', place, message, repair)];
}

function sizeFaults({ version, objects }: ArtifactInput, modelFile: string, { inVersion }: ArtifactPlaces): Problem[] {
  const bytes = objects.find(({ path }) => path === modelFile)?.bytes;
  if (version.size === undefined || bytes === version.size) return [];
  const message = `Cannot accept "${modelFile}" of version ${version.version}: it has ${bytes} bytes, the registry says ${version.size}`;
  const repair = 'Upload the file that was meant; if this one is, add it as a new version';
  return [fault('ARTIFACT_SIZE', inVersion('size'), message, repair)];
}

function digestFaults({ version }: ArtifactInput, { sha256 }: ModelSummary, { inVersion }: ArtifactPlaces): Problem[] {
  if (version.sha256 === undefined || version.sha256 === sha256) return [];
  const message = `Cannot accept version ${version.version}: its model file has SHA-256 ${sha256}, the registry says ${version.sha256}`;
  const repair = 'Upload the file that was meant; if this one is, add it as a new version';
  return [fault('ARTIFACT_HASH', inVersion('sha256'), message, repair)];
}

/** Weights beside the model: there, and long enough for every tensor in them. */
function externalFaults({ objects, summary, modelFile, version }: ArtifactInput, place: Where): Problem[] {
  const folder = modelFile?.includes('/') ? modelFile.slice(0, modelFile.lastIndexOf('/') + 1) : '';
  const lengths = new Map(objects.map(({ path, bytes }) => [path, bytes]));
  return (summary?.onnx?.externalFiles ?? []).flatMap(({ path, bytes }) => {
    const length = lengths.get(`${folder}${path}`);
    if (length !== undefined && length >= bytes) return [];
    const [code, what]: [ProblemCode, string] =
      length === undefined
        ? ['ARTIFACT_INCOMPLETE', `the weights in "${path}" are not there`]
        : ['ARTIFACT_TRUNCATED', `"${path}" has ${length} bytes, its weights take ${bytes}`];
    const message = `Cannot load version ${version.version}: ${what}`;
    return [fault(code, place, message, 'Upload the folder again as a whole')];
  });
}
