/**
 * The fast way from parsed JSON to elements, for data that is as plain as nearly all data is.
 *
 * It says no to anything else (null for NaN, 4.0 as text, integers beyond 2^53, faults) and leaves it to the slow way,
 * which knows every rule and names the place.
 */
import type { Datatype, TensorData } from '../protocol/datatype.ts';

/** Halfway between the largest FP32 and the next power of two: from here on rounding gives an infinity. */
export const beyondFloat32 = 2 ** 128 - 2 ** 103;

const integers: Readonly<Partial<Record<Datatype, readonly [number, number]>>> = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 4_294_967_295],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
};

/** True when arrays are nested exactly as the shape says. */
export function isNested(level: unknown, shape: readonly number[], axis: number): boolean {
  if (!Array.isArray(level) || level.length !== shape[axis]) return false;
  if (axis + 1 === shape.length) return true;
  for (let index = 0; index < level.length; index++) if (!isNested(level[index], shape, axis + 1)) return false;
  return true;
}

/**
 * Writes `values`, nested `levels` deep below, from `at` on. Returns the offset after the last element, or -1 when some
 * element is not plain; what is written by then means nothing.
 */
export function fillPlain(
  storage: TensorData,
  values: readonly unknown[],
  levels: number,
  at: number,
  datatype: Datatype,
): number {
  if (levels === 0) return fillRow(storage, values, at, datatype);
  let next = at;
  for (let index = 0; index < values.length && next !== -1; index++)
    next = fillPlain(storage, values[index] as unknown[], levels - 1, next, datatype);
  return next;
}

function fillRow(storage: TensorData, values: readonly unknown[], at: number, datatype: Datatype): number {
  if (datatype === 'FP32') return fillNumbers(storage as Float32Array, values, at, beyondFloat32);
  if (datatype === 'FP64') return fillNumbers(storage as Float64Array, values, at, Number.POSITIVE_INFINITY);
  if (datatype === 'INT64' || datatype === 'UINT64')
    return fillLong(storage as BigInt64Array, values, at, datatype === 'INT64' ? Number.MIN_SAFE_INTEGER : 0);
  if (datatype === 'BYTES') return fillTexts(storage as string[], values, at);
  const range = integers[datatype];
  return range === undefined ? -1 : fillIntegers(storage as Int32Array, values, at, range[0], range[1]);
}

function fillNumbers(storage: Float32Array | Float64Array, values: readonly unknown[], at: number, beyond: number) {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value !== 'number' || !(value < beyond && value > -beyond)) return -1;
    storage[at + index] = value;
  }
  return at + values.length;
}

function fillIntegers(storage: Int32Array, values: readonly unknown[], at: number, smallest: number, largest: number) {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < smallest || value > largest) return -1;
    storage[at + index] = value;
  }
  return at + values.length;
}

function fillLong(storage: BigInt64Array, values: readonly unknown[], at: number, smallest: number) {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!Number.isSafeInteger(value) || (value as number) < smallest) return -1;
    storage[at + index] = BigInt(value as number);
  }
  return at + values.length;
}

function fillTexts(storage: string[], values: readonly unknown[], at: number) {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value !== 'string') return -1;
    storage[at + index] = value;
  }
  return at + values.length;
}
