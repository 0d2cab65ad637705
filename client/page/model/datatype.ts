/** The datatypes of the Open Inference Protocol, and how people's words become their values. */
import { texts } from '../texts.ts';

export const DATATYPES = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'BF16',
  'FP32',
  'FP64',
  'BYTES',
] as const;
export type Datatype = (typeof DATATYPES)[number];

/** One element of a tensor as it goes into JSON. */
export type Scalar = number | bigint | boolean | string | null;
export type Parsed = { readonly value: Scalar } | { readonly problem: string };

const LARGEST: Partial<Record<Datatype, number>> = {
  FP16: 65504,
  BF16: 3.3895313892515355e38,
  FP32: 3.4028234663852886e38,
};

export function isFloat(datatype: Datatype): boolean {
  return datatype.startsWith('FP') || datatype === 'BF16';
}

export function isInteger(datatype: Datatype): boolean {
  return /^U?INT/.test(datatype);
}

/** Smallest and largest value of an integer type. */
export function integerRange(datatype: Datatype): readonly [bigint, bigint] | undefined {
  if (!isInteger(datatype)) return undefined;
  const bits = BigInt(datatype.replace(/\D/g, ''));
  return datatype.startsWith('U') ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

/** What somebody typed into a field, as a value of the datatype or a sentence about what is wrong with it. */
export function parseScalar(text: string, datatype: Datatype): Parsed {
  if (datatype === 'BYTES') return { value: text };
  const trimmed = text.trim();
  if (datatype === 'BOOL') return parseBool(trimmed);
  if (trimmed === '') return { problem: texts.field.empty };
  return isInteger(datatype) ? parseInteger(trimmed, datatype) : parseFloatText(trimmed, datatype);
}

function parseBool(text: string): Parsed {
  const word = text.toLowerCase();
  if (word === 'true' || word === '1') return { value: true };
  if (word === 'false' || word === '0') return { value: false };
  return { problem: texts.field.notBool(text) };
}

function parseInteger(text: string, datatype: Datatype): Parsed {
  if (!/^[+-]?\d+(?:\.0*)?$/.test(text)) return { problem: texts.field.notInteger(text) };
  const value = BigInt(text.replace(/^\+/, '').replace(/\..*$/, ''));
  const [least, most] = integerRange(datatype) ?? [value, value];
  if (value < least || value > most) return { problem: texts.field.integerRange(datatype, least, most) };
  return { value: plainInteger(value) };
}

/** A number where that is exact, else the bigint. */
export function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function parseFloatText(text: string, datatype: Datatype): Parsed {
  if (/^\d+,\d+$/.test(text)) return { problem: texts.field.comma(text) };
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return { problem: texts.field.notNumber(text) };
  const value = Number(text);
  if (Math.abs(value) > (LARGEST[datatype] ?? Number.MAX_VALUE)) return { problem: texts.field.tooLarge(datatype) };
  return { value };
}
