/** The classification extension: the highest elements of a tensor as text, instead of the tensor. */
import { narrowFloat } from '../protocol/narrow-float.ts';
import type { Tensor } from '../protocol/tensor.ts';

/**
 * BYTES [N,k], or [k] when `batched` is false: of each of N rows the k highest elements, highest first, as
 * `value:index`, or `value:index:label` where there is a label. k is `count` or the row's length, if that is less.
 * Equal elements stay in order; NaN is lowest.
 */
export function classify(tensor: Tensor, count: number, labels: readonly string[], batched: boolean): Tensor {
  const rows = batched ? (tensor.shape[0] ?? 1) : 1;
  const width = rows === 0 ? 0 : tensor.data.length / rows;
  const kept = Math.min(count, width);
  const data: string[] = [];
  for (let row = 0; row < rows; row++) data.push(...highest(tensor, row * width, width, kept, labels));
  return { datatype: 'BYTES', shape: batched ? [rows, kept] : [kept], data };
}

function highest(tensor: Tensor, start: number, width: number, kept: number, labels: readonly string[]): string[] {
  const values = Array.from({ length: width }, (_, index) => valueAt(tensor, start + index));
  const order = values.map((_, index) => index).sort((a, b) => compare(values[b] ?? 0, values[a] ?? 0) || a - b);
  return order.slice(0, kept).map((index) => {
    const label = labels[index];
    return label === undefined ? `${values[index]}:${index}` : `${values[index]}:${index}:${label}`;
  });
}

function valueAt({ datatype, data }: Tensor, index: number): number | bigint {
  const value = data[index] as number | bigint;
  return narrowFloat(datatype)?.from(Number(value)) ?? value;
}

function compare(a: number | bigint, b: number | bigint): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a < b ? -1 : a > b ? 1 : 0;
}
