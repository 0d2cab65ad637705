/** The last answers of a model on this computer: newest first, one for each input. */

import type { Reading } from './answer.ts';
import type { Values } from './form.ts';

export interface Entry {
  readonly at: string;
  readonly target: string;
  readonly version?: string;
  readonly values: Values;
  /** What was answered, in a few words. */
  readonly headline: string;
  readonly share?: number;
}

export const MOST_ENTRIES = 50;
/** An input longer than this is not kept: browsers give a site five megabytes. */
const LONGEST = 20_000;

export function remember(entries: readonly Entry[], entry: Entry): readonly Entry[] {
  const size = Object.values(entry.values).reduce((sum, value) => sum + value.length, 0);
  if (size > LONGEST) return entries;
  const others = entries.filter((one) => one.target !== entry.target || !sameValues(one.values, entry.values));
  return [entry, ...others].slice(0, MOST_ENTRIES);
}

export function sameValues(one: Values, other: Values): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** Keys whose values differ, in the order of the first. */
export function differing(one: Values, other: Values): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => one[key] !== other[key]);
}

/** What storage holds, with everything left out that this page did not write. */
export function parseEntries(text: string | null): readonly Entry[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter(isEntry).slice(0, MOST_ENTRIES) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  if (value === null || typeof value !== 'object') return false;
  const { at, target, values, headline } = value as Record<string, unknown>;
  const words = [at, target, headline].every((one) => typeof one === 'string');
  return (
    words &&
    values !== null &&
    typeof values === 'object' &&
    Object.values(values).every((one) => typeof one === 'string')
  );
}

export function headlineOf({ label, shares, numbers, rest }: Reading): Pick<Entry, 'headline' | 'share'> {
  const share = shares?.find((one) => one.label === label)?.share;
  const words = label ?? numbers.map(({ value }) => shortNumber(value)).join(', ');
  return {
    headline: words === '' ? rest.map(({ name }) => name).join(', ') : words,
    ...(share === undefined ? {} : { share }),
  };
}

/** A number as people read it: four digits, thousands apart. */
export function shortNumber(value: unknown): string {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value)))
    return value.toLocaleString('en');
  return typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : String(value);
}
