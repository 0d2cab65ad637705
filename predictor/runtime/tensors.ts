/** Tensors of the protocol ↔ tensors of onnxruntime. Buffers are shared, not copied. */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { type Datatype, holds } from '../protocol/datatype.ts';
import type { NamedTensor, Tensor } from '../protocol/tensor.ts';

/** Names of element types in onnxruntime's JavaScript interface, which has none for BF16: such tensors are FP32 by then. */
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
} as const satisfies Record<Exclude<Datatype, 'BF16'>, OrtTensor.Type>;

const datatypes = new Map<string, Datatype>(Object.entries(ortTypes).map(([name, type]) => [type, name as Datatype]));

keepHalvesAsBits();

/**
 * Where JavaScript has Float16Array (Node 24), onnxruntime's JavaScript would put halves into one, which its native part
 * (1.30.0, Node-API 6) takes for an array without elements. It asks for the class once, at its first tensor: without
 * it, halves stay what they are in Node 20, 16-bit integers with the same bits.
 */
function keepHalvesAsBits(): void {
  const float16Array = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
  if (float16Array === undefined) return;
  Reflect.deleteProperty(globalThis, 'Float16Array');
  try {
    new OrtTensor('float32', Float32Array.of(0), [1]);
  } finally {
    Object.defineProperty(globalThis, 'Float16Array', float16Array);
  }
}

/** The protocol's name for an element type of onnxruntime; undefined for types that the protocol lacks (4-bit). */
export function datatypeOf(type: string): Datatype | undefined {
  return datatypes.get(type);
}

export function toOrt(tensor: NamedTensor): OrtTensor {
  // The pair of type and array is right by the invariant of Tensor; the overloads cannot express the choice.
  return new OrtTensor(ortTypes[tensor.datatype as 'FP32'], tensor.data as Float32Array, tensor.shape);
}

/** Takes the actual shape: some converters declare another one than they return. Throws for types without a datatype. */
export function fromOrt(name: string, tensor: OrtTensor): Tensor {
  const datatype = datatypeOf(tensor.type);
  if (datatype === undefined)
    throw new Error(`output '${name}' has element type ${tensor.type}, which the protocol lacks`);
  const data: unknown = tensor.data;
  if (!holds(datatype, data)) throw new Error(`output '${name}' of type ${tensor.type} came in an unexpected array`);
  return { datatype, shape: [...tensor.dims], data };
}
