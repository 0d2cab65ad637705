/** InferTensorContents ↔ elements. Integers keep every digit; floats of 16 bits have no field and go as raw bytes only. */
import { allocate, type Datatype, type TensorData } from '../protocol/datatype.ts';
import type { NarrowFloat } from '../protocol/narrow-float.ts';
import { type ContentsField, contentsField, type WireContents } from './messages.ts';
import { type Cursor, cursorOver, readHalves } from './wire/read.ts';

/** Which field carries a datatype. */
export const fieldOf = {
  BOOL: contentsField.bools,
  UINT8: contentsField.unsigneds,
  UINT16: contentsField.unsigneds,
  UINT32: contentsField.unsigneds,
  UINT64: contentsField.unsignedLongs,
  INT8: contentsField.ints,
  INT16: contentsField.ints,
  INT32: contentsField.ints,
  INT64: contentsField.longs,
  FP16: undefined,
  BF16: undefined,
  FP32: contentsField.floats,
  FP64: contentsField.doubles,
  BYTES: contentsField.bytes,
} as const satisfies Record<Datatype, ContentsField | undefined>;

export const fieldNames: Readonly<Record<ContentsField, string>> = {
  1: 'bool_contents',
  2: 'int_contents',
  3: 'int64_contents',
  4: 'uint_contents',
  5: 'uint64_contents',
  6: 'fp32_contents',
  7: 'fp64_contents',
  8: 'bytes_contents',
};

/** Another field than `field` that has elements; undefined when there is none. */
export function strangerBeside(contents: WireContents, field: ContentsField): ContentsField | undefined {
  for (const filled of contents.packed.keys()) if (filled !== field) return filled;
  return contents.bytes.length > 0 && field !== contentsField.bytes ? contentsField.bytes : undefined;
}

/** Number of elements in a field; undefined when its bytes are no whole number of them. */
export function countElementsOf(contents: WireContents, field: ContentsField): number | undefined {
  if (field === contentsField.bytes) return contents.bytes.length;
  const packed = contents.packed.get(field);
  if (packed === undefined) return 0;
  if (field !== contentsField.floats && field !== contentsField.doubles) return countVarints(packed);
  const size = field === contentsField.floats ? 4 : 8;
  return packed.length % size === 0 ? packed.length / size : undefined;
}

/** Each varint ends with the one byte that has its high bit clear; undefined when the last one does not end. */
function countVarints(packed: Buffer): number | undefined {
  let count = 0;
  for (const byte of packed) if (byte < 0x80) count += 1;
  return (packed.at(-1) ?? 0) < 0x80 ? count : undefined;
}

/**
 * Elements of a numeric datatype from its packed field, which must hold `count`. The position of an element that is out
 * of the datatype's range comes back instead of the elements. Throws WireError.
 */
export function unpack(
  datatype: Exclude<Datatype, 'BYTES' | NarrowFloat>,
  packed: Buffer,
  count: number,
): TensorData | number {
  if (datatype === 'FP32' || datatype === 'FP64') return copyFixed(datatype, packed, count);
  const cursor = cursorOver(packed);
  if (datatype === 'INT64' || datatype === 'UINT64') return unpackLongs(datatype, cursor, count);
  const elements = allocate(datatype, count) as Int32Array;
  const signed = datatype.startsWith('INT');
  for (let index = 0; index < count; index++) {
    const { low, high } = readHalves(cursor);
    const value = datatype === 'BOOL' ? Number(low !== 0 || high !== 0) : signed ? low | 0 : low;
    elements[index] = value;
    if (elements[index] !== value) return index;
  }
  return elements;
}

function copyFixed(datatype: Datatype, packed: Buffer, count: number): TensorData {
  const elements = allocate(datatype, count) as Float32Array;
  new Uint8Array(elements.buffer).set(packed);
  return elements;
}

/** 64-bit elements lie in memory as their two halves, low first. */
function unpackLongs(datatype: 'INT64' | 'UINT64', cursor: Cursor, count: number): TensorData {
  const elements = allocate(datatype, count) as BigInt64Array;
  const halves = new Uint32Array(elements.buffer);
  for (let index = 0; index < count; index++) {
    const { low, high } = readHalves(cursor);
    halves[2 * index] = low;
    halves[2 * index + 1] = high;
  }
  return elements;
}
