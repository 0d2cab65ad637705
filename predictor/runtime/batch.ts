/** Several requests' tensors → one, along the first dimension, and back. */
import { allocate, type TensorData } from '../protocol/datatype.ts';
import type { NamedTensor, Tensor } from '../protocol/tensor.ts';

type Numbers = Exclude<TensorData, string[] | BigInt64Array | BigUint64Array>;

/** All of one name, datatype and shape but for the first dimension. `parts` is not empty. */
export function joinRows(parts: readonly NamedTensor[]): NamedTensor {
  const [first] = parts;
  if (first === undefined) throw new RangeError('no tensors to join');
  let rows = 0;
  let elements = 0;
  for (const { shape, data } of parts) {
    rows += shape[0] ?? 0;
    elements += data.length;
  }
  const { name, datatype } = first;
  const shape = [rows, ...first.shape.slice(1)];
  if (datatype === 'BYTES') return { name, datatype, shape, data: parts.flatMap(({ data }) => data as string[]) };
  const data = allocate(datatype, elements) as Numbers;
  let at = 0;
  for (const part of parts) {
    data.set(part.data as Numbers, at);
    at += part.data.length;
  }
  return { name, datatype, shape, data };
}

/** `rows` rows from `start` on. Numbers are a view of the whole, so that nothing is copied. */
export function rowsOf(tensor: Tensor, start: number, rows: number): Tensor {
  const { datatype, shape, data } = tensor;
  const width = shape[0] ? data.length / shape[0] : 0;
  const [from, to] = [start * width, (start + rows) * width];
  const part = Array.isArray(data) ? data.slice(from, to) : data.subarray(from, to);
  return { datatype, shape: [rows, ...shape.slice(1)], data: part };
}
