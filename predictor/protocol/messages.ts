/** Requests and answers of the Open Inference Protocol V2, free of any transport. */
import type { Datatype } from './datatype.ts';
import type { NamedTensor } from './tensor.ts';

export type ParameterValue = string | number | boolean;
export type Parameters = Readonly<Record<string, ParameterValue>>;

export interface InputTensor extends NamedTensor {
  readonly parameters?: Parameters;
}

export interface RequestedOutput {
  readonly name: string;
  /** Answer the N highest elements of each row as "value:index[:label]" instead of the tensor. */
  readonly classification?: number;
}

export interface InferRequest {
  readonly modelName: string;
  /** Absent: the latest ready version. */
  readonly modelVersion?: string;
  /** Echoed in the answer; absent there when absent here. */
  readonly id?: string;
  readonly parameters?: Parameters;
  readonly inputs: readonly InputTensor[];
  /** Outputs asked for, in the order of the answer; none means all. */
  readonly outputs: readonly RequestedOutput[];
}

export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id?: string;
  readonly parameters?: Parameters;
  /** A classification is a BYTES tensor. */
  readonly outputs: readonly NamedTensor[];
}

export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

export interface TensorMetadata {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 stands for a dimension that the caller chooses. */
  readonly shape: readonly number[];
}

export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /** Facts beyond the protocol, as text: `labels.<output>` and `columns.<input>` hold a JSON array of names. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface ModelReady {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not ready, or which listed version could not replace the one that serves. */
  readonly reason?: string;
}

/** One version of one model in the repository. */
export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: 'READY' | 'LOADING' | 'UNLOADING' | 'UNAVAILABLE';
  /** Why it is not READY; empty otherwise. */
  readonly reason: string;
}

/** How often something was done and how long it took in all. */
export interface Duration {
  readonly count: number;
  readonly ns: number;
}

export interface BatchStatistics {
  readonly batchSize: number;
  readonly computeInput: Duration;
  readonly computeInfer: Duration;
  readonly computeOutput: Duration;
}

/** Triton's statistics of one model version since it was first loaded. */
export interface ModelStatistics {
  readonly name: string;
  readonly version: string;
  /** Milliseconds since 1970 of the last inference; 0 before the first. */
  readonly lastInferenceMs: number;
  /** Rows answered. */
  readonly inferenceCount: number;
  /** Runs of the model. */
  readonly executionCount: number;
  readonly success: Duration;
  readonly fail: Duration;
  readonly queue: Duration;
  readonly computeInput: Duration;
  readonly computeInfer: Duration;
  readonly computeOutput: Duration;
  readonly batches: readonly BatchStatistics[];
}

export interface TensorConfig {
  readonly name: string;
  /** Such as `TYPE_FP32`; text is `TYPE_STRING`. */
  readonly dataType: string;
  readonly dims: readonly number[];
}

/** A model in the words of Triton's configuration. */
export interface ModelConfig {
  readonly name: string;
  readonly platform: string;
  readonly backend: string;
  readonly versionPolicy: { readonly specific: { readonly versions: readonly number[] } } | { readonly all: object };
  /** 0 when `dims` have the batch dimension themselves, as here always. */
  readonly maxBatchSize: number;
  readonly input: readonly TensorConfig[];
  readonly output: readonly TensorConfig[];
  readonly instanceGroup: readonly { readonly name: string; readonly kind: 'KIND_CPU'; readonly count: number }[];
  /** Present when requests are brought together. */
  readonly dynamicBatching?: {
    readonly preferredBatchSize: readonly number[];
    readonly maxQueueDelayMicroseconds: number;
  };
  readonly parameters: Readonly<Record<string, string>>;
}
