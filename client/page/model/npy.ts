/** NumPy's `.npy` files (NEP 1, versions 1 to 3) as tensors. */
import { texts } from '../texts.ts';
import { plainInteger, type Scalar } from './datatype.ts';
import type { Flattened } from './tensor-text.ts';

const READERS: Readonly<
  Record<string, readonly [bytes: number, (view: DataView, at: number, little: boolean) => Scalar]>
> = {
  f2: [2, (view, at, little) => half(view.getUint16(at, little))],
  f4: [4, (view, at, little) => finite(view.getFloat32(at, little))],
  f8: [8, (view, at, little) => finite(view.getFloat64(at, little))],
  i1: [1, (view, at) => view.getInt8(at)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  i8: [8, (view, at, little) => plainInteger(view.getBigInt64(at, little))],
  u1: [1, (view, at) => view.getUint8(at)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  u8: [8, (view, at, little) => plainInteger(view.getBigUint64(at, little))],
  b1: [1, (view, at) => view.getUint8(at) !== 0],
};

export function readNpy(bytes: ArrayBuffer): Flattened {
  const view = new DataView(bytes);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.byteLength < 12 || magic.some((byte, at) => view.getUint8(at) !== byte))
    return { problem: texts.npy.magic };
  const wide = view.getUint8(6) > 1;
  const start = wide ? 12 : 10;
  const body = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (body > bytes.byteLength) return { problem: texts.npy.cut };
  const header = new TextDecoder().decode(new Uint8Array(bytes, start, body - start));
  const descr = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header);
  const dims = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === null || dims === undefined) return { problem: texts.npy.header };
  const [, order = '<', type = ''] = descr;
  const reader = READERS[type];
  if (reader === undefined) return { problem: texts.npy.type(type) };
  const shape = dims.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  const count = shape.reduce((product, size) => product * size, 1);
  const [width, read] = reader;
  if (bytes.byteLength - body !== count * width) return { problem: texts.npy.cut };
  const flat = Array.from({ length: count }, (_, index) => read(view, body + index * width, order !== '>'));
  return { shape, data: /'fortran_order':\s*True/.test(header) ? rowMajor(flat, shape) : flat };
}

/** Column-major to row-major. */
function rowMajor(data: readonly Scalar[], shape: readonly number[]): Scalar[] {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  return data.map((_, index) => {
    let rest = index;
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const size = shape[axis] ?? 1;
      from += (rest % size) * (strides[axis] ?? 0);
      rest = Math.floor(rest / size);
    }
    return data[from] ?? null;
  });
}

/** JSON has no NaN: the protocol's servers take null for it. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** IEEE 754 binary16. */
function half(bits: number): number | null {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return null;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
