/** The step of a slider: the precision that its numbers are written in, unless that makes too many or too few steps. */
import { type Datatype, isInteger } from './datatype.ts';

interface Range {
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly step: number | undefined;
  readonly first: number;
}

const FEWEST = 15;
const MOST = 1000;

export function stepOf(datatype: Datatype, { minimum, maximum, step, first }: Range): number {
  if (step !== undefined) return step;
  if (isInteger(datatype)) return 1;
  if (minimum === undefined || maximum === undefined || maximum <= minimum) return 0.1;
  const written = 10 ** -Math.max(decimals(minimum), decimals(maximum), decimals(first));
  const count = (maximum - minimum) / written;
  return count >= FEWEST && count <= MOST ? written : niceBelow((maximum - minimum) / 200);
}

/** Digits behind the point. */
export function decimals(value: number): number {
  const [digits = '', exponent = '0'] = String(value).toLowerCase().split('e');
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
}

/** 1, 2 or 5 times a power of ten. */
function niceBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = value / power >= 5 ? 5 : value / power >= 2 ? 2 : 1;
  return Number((factor * power).toPrecision(1));
}

/** A slider's position as text, without the noise of binary fractions. */
export function atStep(value: number, step: number): string {
  return String(Number(value.toFixed(Math.min(20, decimals(step)))));
}
