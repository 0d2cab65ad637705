/** What a model accepts and gives, and every name under which a client may speak of it. */
import type { TensorMetadata } from './messages.ts';

export interface TensorSpec extends TensorMetadata {
  /** True when the graph does not fix the number of dimensions; `shape` is then `[-1]` and is not held. */
  readonly anyRank: boolean;
}

export interface NamedSpec {
  readonly spec: TensorSpec;
  /** True for `input-<i>` and `output-<i>` where these are not the graph's own names. */
  readonly positional: boolean;
}

/** One matrix input [-1,C] that may also be sent as C inputs, one per column. */
export interface Columns {
  readonly spec: TensorSpec;
  /** In the order of the matrix's columns. */
  readonly names: readonly string[];
}

export interface Signature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Own names and aliases → input. */
  readonly inputNames: ReadonlyMap<string, NamedSpec>;
  /** Own names and aliases → output. */
  readonly outputNames: ReadonlyMap<string, NamedSpec>;
  readonly columns?: Columns;
  /** True for a graph that fails, or brings its process down, when an input has no elements. */
  readonly refusesEmpty?: boolean;
}
