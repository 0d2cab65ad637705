/** ModelInferRequest and ModelInferResponse as they lie on the wire: nothing is checked against a model yet. */
import type { Parameters } from '../protocol/messages.ts';

/** Fields of InferTensorContents by number. */
export const contentsField = {
  bools: 1,
  ints: 2,
  longs: 3,
  unsigneds: 4,
  unsignedLongs: 5,
  floats: 6,
  doubles: 7,
  bytes: 8,
} as const;

export type ContentsField = (typeof contentsField)[keyof typeof contentsField];

/** Elements as they came: the packed bytes of each numeric field, and the elements of `bytes_contents`. */
export interface WireContents {
  readonly packed: ReadonlyMap<ContentsField, Buffer>;
  readonly bytes: readonly Buffer[];
}

export interface WireInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly parameters: Parameters;
  /** Absent when the field was not sent, which is something else than an empty one. */
  readonly contents?: WireContents;
}

export interface WireRequestedOutput {
  readonly name: string;
  readonly parameters: Parameters;
}

export interface WireInferRequest {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: Parameters;
  readonly inputs: readonly WireInput[];
  readonly outputs: readonly WireRequestedOutput[];
  /** Views into the request's own bytes. */
  readonly raw: readonly Buffer[];
}

/** A message on its way out: `bytes` is the length of its pieces, which begin with room for its prefix. */
export interface Answer {
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
}

/** How the messages of a procedure are read and written. */
export interface Codec<Request, Given> {
  /** Throws ServeError. */
  read(bytes: Buffer): Request;
  write(given: Given): Answer;
}
