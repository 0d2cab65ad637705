/** From answers to JSON text. Members without a value are left out: the protocol's schema has no null. */

import { fromFloat16 } from '../protocol/float16.ts';
import type { InferResponse } from '../protocol/messages.ts';
import type { NamedTensor } from '../protocol/tensor.ts';

/** Data is flat, in row-major order. */
export function encodeInfer(response: InferResponse): string {
  const head = JSON.stringify({
    model_name: response.modelName,
    model_version: response.modelVersion,
    ...(response.id === undefined ? {} : { id: response.id }),
  });
  return `${head.slice(0, -1)},"outputs":[${response.outputs.map(encodeTensor).join(',')}]}`;
}

function encodeTensor(tensor: NamedTensor): string {
  const { name, shape, datatype } = tensor;
  const head = JSON.stringify({ name, shape, datatype });
  return `${head.slice(0, -1)},"data":[${encodeData(tensor)}]}`;
}

/** 64-bit integers with all their digits; FP32 and FP16 as the double of the same value; NaN and infinities as null. */
function encodeData({ datatype, data }: NamedTensor): string {
  if (Array.isArray(data)) return data.map((text) => JSON.stringify(text)).join(',');
  if (datatype === 'BOOL') return Array.from(data as Uint8Array, (bit) => (bit === 0 ? 'false' : 'true')).join(',');
  if (datatype === 'FP16') return Array.from(data as Uint16Array, (bits) => number(fromFloat16(bits))).join(',');
  if (data instanceof Float32Array || data instanceof Float64Array) return floats(data);
  return data.join(',');
}

function floats(data: Float32Array | Float64Array): string {
  return data.every(Number.isFinite) && !data.includes(-0) ? data.join(',') : Array.from(data, number).join(',');
}

function number(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  return Object.is(value, -0) ? '-0' : String(value);
}
