/**
 * The tensor datatypes of the Open Inference Protocol V2 that this predictor serves, and how each lies in memory.
 *
 * FP16 and BF16 have no array of their own on every Node release that we support, so their elements are the raw 16 bits.
 * BYTES elements are text: ONNX has no other variable-length element.
 */

const table = {
  BOOL: { bytes: 1, array: Uint8Array },
  UINT8: { bytes: 1, array: Uint8Array },
  UINT16: { bytes: 2, array: Uint16Array },
  UINT32: { bytes: 4, array: Uint32Array },
  UINT64: { bytes: 8, array: BigUint64Array },
  INT8: { bytes: 1, array: Int8Array },
  INT16: { bytes: 2, array: Int16Array },
  INT32: { bytes: 4, array: Int32Array },
  INT64: { bytes: 8, array: BigInt64Array },
  FP16: { bytes: 2, array: Uint16Array },
  BF16: { bytes: 2, array: Uint16Array },
  FP32: { bytes: 4, array: Float32Array },
  FP64: { bytes: 8, array: Float64Array },
  BYTES: { bytes: undefined, array: Array<string> },
} as const;

export type Datatype = keyof typeof table;

/** Elements of a tensor in row-major order. */
export type TensorData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | string[];

export const datatypes = Object.keys(table) as readonly Datatype[];

/** True when `text` is the name of a served datatype; names are upper case, as the protocol writes them. */
export function isDatatype(text: unknown): text is Datatype {
  return typeof text === 'string' && Object.hasOwn(table, text);
}

/** Bytes of one element; undefined for BYTES, whose elements differ in length. */
export function elementBytes(datatype: Datatype): number | undefined {
  return table[datatype].bytes;
}

/** Zeroed storage for `count` elements; empty strings for BYTES. */
export function allocate(datatype: Datatype, count: number): TensorData {
  if (datatype === 'BYTES') return new Array<string>(count).fill('');
  return new table[datatype].array(count);
}

/** True when `data` is the kind of array in which elements of `datatype` are kept. */
export function holds(datatype: Datatype, data: unknown): data is TensorData {
  return data instanceof table[datatype].array;
}
