/** What this server can be asked, whatever the transport: live, ready, metadata, model metadata, model ready, infer. */
import type { Registry } from './models/registry.ts';
import { checkRequest } from './protocol/check.ts';
import { ServeError } from './protocol/error.ts';
import type {
  InferRequest,
  InferResponse,
  ModelMetadata,
  ModelReady,
  ServerMetadata,
  TensorMetadata,
} from './protocol/messages.ts';

/** Every method throws or rejects with ServeError. No version means the latest ready one. */
export interface DataPlane {
  live(): boolean;
  /** True when every listed model was ready once and the server is not on its way out. */
  ready(): boolean;
  metadata(): ServerMetadata;
  modelReady(name: string, version?: string): ModelReady;
  modelMetadata(name: string, version?: string): ModelMetadata;
  infer(request: InferRequest): Promise<InferResponse>;
}

export interface Identity {
  readonly name: string;
  readonly version: string;
}

/** Name that Triton's clients know for ONNX models on onnxruntime. */
const platform = 'onnxruntime_onnx';

/** `accepting` turns false when the server shuts down. */
export function createDataPlane(registry: Registry, identity: Identity, accepting: () => boolean): DataPlane {
  return {
    live: () => true,
    ready: () => accepting() && registry.ready(),
    metadata: () => ({ name: identity.name, version: identity.version, extensions: [] }),
    modelReady: (name, version) => registry.state(name, version),
    modelMetadata: (name, version) => describe(registry, name, version),
    infer: (request) => infer(registry, request),
  };
}

function describe(registry: Registry, name: string, version: string | undefined): ModelMetadata {
  const { model } = registry.find(name, version);
  const { inputs, outputs } = model.signature;
  const versions = version === undefined ? registry.versions(name) : [model.version];
  return {
    name,
    versions,
    platform,
    inputs: inputs.map(plain),
    outputs: outputs.map(plain),
    properties: model.properties,
  };
}

function plain({ name, datatype, shape }: TensorMetadata): TensorMetadata {
  return { name, datatype, shape };
}

function infer(registry: Registry, request: InferRequest): Promise<InferResponse> {
  return registry.find(request.modelName, request.modelVersion).use(async (model) => {
    const { feeds, answers } = checkRequest(request, model.signature);
    const wanted = [...new Set(answers.map((answer) => answer.output))];
    const results = await model.session.run(feeds, wanted).catch((cause: unknown) => {
      const message = `inference of model '${model.name}' version '${model.version}' failed`;
      throw new ServeError('INFERENCE_FAILED', message, { cause });
    });
    const outputs = answers.map(({ output, name }) => {
      const tensor = results.get(output);
      if (tensor === undefined) throw new ServeError('INTERNAL', `output '${output}' was not computed`);
      return { ...tensor, name };
    });
    const id = request.id === undefined ? {} : { id: request.id };
    return { modelName: model.name, modelVersion: model.version, ...id, outputs };
  });
}
