/** A loaded model in the words of Triton's model configuration. */
import type { ModelConfig, TensorConfig } from '../protocol/messages.ts';
import type { TensorSpec } from '../protocol/signature.ts';
import type { LoadedModel } from './load.ts';

/** Name that Triton's clients know for ONNX models on onnxruntime. */
export const platform = 'onnxruntime_onnx';

/** `versions` are those that are ready under the model's name. */
export function configOf(model: LoadedModel, versions: readonly string[]): ModelConfig {
  const { inputs, outputs } = model.signature;
  const numbers = versions.filter((version) => /^\d+$/.test(version)).map(Number);
  return {
    name: model.name,
    platform,
    backend: 'onnxruntime',
    versionPolicy: numbers.length === versions.length ? { specific: { versions: numbers } } : { all: {} },
    maxBatchSize: 0,
    input: inputs.map(tensorConfig),
    output: outputs.map(tensorConfig),
    instanceGroup: [{ name: model.name, kind: 'KIND_CPU', count: model.lanes.count }],
    ...(!model.scheduler.batches()
      ? {}
      : { dynamicBatching: { preferredBatchSize: [], maxQueueDelayMicroseconds: 0 } }),
    parameters: model.properties,
  };
}

function tensorConfig({ name, datatype, shape }: TensorSpec): TensorConfig {
  return { name, dataType: datatype === 'BYTES' ? 'TYPE_STRING' : `TYPE_${datatype}`, dims: shape };
}
