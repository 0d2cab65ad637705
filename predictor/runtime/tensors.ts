/** Tensors of the protocol ↔ tensors of onnxruntime. Buffers are shared, not copied. */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { type Datatype, holds } from '../protocol/datatype.ts';
import type { NamedTensor, Tensor } from '../protocol/tensor.ts';

/** Names of element types in onnxruntime's JavaScript interface. */
const ortTypes = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
} as const satisfies Record<Datatype, OrtTensor.Type>;

const datatypes = new Map<string, Datatype>(Object.entries(ortTypes).map(([name, type]) => [type, name as Datatype]));

/** The protocol's name for an element type of onnxruntime; undefined for types that the protocol lacks (4-bit). */
export function datatypeOf(type: string): Datatype | undefined {
  return datatypes.get(type);
}

export function toOrt(tensor: NamedTensor): OrtTensor {
  // The pair of type and array is right by the invariant of Tensor; the overloads cannot express the choice.
  return new OrtTensor(ortTypes[tensor.datatype] as 'float32', tensor.data as Float32Array, tensor.shape);
}

/** Takes the actual shape: some converters declare another one than they return. Throws for types without a datatype. */
export function fromOrt(name: string, tensor: OrtTensor): Tensor {
  const datatype = datatypeOf(tensor.type);
  if (datatype === undefined)
    throw new Error(`output '${name}' has element type ${tensor.type}, which the protocol lacks`);
  const data: unknown = datatype === 'FP16' ? halfBits(tensor.data as Uint16Array) : tensor.data;
  if (!holds(datatype, data)) throw new Error(`output '${name}' of type ${tensor.type} came in an unexpected array`);
  return { datatype, shape: [...tensor.dims], data };
}

/** Releases of Node that have Float16Array get halves in one; their bits are the same. */
function halfBits(data: Uint16Array): Uint16Array {
  return new Uint16Array(data.buffer, data.byteOffset, data.length);
}
