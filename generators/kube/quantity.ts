/**
 * Quantities as Kubernetes reads and prints them (apimachinery, pkg/api/resource/quantity.go): a decimal number with a
 * suffix, held exactly as a whole number of nanos and printed with the largest suffix that loses nothing.
 */

export interface Quantity {
  /** Billionths of one; what is finer is rounded up, as the server does. */
  readonly nanos: bigint;
  /** How it is printed: with suffixes of 1024, of 1000, or with an exponent of ten. */
  readonly format: 'binary' | 'decimal' | 'exponent';
}

const NANOS = 1_000_000_000n;
const DECIMAL: readonly (readonly [suffix: string, exponent: number])[] = [
  ['E', 18],
  ['P', 15],
  ['T', 12],
  ['G', 9],
  ['M', 6],
  ['k', 3],
  ['', 0],
  ['m', -3],
  ['u', -6],
  ['n', -9],
];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;

/** The quantity of a text such as `500m`, `1.5Gi` or `1e3`; undefined where it is none. */
export function quantityOf(text: string | number): Quantity | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.exec(String(text));
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = parts;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}` || '0');
  const power = BINARY.indexOf(suffix as (typeof BINARY)[number]);
  const exponent = suffixExponent(suffix);
  const format = power > 0 ? 'binary' : /^[eE]/.test(suffix) ? 'exponent' : 'decimal';
  const scaled = digits * NANOS * (power > 0 ? 1024n ** BigInt(power) : 10n ** BigInt(Math.max(0, exponent)));
  const divisor = 10n ** BigInt(fraction.length + Math.max(0, -exponent));
  const nanos = (scaled + divisor - 1n) / divisor;
  return { nanos: sign === '-' ? -nanos : nanos, format };
}

function suffixExponent(suffix: string): number {
  if (/^[eE]./.test(suffix)) return Number(suffix.slice(1));
  return DECIMAL.find(([name]) => name === suffix)?.[1] ?? 0;
}

/** The text that the server writes for a quantity: `0.5` → `500m`, `1024Mi` → `1Gi`. The text itself where it is none. */
export function canonicalQuantity(text: string | number): string {
  const quantity = quantityOf(text);
  if (quantity === undefined) return String(text);
  const { nanos, format } = quantity;
  const size = nanos < 0n ? -nanos : nanos;
  const sign = nanos < 0n ? '-' : '';
  // Numbers below 1024, and fractions, are printed in decimal whatever suffix they had.
  if (format === 'binary' && size >= 1024n * NANOS && size % NANOS === 0n) return sign + binary(size / NANOS);
  return sign + decimal(size, format);
}

function binary(size: bigint): string {
  let value = size;
  let power = 0;
  while (power < BINARY.length - 1 && value % 1024n === 0n) {
    value /= 1024n;
    power += 1;
  }
  return `${value}${BINARY[power]}`;
}

function decimal(size: bigint, format: Quantity['format']): string {
  if (size === 0n) return '0';
  let value = size;
  let exponent = -9;
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === 'exponent') return exponent === 0 ? String(value) : `${value}e${exponent}`;
  return `${value}${DECIMAL.find(([, candidate]) => candidate === exponent)?.[0] ?? ''}`;
}
