/**
 * Large requests in the binary form of the protocol (Open Inference Protocol, binary tensor data extension): a JSON header
 * and behind it the tensors, little-endian and row-major, in the order of the header.
 */
import type { Scalar } from './datatype.ts';
import { type Json, printExact } from './exact.ts';
import type { InferInput, InferRequest } from './request.ts';

/** Fewer elements than this (of all tensors together) go as JSON, which people can read. */
export const BINARY_FROM = 10_000;

export interface BinaryBody {
  /** The JSON header as text; its length in bytes goes into `Inference-Header-Content-Length`. */
  readonly head: string;
  readonly headBytes: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Write = (view: DataView, at: number, value: Scalar) => void;

/** Bytes and writer of each datatype; halves and texts go as JSON. */
const writers: Readonly<Record<string, readonly [size: number, write: Write]>> = {
  BOOL: [1, (view, at, value) => view.setUint8(at, value === true ? 1 : 0)],
  UINT8: [1, (view, at, value) => view.setUint8(at, Number(value))],
  UINT16: [2, (view, at, value) => view.setUint16(at, Number(value), true)],
  UINT32: [4, (view, at, value) => view.setUint32(at, Number(value), true)],
  UINT64: [8, (view, at, value) => view.setBigUint64(at, BigInt(value ?? 0), true)],
  INT8: [1, (view, at, value) => view.setInt8(at, Number(value))],
  INT16: [2, (view, at, value) => view.setInt16(at, Number(value), true)],
  INT32: [4, (view, at, value) => view.setInt32(at, Number(value), true)],
  INT64: [8, (view, at, value) => view.setBigInt64(at, BigInt(value ?? 0), true)],
  FP32: [4, (view, at, value) => view.setFloat32(at, Number(value), true)],
  FP64: [8, (view, at, value) => view.setFloat64(at, Number(value), true)],
};

/** Undefined for what is small, or has elements that only JSON can carry. */
export function binaryBody({ inputs }: InferRequest, from = BINARY_FROM): BinaryBody | undefined {
  const elements = inputs.reduce((sum, { data }) => sum + data.length, 0);
  if (elements < from || inputs.some((one) => writers[one.datatype] === undefined || one.data.includes(null)))
    return undefined;
  const sizes = inputs.map(({ datatype, data }) => (writers[datatype]?.[0] ?? 0) * data.length);
  const head = printExact({ inputs: inputs.map(headOf(sizes)) } as unknown as Json);
  const headBytes = new TextEncoder().encode(head);
  const bytes = new Uint8Array(headBytes.length + sizes.reduce((sum, size) => sum + size, 0));
  bytes.set(headBytes);
  const view = new DataView(bytes.buffer);
  let at = headBytes.length;
  for (const { datatype, data } of inputs) {
    const [size, write] = writers[datatype] ?? [0, () => {}];
    for (const value of data) {
      write(view, at, value);
      at += size;
    }
  }
  return { head, headBytes: headBytes.length, bytes };
}

const headOf =
  (sizes: readonly number[]) =>
  ({ name, shape, datatype }: InferInput, index: number): unknown => ({
    name,
    shape,
    datatype,
    parameters: { binary_data_size: sizes[index] },
  });
