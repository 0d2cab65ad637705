/** What this server can be asked, whatever the transport. */
import { classify } from './models/classification.ts';
import { configOf, platform } from './models/config.ts';
import type { Holder } from './models/holder.ts';
import type { LoadedModel } from './models/load.ts';
import type { Registry } from './models/registry.ts';
import type { CheckedRequest } from './protocol/check.ts';
import { fromCodecs, isPlain } from './protocol/codecs.ts';
import type { RequestContext } from './protocol/context.ts';
import { type ErrorCode, ServeError } from './protocol/error.ts';
import type { FrameModel } from './protocol/frame.ts';
import type {
  IndexEntry,
  InferRequest,
  InferResponse,
  ModelConfig,
  ModelMetadata,
  ModelReady,
  ModelStatistics,
  ServerMetadata,
  TensorMetadata,
} from './protocol/messages.ts';
import type { Observer } from './protocol/observer.ts';
import { withParameters } from './protocol/parameters.ts';
import type { NamedTensor, Tensor } from './protocol/tensor.ts';
import type { Timings } from './protocol/timings.ts';

/** Every method throws or rejects with ServeError. No version means the latest ready one. */
export interface DataPlane {
  live(): boolean;
  /** True when every listed model was ready once and the server is not on its way out. */
  ready(): boolean;
  metadata(): ServerMetadata;
  /** Names that have a ready version. */
  models(): readonly string[];
  modelReady(name: string, version?: string): ModelReady;
  modelMetadata(name: string, version?: string): ModelMetadata;
  infer(
    request: InferRequest,
    context: RequestContext,
  ): Promise<{ readonly response: InferResponse; readonly timings: Timings }>;
  /** Every listed version with its state. */
  index(): readonly IndexEntry[];
  /** Loads every listed version of a name anew; what serves is replaced when they are ready. */
  load(name: string): Promise<void>;
  /** Takes every version of a name out of service; requests in flight are answered. */
  unload(name: string): Promise<void>;
  /** Of one version, of every version of a name, or of all. Rejects with ServeError MODEL_UNKNOWN. */
  statistics(name?: string, version?: string): Promise<readonly ModelStatistics[]>;
  config(name: string, version?: string): ModelConfig;
}

export interface Identity {
  readonly name: string;
  readonly version: string;
}

export interface DataPlaneOptions {
  readonly registry: Registry;
  readonly identity: Identity;
  /** Turns false when the server shuts down. */
  readonly accepting: () => boolean;
  /** Extensions of the protocol that the transports reach, by Triton's names. */
  readonly extensions?: readonly string[];
  readonly observe?: Observer;
}

export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const { registry, identity, accepting } = options;
  return {
    live: () => true,
    ready: () => accepting() && registry.ready(),
    metadata: () => ({ ...identity, extensions: options.extensions ?? [] }),
    models: () => registry.names(),
    modelReady: (name, version) => registry.state(name, version),
    modelMetadata: (name, version) => describe(registry, name, version),
    infer: (request, context) => infer(options, request, context),
    index: () => registry.index(),
    load: (name) => registry.load(name),
    unload: (name) => registry.unload(name),
    statistics: async (name, version) => statistics(registry, name, version),
    config: (name, version) => configOf(registry.find(name, version).model, versions(registry, name, version)),
  };
}

function describe(registry: Registry, name: string, version: string | undefined): ModelMetadata {
  const { model } = registry.find(name, version);
  const { inputs, outputs } = model.signature;
  return {
    name,
    versions: version === undefined ? registry.versions(name) : [model.version],
    platform,
    inputs: inputs.map(plain),
    outputs: outputs.map(plain),
    properties: model.properties,
  };
}

function plain({ name, datatype, shape }: TensorMetadata): TensorMetadata {
  return { name, datatype, shape };
}

function versions(registry: Registry, name: string, version: string | undefined): readonly string[] {
  return version === undefined ? registry.versions(name) : [version];
}

function statistics(
  registry: Registry,
  name: string | undefined,
  version: string | undefined,
): readonly ModelStatistics[] {
  const names = name === undefined ? registry.names() : [name];
  return names.flatMap((one) => {
    const found =
      name === undefined ? registry.versions(one) : versions(registry, registry.find(one, version).model.name, version);
    return found.map((each) => {
      const { model } = registry.find(one, each);
      return { name: model.name, version: model.version, ...model.statistics.read() };
    });
  });
}

interface Inferred {
  readonly response: InferResponse;
  readonly timings: Timings;
}

/**
 * Tells the observer of every end, and of the version only once one is chosen. One function and not several: each that
 * waits costs a small model's request as much as the reading of its body.
 */
async function infer(options: DataPlaneOptions, request: InferRequest, context: RequestContext): Promise<Inferred> {
  const { observe } = options;
  let holder: Holder | undefined;
  try {
    const asked =
      request.parameters === undefined ? context : withParameters(context, request.parameters, performance.now());
    holder = options.registry.find(request.modelName, request.modelVersion);
    holder.enter();
    const { model } = holder;
    const checked = model.check(isPlain(request) ? request : fromCodecs(request, modelOf(model)));
    const { tensors, timings } = await model.scheduler.submit(checked, asked);
    const response = responseOf(model, request, outputsOf(model, checked.answers, checked.wanted, tensors));
    if (observe !== undefined) tell(observe, request, holder, 'success', timings);
    return { response, timings };
  } catch (error) {
    if (observe !== undefined) tell(observe, request, holder, error instanceof ServeError ? error.code : 'INTERNAL');
    throw error;
  } finally {
    holder?.leave();
  }
}

/** The order of members is of no account; an object that is spread gets a hidden class of its own each time. */
function responseOf(
  { name: modelName, version: modelVersion }: LoadedModel,
  { id }: InferRequest,
  outputs: readonly NamedTensor[],
): InferResponse {
  return id === undefined ? { modelName, modelVersion, outputs } : { modelName, modelVersion, id, outputs };
}

function tell(
  observe: Observer,
  { modelName: model, inputs }: InferRequest,
  holder: Holder | undefined,
  outcome: 'success' | ErrorCode,
  timings?: Timings,
): void {
  const version = holder?.model.version ?? '';
  const rows = inputs[0]?.shape[0] ?? 1;
  if (timings === undefined) observe({ model, version, outcome, rows });
  else observe({ model, version, outcome, rows, timings });
}

function outputsOf(
  model: LoadedModel,
  answers: CheckedRequest['answers'],
  wanted: readonly string[],
  tensors: readonly Tensor[],
): NamedTensor[] {
  return answers.map(({ at, name, classification }): NamedTensor => {
    const tensor = tensors[at];
    if (tensor === undefined) throw new ServeError('INTERNAL', `output '${name}' was not computed`);
    const { datatype, shape, data } = tensor;
    if (classification === undefined) return { name, datatype, shape, data };
    return { name, ...classified(model, wanted[at] ?? '', tensor, classification) };
  });
}

function modelOf({ name, signature, properties }: LoadedModel): FrameModel {
  return { name, inputs: signature.inputs, properties };
}

/** Rows are told apart where the first dimension is the caller's. */
function classified(model: LoadedModel, output: string, tensor: Tensor, classes: number): Tensor {
  const spec = model.signature.outputs.find((one) => one.name === output);
  const batched = tensor.shape.length > 1 || spec?.shape[0] === -1;
  return classify(tensor, classes, model.labels.get(output) ?? [], batched && tensor.shape.length > 0);
}
