/** Element types of ONNX tensors in the words of the Open Inference Protocol, and how many bytes they take. */
import type { Tensor } from '../../schemas/types/models.d.ts';

export type Datatype = Tensor['datatype'];

interface Element {
  readonly name: string;
  readonly bits: number;
  /** Absent where the protocol has no such type. */
  readonly datatype?: Datatype;
}

/** By number of `TensorProto.DataType` in onnx.proto. Text has no fixed width. */
const ELEMENTS: Readonly<Record<number, Element>> = {
  1: { name: 'FLOAT', bits: 32, datatype: 'FP32' },
  2: { name: 'UINT8', bits: 8, datatype: 'UINT8' },
  3: { name: 'INT8', bits: 8, datatype: 'INT8' },
  4: { name: 'UINT16', bits: 16, datatype: 'UINT16' },
  5: { name: 'INT16', bits: 16, datatype: 'INT16' },
  6: { name: 'INT32', bits: 32, datatype: 'INT32' },
  7: { name: 'INT64', bits: 64, datatype: 'INT64' },
  8: { name: 'STRING', bits: 0, datatype: 'BYTES' },
  9: { name: 'BOOL', bits: 8, datatype: 'BOOL' },
  10: { name: 'FLOAT16', bits: 16, datatype: 'FP16' },
  11: { name: 'DOUBLE', bits: 64, datatype: 'FP64' },
  12: { name: 'UINT32', bits: 32, datatype: 'UINT32' },
  13: { name: 'UINT64', bits: 64, datatype: 'UINT64' },
  14: { name: 'COMPLEX64', bits: 64 },
  15: { name: 'COMPLEX128', bits: 128 },
  16: { name: 'BFLOAT16', bits: 16, datatype: 'BF16' },
  17: { name: 'FLOAT8E4M3FN', bits: 8 },
  18: { name: 'FLOAT8E4M3FNUZ', bits: 8 },
  19: { name: 'FLOAT8E5M2', bits: 8 },
  20: { name: 'FLOAT8E5M2FNUZ', bits: 8 },
  21: { name: 'UINT4', bits: 4 },
  22: { name: 'INT4', bits: 4 },
  23: { name: 'FLOAT4E2M1', bits: 4 },
};

/** Unknown numbers keep their number as a name and count as one byte. */
export function elementOf(number: number): Element {
  return ELEMENTS[number] ?? { name: `element type ${number}`, bits: 8 };
}
