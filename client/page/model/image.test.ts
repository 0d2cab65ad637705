import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ImageLayout, imageLayout, inverted, pixelsOf, shrink } from './image.ts';

const digits: ImageLayout = { width: 8, height: 8, channels: 1, order: 'hwc', most: 16 };

test('rows that are pictures, and rows that are not', () => {
  const size = (row: number[]) => {
    const layout = imageLayout(row, 'FP32', 1, undefined);
    return layout && [layout.width, layout.height, layout.channels, layout.order];
  };
  assert.deepEqual(size([64]), [8, 8, 1, 'hwc']);
  assert.deepEqual(size([28, 20]), [20, 28, 1, 'hwc']);
  assert.deepEqual(size([3, 10, 20]), [20, 10, 3, 'chw']);
  assert.deepEqual(size([10, 20, 1]), [20, 10, 1, 'hwc']);
  assert.equal(size([63]), undefined);
  assert.equal(size([10, 20, 4]), undefined);
  assert.equal(imageLayout([64], 'UINT8', undefined, undefined)?.most, 255);
});

test('a drawing fills the square, wherever and however small it was drawn', () => {
  const draw = (left: number, top: number, height: number) => {
    const ink = new Float32Array(192 * 192);
    for (let y = 0; y < height; y += 1) for (let x = 0; x < height / 4; x += 1) ink[(top + y) * 192 + left + x] = 1;
    return shrink({ side: 192, ink }, digits);
  };
  const one = draw(20, 10, 160);
  for (const [index, value] of draw(100, 60, 80).entries()) assert.ok(Math.abs(value - (one[index] ?? 0)) <= 1);
  const rows = Array.from({ length: 8 }, (_, y) => one.slice(y * 8, y * 8 + 8));
  // A bar: ink in the middle columns of every row, none at the sides.
  for (const row of rows) {
    assert.ok((row[3] ?? 0) >= 13 && (row[4] ?? 0) >= 13, String(row));
    assert.deepEqual([row[0], row[7]], [0, 0]);
  }
});

test('an empty drawing is empty', () => {
  assert.deepEqual(shrink({ side: 192, ink: new Float32Array(192 * 192) }, digits), new Array(64).fill(0));
});

test('colours in the order of the tensor', () => {
  const rgba = Uint8ClampedArray.of(255, 0, 0, 255, 0, 255, 0, 255);
  const base = { width: 2, height: 1, channels: 3, most: 1 } as const;
  assert.deepEqual(pixelsOf(rgba, { ...base, order: 'hwc' }), [1, 0, 0, 0, 1, 0]);
  assert.deepEqual(pixelsOf(rgba, { ...base, order: 'chw' }), [1, 0, 0, 1, 0, 0]);
  assert.deepEqual(inverted([0, 16, 4], digits), [16, 0, 12]);
});
