/** Floats of 16 bits: their elements are bits, and whoever computes with them needs numbers. */
import { fromBfloat16, toBfloat16 } from './bfloat16.ts';
import type { Datatype } from './datatype.ts';
import { fromFloat16, toFloat16 } from './float16.ts';

export type NarrowFloat = 'FP16' | 'BF16';

export interface NarrowRule {
  /** The number that these bits stand for. */
  readonly from: (bits: number) => number;
  /** Bits of the nearest element. */
  readonly to: (value: number) => number;
}

const rules: Readonly<Record<NarrowFloat, NarrowRule>> = {
  FP16: { from: fromFloat16, to: toFloat16 },
  BF16: { from: fromBfloat16, to: toBfloat16 },
};

/** Undefined for every other datatype. */
export function narrowFloat(datatype: Datatype): NarrowRule | undefined {
  return datatype === 'FP16' || datatype === 'BF16' ? rules[datatype] : undefined;
}
