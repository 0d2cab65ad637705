/** Pictures as tensors. A canvas gives RGBA, 8 bits each; models want their own size, order and range. */
import type { Datatype } from './datatype.ts';

export interface ImageLayout {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Where the channels stand. */
  readonly order: 'hwc' | 'chw';
  /** Value of full ink or full light; 0 is none. */
  readonly most: number;
}

/** How a row of this shape is a picture; undefined where it is none. */
export function imageLayout(
  row: readonly number[],
  datatype: Datatype,
  maximum: number | undefined,
  example: readonly number[] | undefined,
): ImageLayout | undefined {
  const size = sizeOf(row);
  if (size === undefined || datatype === 'BYTES' || datatype === 'BOOL') return undefined;
  return { ...size, most: maximum ?? mostOf(datatype, example) };
}

function sizeOf(row: readonly number[]): Omit<ImageLayout, 'most'> | undefined {
  const [first = 0, second = 0, third = 0] = row;
  if (row.length === 1) {
    const side = Math.sqrt(first);
    return Number.isInteger(side) && side >= 4 ? { width: side, height: side, channels: 1, order: 'hwc' } : undefined;
  }
  if (row.length === 2) return { width: second, height: first, channels: 1, order: 'hwc' };
  if (row.length !== 3) return undefined;
  if (first === 1 || first === 3) return { width: third, height: second, channels: first, order: 'chw' };
  if (third === 1 || third === 3) return { width: second, height: first, channels: third, order: 'hwc' };
  return undefined;
}

function mostOf(datatype: Datatype, example: readonly number[] | undefined): number {
  const largest = Math.max(0, ...(example ?? []));
  if (largest > 0) return largest;
  return datatype.includes('INT') ? 255 : 1;
}

/** A drawing of ink, `side` pixels square, 0 to 1 each. */
export interface Ink {
  readonly side: number;
  readonly ink: Float32Array;
}

/**
 * Shrinks a drawing as the digits' training data was made (Kaynak, NIST preprocessing): the drawing's box, centred and
 * scaled to fill the square, then the share of inked pixels in each block.
 */
export function shrink(drawing: Ink, layout: ImageLayout): number[] {
  const box = boxOf(drawing);
  const count = layout.width * layout.height;
  if (box === undefined) return new Array<number>(count).fill(0);
  const span = Math.max(box.right - box.left, box.bottom - box.top) * 1.02;
  const left = (box.left + box.right - span) / 2;
  const top = (box.top + box.bottom - span) / 2;
  return Array.from({ length: count }, (_, index) => {
    const x = index % layout.width;
    const y = Math.floor(index / layout.width);
    const share = meanOf(
      drawing,
      left + (x * span) / layout.width,
      top + (y * span) / layout.height,
      span / layout.width,
      span / layout.height,
    );
    return rounded(share * layout.most, layout.most);
  });
}

function boxOf({ side, ink }: Ink): { left: number; right: number; top: number; bottom: number } | undefined {
  const box = { left: side, right: 0, top: side, bottom: 0 };
  for (const [index, value] of ink.entries()) {
    if (value < 0.5) continue;
    const x = index % side;
    const y = Math.floor(index / side);
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  return box.right > box.left ? box : undefined;
}

function meanOf({ side, ink }: Ink, left: number, top: number, width: number, height: number): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(top); y < Math.max(top + height, Math.floor(top) + 1); y += 1) {
    for (let x = Math.floor(left); x < Math.max(left + width, Math.floor(left) + 1); x += 1) {
      count += 1;
      if (x >= 0 && y >= 0 && x < side && y < side) sum += ink[y * side + x] ?? 0;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** RGBA of the layout's size, as a canvas gives it, in the tensor's order. */
export function pixelsOf(rgba: Uint8ClampedArray, layout: ImageLayout): number[] {
  const count = layout.width * layout.height;
  const at = (pixel: number, channel: number): number => {
    const [r = 0, g = 0, b = 0] = rgba.subarray(pixel * 4, pixel * 4 + 3);
    const light = layout.channels === 1 ? 0.299 * r + 0.587 * g + 0.114 * b : ([r, g, b][channel] ?? 0);
    return rounded((light / 255) * layout.most, layout.most);
  };
  return Array.from({ length: count * layout.channels }, (_, index) =>
    layout.order === 'chw'
      ? at(index % count, Math.floor(index / count))
      : at(Math.floor(index / layout.channels), index % layout.channels),
  );
}

/** Dark on light, as a scan is, where the training data is ink on nothing. */
export function inverted(pixels: readonly number[], { most }: ImageLayout): number[] {
  return pixels.map((value) => rounded(most - value, most));
}

function rounded(value: number, most: number): number {
  return most > 1 ? Math.round(value) : Math.round(value * 1000) / 1000;
}
