/** Opens an ONNX file and runs it, on the calling thread. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { TensorSpec } from '../protocol/signature.ts';
import type { NamedTensor, Tensor } from '../protocol/tensor.ts';
import { type Bfloat16Rewrite, withoutBfloat16 } from './bfloat16.ts';
import { elementType, type NativeSession, type NativeValue, openNative } from './binding.ts';
import { type Border, borderOf } from './border.ts';
import { type GraphFacts, readFacts } from './facts.ts';
import { datatypeOf, fromOrt, toOrt } from './tensors.ts';
import { WireError } from './wire.ts';
import { withoutZipMap } from './zipmap.ts';

export interface SessionOptions {
  readonly intraOpThreads: number;
  readonly interOpThreads?: number;
  readonly executionMode?: 'sequential' | 'parallel';
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
}

/** What is known of a model once it is open. */
export interface Description {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Graph outputs that are not tensors even after the rewrite; they are not served. */
  readonly hiddenOutputs: readonly string[];
  readonly facts: GraphFacts;
}

export interface Run {
  /** One per output that was asked for, in that order. */
  readonly tensors: readonly Tensor[];
  /** Nanoseconds from the call to the start of onnxruntime; only in another process. */
  readonly waitNs: number;
  /** Nanoseconds within onnxruntime. */
  readonly inferNs: number;
}

export interface Session extends Description {
  /** Runs once; feeds hold every input under the graph's name. Throws onnxruntime's error. */
  run(feeds: readonly NamedTensor[], outputs: readonly string[]): Run;
  /** Frees the session's memory. Call once. */
  release(): void;
}

const logOnlyFatal = 4;

/**
 * `bytes` are the content of `file`, already verified. Rejects with an Error whose message says why the model cannot
 * be served.
 */
export async function openSession(file: string, bytes: Uint8Array, options: SessionOptions): Promise<Session> {
  const { facts, rewritten, halves } = readModel(bytes);
  const ortOptions = sessionOptions(options);
  const session = await create(file, bytes, rewritten, facts, ortOptions);
  try {
    return wrap(session, facts, halves === undefined ? undefined : borderOf(halves));
  } catch (error) {
    session.dispose();
    throw error;
  }
}

interface ReadModel {
  readonly facts: GraphFacts;
  /** Undefined when the file can be opened as it is. */
  readonly rewritten: Uint8Array | undefined;
  /** Undefined without BF16 at the graph's border. */
  readonly halves: Bfloat16Rewrite | undefined;
}

function readModel(bytes: Uint8Array): ReadModel {
  try {
    const unzipped = withoutZipMap(bytes);
    const halves = withoutBfloat16(unzipped ?? bytes);
    return { facts: readFacts(bytes), rewritten: halves?.model ?? unzipped, halves };
  } catch (error) {
    if (error instanceof WireError) throw new Error(`not an ONNX file: ${error.message}`);
    throw error;
  }
}

function sessionOptions(options: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    logSeverityLevel: logOnlyFatal,
    intraOpNumThreads: options.intraOpThreads,
    ...(options.interOpThreads === undefined ? {} : { interOpNumThreads: options.interOpThreads }),
    ...(options.executionMode === undefined ? {} : { executionMode: options.executionMode }),
    ...(options.optimization === undefined ? {} : { graphOptimizationLevel: options.optimization }),
  };
}

/** Weights beside the model are found only by path; a rewritten model has no path, so it is handed their bytes. */
async function create(
  file: string,
  bytes: Uint8Array,
  rewritten: Uint8Array | undefined,
  facts: GraphFacts,
  options: InferenceSession.SessionOptions,
): Promise<NativeSession> {
  if (facts.externalFiles.length === 0) return openNative(rewritten ?? bytes, options);
  if (rewritten === undefined) return openNative(file, options);
  const externalData = await Promise.all(
    facts.externalFiles.map(async (path) => ({ path, data: await readFile(externalPath(file, path)) })),
  );
  return openNative(rewritten, { ...options, externalData });
}

/** A model may name only files in its own folder or below it. */
function externalPath(file: string, location: string): string {
  const folder = dirname(resolve(file));
  const path = resolve(folder, location);
  if (!path.startsWith(folder + sep)) throw new Error(`external data "${location}" lies outside the model's folder`);
  return path;
}

function wrap(session: NativeSession, facts: GraphFacts, border: Border | undefined): Session {
  const inputs = session.inputMetadata.map((input) => {
    const spec = specOf(input, facts, border?.publicInputs);
    if (spec === undefined) throw new Error(`input '${input.name}' is not a tensor of a type that the protocol has`);
    return spec;
  });
  const found = session.outputMetadata.map((output) => ({
    name: output.name,
    spec: specOf(output, facts, border?.publicOutputs),
  }));
  const outputs = found.flatMap(({ spec }) => spec ?? []);
  const hiddenOutputs = found.flatMap(({ name, spec }) => (spec === undefined ? name : []));
  if (outputs.length === 0) throw new Error(`no output is a tensor: ${hiddenOutputs.join(', ')}`);
  return {
    inputs,
    outputs,
    hiddenOutputs,
    facts,
    run:
      border === undefined
        ? (feeds, names) => run(session, feeds, names)
        : (feeds, names) => border.run((inner, asked) => run(session, inner, asked), feeds, names),
    release: () => session.dispose(),
  };
}

/** `halves` are names of FP32 values → the names of the BF16 values that they stand for. */
function specOf(value: NativeValue, facts: GraphFacts, halves?: ReadonlyMap<string, string>): TensorSpec | undefined {
  const type = value.isTensor ? elementType(value) : undefined;
  const half = halves?.get(value.name);
  const name = half ?? value.name;
  const datatype = half !== undefined ? 'BF16' : type === undefined ? undefined : datatypeOf(type);
  if (datatype === undefined) return undefined;
  const anyRank = value.shape.length === 0 && facts.anyRank.has(name);
  return { name, datatype, shape: anyRank ? [-1] : [...value.shape], anyRank };
}

const runOptions: InferenceSession.RunOptions = { logSeverityLevel: logOnlyFatal };

function run(session: NativeSession, feeds: readonly NamedTensor[], outputs: readonly string[]): Run {
  // Without a prototype, a tensor named `__proto__` is a name like any other.
  const tensors = Object.create(null) as Record<string, OrtTensor>;
  for (const feed of feeds) tensors[feed.name] = toOrt(feed);
  const fetches = Object.create(null) as Record<string, null>;
  for (const name of outputs) fetches[name] = null;
  const called = performance.now();
  const result = session.run(tensors, fetches, runOptions);
  const inferNs = (performance.now() - called) * 1e6;
  const taken = outputs.map((name) => {
    const value = result[name];
    if (value === undefined) throw new Error(`the model gave no output '${name}'`);
    return fromOrt(name, value as OrtTensor);
  });
  return { tensors: taken, waitNs: 0, inferNs };
}
