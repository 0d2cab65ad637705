import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { beyondBfloat16, fromBfloat16, narrowed, toBfloat16, widened } from './bfloat16.ts';

const every = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
const largest = 0x7f7f;
const infinity = 0x7f80;

/** What the bits stand for, from the fields of the format: sign, exponent of 8 bits, 7 bits of mantissa. */
function meaning(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 7) & 0xff;
  const mantissa = bits & 0x7f;
  if (exponent === 0xff) return mantissa === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -133 : sign * (1 + mantissa / 128) * 2 ** (exponent - 127);
}

/** The nearest BF16 found by search: the last one that is not beyond the value, or the one after it. */
function nearest(size: number): number {
  let [low, high] = [0, largest];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (meaning(middle) <= size) low = middle;
    else high = middle - 1;
  }
  const next = low === largest ? 2 ** 128 : meaning(low + 1);
  const [below, above] = [size - meaning(low), next - size];
  return below < above || (below === above && low % 2 === 0) ? low : low + 1;
}

test('every pattern stands for what its fields say', () => {
  const values = widened(every);
  for (const bits of every) {
    assert.ok(Object.is(fromBfloat16(bits), meaning(bits)), bits.toString(16));
    assert.ok(Object.is(values[bits], meaning(bits)), bits.toString(16));
  }
});

test('every pattern comes back bit by bit, those of NaN as some NaN where numbers stand between', () => {
  assert.deepEqual(narrowed(widened(every)), every);
  for (const bits of every) {
    const value = fromBfloat16(bits);
    const back = toBfloat16(value);
    if (Number.isNaN(value)) assert.ok(Number.isNaN(fromBfloat16(back)));
    else assert.equal(back, bits);
  }
});

test('NaN stays NaN, also one that has no bits in the upper half', () => {
  const words = Uint32Array.of(0x7f800001, 0xff80ffff, 0x7fffffff, 0xffffffff, 0x7f810000);
  assert.deepEqual(narrowed(new Float32Array(words.buffer)), Uint16Array.of(0x7fc0, 0xffc0, 0x7fff, 0xffff, 0x7f81));
});

const wide = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e39, max: 1e39 });
const size32 = fc.float({ noNaN: true, noDefaultInfinity: true });

test('FP32 goes to the nearest BF16', () => {
  fc.assert(
    fc.property(size32, (value) => {
      const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
      assert.deepEqual(narrowed(Float32Array.of(value)), Uint16Array.of(sign | nearest(Math.abs(value))));
    }),
    { numRuns: 3000 },
  );
});

test('FP64 goes to the nearest BF16 in one step, not by way of the nearest FP32', () => {
  fc.assert(
    fc.property(fc.oneof(wide, size32), (value) => {
      const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
      assert.equal(toBfloat16(value), sign | nearest(Math.abs(value)));
    }),
    { numRuns: 3000 },
  );
  for (let bits = 0; bits < largest; bits++) {
    const [low, high] = [meaning(bits), meaning(bits + 1)];
    const middle = (low + high) / 2;
    assert.equal(toBfloat16(middle), bits % 2 === 0 ? bits : bits + 1);
    // These are nearer to the tie than any FP32.
    assert.equal(toBfloat16(middle * (1 - 2 ** -50)), bits);
    assert.equal(toBfloat16(-middle * (1 + 2 ** -50)), 0x8000 | (bits + 1));
  }
});

test('what is too large becomes an infinity, from half a step beyond the largest', () => {
  assert.equal(toBfloat16(beyondBfloat16), infinity);
  assert.equal(toBfloat16(beyondBfloat16 * (1 - 2 ** -53)), largest);
  assert.equal(toBfloat16(-1e300), 0x8000 | infinity);
  assert.deepEqual(narrowed(Float32Array.of(3.4e38, -Infinity)), Uint16Array.of(infinity, 0x8000 | infinity));
});
