/**
 * Brain floating point, as bits in a 16-bit integer: the upper half of an FP32, so that widening is exact.
 *
 * Narrowing rounds to nearest, ties to even. What was BF16 before comes back bit by bit.
 */

/** Halfway between the largest finite BF16 and the next power of two: from here on rounding gives an infinity. */
export const beyondBfloat16 = 2 ** 128 - 2 ** 119;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Bits of the BF16 nearest to `value`. Values that round beyond the largest finite one become an infinity. */
export function toBfloat16(value: number): number {
  float[0] = value;
  const rounded = float[0] as number;
  let word = bits[0] as number;
  // Rounding twice could end on the wrong side of a tie. The FP32 next to zero, with its last bit set for what is cut off
  // (round to odd), lies on the same side of every tie as the value itself.
  if (rounded !== value && !Number.isNaN(value)) {
    if (Math.abs(rounded) > Math.abs(value)) word -= 1;
    word |= 1;
  }
  return upperHalf(word >>> 0);
}

/** The number that these bits stand for. */
export function fromBfloat16(half: number): number {
  bits[0] = half << 16;
  return float[0] as number;
}

/** FP32 of the same values. */
export function widened(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) words[index] = (halves[index] as number) << 16;
  return new Float32Array(words.buffer);
}

/** The nearest BF16 of these values. */
export function narrowed(values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(words.length);
  for (let index = 0; index < words.length; index++) halves[index] = upperHalf(words[index] as number);
  return halves;
}

const infinity = 0x7f80_0000;
const quiet = 0x40;

/** Upper half of an FP32's bits, rounded. A NaN keeps its upper bits, unless these alone would be an infinity. */
function upperHalf(word: number): number {
  const upper = word >>> 16;
  if ((word & 0x7fff_ffff) > infinity) return (upper & 0x7f) === 0 ? upper | quiet : upper;
  return (word + 0x7fff + (upper & 1)) >>> 16;
}
