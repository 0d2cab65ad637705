/** From the data plane's answers to the messages of inference.proto, as proto-loader takes them. */
import type {
  BatchStatistics,
  Duration,
  InferResponse,
  ModelConfig,
  ModelMetadata,
  ModelStatistics,
  TensorConfig,
} from '../protocol/messages.ts';
import { fieldOf } from './typed.ts';
import type { Form } from './wire/infer-response.ts';

/** Which form answers take: that of the request, or always one. */
export const outputForms = ['mirror', 'typed', 'raw'] as const;
export type OutputForm = (typeof outputForms)[number];

/** Floats of 16 bits have no typed form, and a message has one form only. */
export function formOf(response: InferResponse, request: Form, wanted: OutputForm): Form {
  const form = wanted === 'mirror' ? request : wanted;
  return form === 'typed' && response.outputs.some((output) => fieldOf[output.datatype] === undefined) ? 'raw' : form;
}

export function encodeMetadata({ name, versions, platform, inputs, outputs, properties }: ModelMetadata): object {
  return { name, versions, platform, inputs, outputs, properties };
}

export function encodeStatistics(models: readonly ModelStatistics[]): object {
  return { model_stats: models.map(encodeModelStatistics) };
}

function encodeModelStatistics(model: ModelStatistics): object {
  return {
    name: model.name,
    version: model.version,
    last_inference: whole(model.lastInferenceMs),
    inference_count: model.inferenceCount,
    execution_count: model.executionCount,
    inference_stats: {
      success: duration(model.success),
      fail: duration(model.fail),
      queue: duration(model.queue),
      compute_input: duration(model.computeInput),
      compute_infer: duration(model.computeInfer),
      compute_output: duration(model.computeOutput),
    },
    batch_stats: model.batches.map(encodeBatch),
  };
}

function encodeBatch(batch: BatchStatistics): object {
  return {
    batch_size: batch.batchSize,
    compute_input: duration(batch.computeInput),
    compute_infer: duration(batch.computeInfer),
    compute_output: duration(batch.computeOutput),
  };
}

function duration({ count, ns }: Duration): object {
  return { count: whole(count), ns: whole(ns) };
}

/** Integer fields cut fractions off without a word; here they are rounded. */
function whole(value: number): number {
  return Math.round(value);
}

export function encodeConfig(config: ModelConfig): object {
  const { dynamicBatching } = config;
  return {
    config: {
      name: config.name,
      platform: config.platform,
      backend: config.backend,
      version_policy: config.versionPolicy,
      max_batch_size: config.maxBatchSize,
      input: config.input.map(encodeTensorConfig),
      output: config.output.map(encodeTensorConfig),
      instance_group: config.instanceGroup,
      ...(dynamicBatching === undefined
        ? {}
        : {
            dynamic_batching: {
              preferred_batch_size: dynamicBatching.preferredBatchSize,
              max_queue_delay_microseconds: dynamicBatching.maxQueueDelayMicroseconds,
            },
          }),
      parameters: Object.fromEntries(
        Object.entries(config.parameters).map(([name, value]) => [name, { string_value: value }]),
      ),
    },
  };
}

function encodeTensorConfig({ name, dataType, dims }: TensorConfig): object {
  return { name, data_type: dataType, dims };
}
