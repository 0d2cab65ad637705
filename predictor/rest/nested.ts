/** Nested JSON arrays ↔ tensors whose shape nobody wrote down: the V1 protocol and MLflow's forms. */

import { limits } from '../operate/limits.ts';
import type { Datatype } from '../protocol/datatype.ts';
import { ServeError } from '../protocol/error.ts';
import type { TensorMetadata } from '../protocol/messages.ts';
import { pointer } from '../protocol/pointer.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import { decodeData } from './decode-data.ts';
import { encodeData } from './encode.ts';
import { isObject, member, type Step } from './fields.ts';

/**
 * The first elements decide the shape. A last dimension of 1 that the model has may be left out. Throws ServeError
 * INPUT_SHAPE or INPUT_DATA.
 */
export function nestedTensor(value: unknown, spec: TensorMetadata, at: readonly Step[]): NamedTensor {
  const { name, datatype } = spec;
  const texts = datatype === 'BYTES' ? withoutBase64(value) : value;
  const found = shapeOf(texts);
  if (found.length > limits.tensorRank) {
    const message = `input '${name}' has ${found.length} dimensions, at most ${limits.tensorRank} are accepted`;
    throw new ServeError('INPUT_SHAPE', message, { pointer: pointer(...at) });
  }
  const data = decodeData(found.length === 0 ? [texts] : (texts as unknown[]), {
    name,
    datatype,
    shape: found,
    form: 'text',
    index: 0,
    at,
  });
  const last = spec.shape.at(-1);
  const short = found.length === spec.shape.length - 1 && (last === 1 || last === -1);
  return { name, datatype, shape: short ? [...found, 1] : found, data };
}

function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}

/** `{"b64": …}` is how TensorFlow Serving's REST interface writes bytes. What is no base64 is left to be refused. */
function withoutBase64(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBase64);
  const encoded = isObject(value) ? member(value, 'b64') : undefined;
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : value;
}

/** JSON of each row, nested as the tensor's shape says; a tensor without a first dimension is one row. */
export function encodeRows(tensor: NamedTensor): string[] {
  const [rows = 1, ...shape] = tensor.shape;
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return Array.from({ length: rows }, (_, row) => {
    const slice = (tensor.data as Float32Array).slice(row * size, (row + 1) * size);
    return nest(tensor.datatype, slice, shape);
  });
}

function nest(datatype: Datatype, data: NamedTensor['data'], shape: readonly number[]): string {
  if (shape.length === 0) return encodeData({ datatype, data });
  if (shape.length === 1) return `[${encodeData({ datatype, data })}]`;
  const [count = 0, ...inner] = shape;
  const size = inner.reduce((product, dimension) => product * dimension, 1);
  const parts = Array.from({ length: count }, (_, index) =>
    nest(datatype, (data as Float32Array).slice(index * size, (index + 1) * size), inner),
  );
  return `[${parts.join(',')}]`;
}
