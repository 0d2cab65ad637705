/** Single elements of tensor data in JSON: which values each datatype accepts, and what a refusal asks for. */
import { beyondBfloat16, toBfloat16 } from './bfloat16.ts';
import type { Datatype } from './datatype.ts';
import { maxFloat16, toFloat16 } from './float16.ts';

/** The element as it is stored, or undefined when the value is not one. */
export type Reader = (value: unknown) => number | bigint | string | undefined;

export interface ElementRule {
  readonly read: Reader;
  /** Completes "expected …". */
  readonly wanted: string;
}

/** How the text of BYTES elements is written: as it is, as the base64 of its UTF-8, or as a moment in ISO 8601. */
export type TextForm = 'text' | 'base64' | 'datetime';

export function elementRule(datatype: Datatype, form: TextForm): ElementRule {
  if (datatype !== 'BYTES' || form === 'text') return rules[datatype];
  return form === 'base64' ? encodedText : moment;
}

const smallest64 = -(2n ** 63n);
const largest64 = 2n ** 63n - 1n;
const largestUnsigned64 = 2n ** 64n - 1n;

const rules: Readonly<Record<Datatype, ElementRule>> = {
  BOOL: { read: readBool, wanted: 'true, false, 0 or 1' },
  UINT8: integerRule(0, 255),
  UINT16: integerRule(0, 65_535),
  UINT32: integerRule(0, 4_294_967_295),
  UINT64: longRule(0n, largestUnsigned64),
  INT8: integerRule(-128, 127),
  INT16: integerRule(-32_768, 32_767),
  INT32: integerRule(-2_147_483_648, 2_147_483_647),
  INT64: longRule(smallest64, largest64),
  FP16: floatRule((value) => Math.abs(value) < maxFloat16 + 16, toFloat16, 'within ±65504'),
  BF16: floatRule((value) => Math.abs(value) < beyondBfloat16, toBfloat16, 'within the range of BF16'),
  FP32: floatRule(
    (value) => Number.isFinite(Math.fround(value)),
    (value) => value,
    'within the range of FP32',
  ),
  FP64: floatRule(Number.isFinite, (value) => value, 'within the range of FP64'),
  BYTES: { read: (value) => (typeof value === 'string' ? value : undefined), wanted: 'a string' },
};

const moment: ElementRule = { read: readMoment, wanted: 'a string that is a date and time in ISO 8601' };
const encodedText: ElementRule = { read: readBase64, wanted: 'a string that is the base64 of UTF-8 text' };

function readBool(value: unknown): number | undefined {
  if (value === true || value === 1) return 1;
  return value === false || value === 0 ? 0 : undefined;
}

/** `4.0` is the integer 4, `4.5` is none. */
function integerRule(smallest: number, largest: number): ElementRule {
  return {
    read: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= smallest && value <= largest ? value : undefined,
    wanted: `an integer from ${smallest} to ${largest}`,
  };
}

/** Takes numbers up to 2^53 in size; longer ones have lost digits by then and are given as their text. */
function longRule(smallest: bigint, largest: bigint): ElementRule {
  return {
    read: (value) => {
      const integer = typeof value === 'string' ? undefined : exact(value);
      return integer !== undefined && integer >= smallest && integer <= largest ? integer : undefined;
    },
    wanted: `an integer from ${smallest} to ${largest}`,
  };
}

function exact(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}

/** JSON has no NaN; `null` stands for it in both directions. */
function floatRule(inRange: (value: number) => boolean, store: (value: number) => number, range: string): ElementRule {
  return {
    read: (value) => {
      if (typeof value === 'number') return inRange(value) ? store(value) : undefined;
      return value === null ? store(Number.NaN) : undefined;
    },
    wanted: `a number ${range} or null`,
  };
}

function readBase64(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'base64'));
  } catch {
    return undefined;
  }
}

const isoMoment = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** The text goes on as it came, since what a model makes of it is its own affair. */
function readMoment(value: unknown): string | undefined {
  if (typeof value !== 'string' || !isoMoment.test(value)) return undefined;
  return Number.isNaN(Date.parse(value.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))) ? undefined : value;
}

/** Digits that an exponent may add; far beyond any 64-bit integer. */
const largestShift = 40;

/** The integer that a JSON number stands for, with all its digits; undefined for fractions and huge exponents. */
export function integerOf(text: string): bigint | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
  const shift = Number(exponent) - fraction.length;
  if (digits === '' || digits.length > 400 || Math.abs(shift) > largestShift + 400) return undefined;
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  const value = BigInt(digits) * 10n ** BigInt(Math.max(0, shift));
  if (value % divisor !== 0n) return undefined;
  return sign === '-' ? -(value / divisor) : value / divisor;
}
