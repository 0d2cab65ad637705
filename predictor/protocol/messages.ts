/** Requests and answers of the Open Inference Protocol V2, free of any transport. */
import type { Datatype } from './datatype.ts';
import type { NamedTensor } from './tensor.ts';

export type ParameterValue = string | number | boolean;
export type Parameters = Readonly<Record<string, ParameterValue>>;

export interface InferRequest {
  readonly modelName: string;
  /** Absent: the latest ready version. */
  readonly modelVersion?: string;
  /** Echoed in the answer; absent there when absent here. */
  readonly id?: string;
  readonly inputs: readonly NamedTensor[];
  /** Outputs asked for, in the order of the answer; none means all. */
  readonly outputs: readonly string[];
}

export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id?: string;
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
