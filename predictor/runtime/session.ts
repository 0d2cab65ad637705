/**
 * Opens an ONNX file and runs it. The only door to onnxruntime.
 *
 * `run` is asynchronous in form, yet onnxruntime-node 1.30 computes on the calling thread; callers must not rely on
 * either.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { env, InferenceSession, type Tensor as OrtTensor } from 'onnxruntime-node';
import type { TensorSpec } from '../protocol/signature.ts';
import type { NamedTensor, Tensor } from '../protocol/tensor.ts';
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
  /** Nanoseconds from the call to the start of onnxruntime. */
  readonly waitNs: number;
  /** Nanoseconds within onnxruntime. */
  readonly inferNs: number;
}

export interface Session extends Description {
  /** Runs once; feeds hold every input under the graph's name. Rejects with onnxruntime's error. */
  run(feeds: readonly NamedTensor[], outputs: readonly string[]): Promise<Run>;
  /** Frees the session's memory. Call once, with no run in flight. */
  release(): Promise<void>;
}

/** onnxruntime's own lines on standard error are no JSON; every error comes as an exception with the same text. */
const logOnlyFatal = 4;

/**
 * `bytes` are the content of `file`, already verified. Rejects with an Error whose message says why the model cannot
 * be served.
 */
export async function openSession(file: string, bytes: Uint8Array, options: SessionOptions): Promise<Session> {
  const { facts, rewritten } = readModel(bytes);
  const ortOptions = sessionOptions(options);
  const session = await create(file, bytes, rewritten, facts, ortOptions);
  try {
    return wrap(session, facts);
  } catch (error) {
    await session.release();
    throw error;
  }
}

function readModel(bytes: Uint8Array): { facts: GraphFacts; rewritten: Uint8Array | undefined } {
  try {
    return { facts: readFacts(bytes), rewritten: withoutZipMap(bytes) };
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
): Promise<InferenceSession> {
  env.logLevel = 'fatal';
  if (facts.externalFiles.length === 0) return InferenceSession.create(rewritten ?? bytes, options);
  if (rewritten === undefined) return InferenceSession.create(file, options);
  const externalData = await Promise.all(
    facts.externalFiles.map(async (path) => ({ path, data: await readFile(externalPath(file, path)) })),
  );
  return InferenceSession.create(rewritten, { ...options, externalData });
}

/** A model may name only files in its own folder or below it. */
function externalPath(file: string, location: string): string {
  const folder = dirname(resolve(file));
  const path = resolve(folder, location);
  if (!path.startsWith(folder + sep)) throw new Error(`external data "${location}" lies outside the model's folder`);
  return path;
}

function wrap(session: InferenceSession, facts: GraphFacts): Session {
  const inputs = session.inputMetadata.map((input) => {
    const spec = specOf(input, facts);
    if (spec === undefined) throw new Error(`input '${input.name}' is not a tensor of a type that the protocol has`);
    return spec;
  });
  const found = session.outputMetadata.map((output) => specOf(output, facts));
  const outputs = found.filter((spec) => spec !== undefined);
  const hiddenOutputs = session.outputNames.filter((_, index) => found[index] === undefined);
  if (outputs.length === 0) throw new Error(`no output is a tensor: ${hiddenOutputs.join(', ')}`);
  return {
    inputs,
    outputs,
    hiddenOutputs,
    facts,
    run: (feeds, names) => run(session, feeds, names),
    release: () => session.release(),
  };
}

function specOf(value: InferenceSession.ValueMetadata, facts: GraphFacts): TensorSpec | undefined {
  if (!value.isTensor) return undefined;
  const datatype = datatypeOf(value.type);
  if (datatype === undefined) return undefined;
  const anyRank = value.shape.length === 0 && facts.anyRank.has(value.name);
  const shape = value.shape.map((dimension) => (typeof dimension === 'number' ? dimension : -1));
  return { name: value.name, datatype, shape: anyRank ? [-1] : shape, anyRank };
}

const runOptions: InferenceSession.RunOptions = { logSeverityLevel: logOnlyFatal };

async function run(session: InferenceSession, feeds: readonly NamedTensor[], outputs: readonly string[]): Promise<Run> {
  // Without a prototype, a tensor named `__proto__` is a name like any other.
  const tensors = Object.create(null) as Record<string, OrtTensor>;
  for (const feed of feeds) tensors[feed.name] = toOrt(feed);
  const called = performance.now();
  let started = called;
  // The binding computes in an immediate of its own, which follows this one directly.
  setImmediate(() => {
    started = performance.now();
  });
  const result = await session.run(tensors, outputs, runOptions);
  const ended = performance.now();
  const taken = outputs.map((name) => {
    const value = result[name];
    if (value === undefined) throw new Error(`the model gave no output '${name}'`);
    return fromOrt(name, value);
  });
  return { tensors: taken, waitNs: (started - called) * 1e6, inferNs: (ended - started) * 1e6 };
}
