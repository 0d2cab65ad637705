/**
 * Reads an entry with js-yaml, some ten times as fast as the `yaml` package, which knows positions.
 *
 * The value is the same by `quick.test.ts`; where the two packages read differently, and at any fault, the answer is
 * undefined and the `yaml` package has the word.
 */
import { CORE_SCHEMA, load } from 'js-yaml';

/** Anchors, aliases, tags and explicit keys, which need the other parser's judgement. */
const MARKS = /[&*!]|\?(?=[\s,\]}]|$)/;
/** Keys that js-yaml turns into numbers, booleans or null before it makes them text again, and empty keys. */
const ODD_KEY =
  /(?:^|[\s{[,?])(?:[-+.~0-9][^\s:]*|[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE)?(?:["']\s*)?:(?=[\s,\]}]|$)/m;
/** Numbers too large for a float. */
const HUGE = /(?:^|[\s[{,:])[-+]?[0-9.]+[eE]\+?[0-9]{3,}(?=[\s\]},]|$)/m;
/** Documents, directives, and characters over which the packages differ. */
const OTHER = /^(?:---|\.\.\.|%)|[{[,]\s*:|[\t\u0085\u2028\u2029\uFEFF]|__proto__/m;

/** Reads a block sequence of one entry. */
export function readQuickly(text: string): { readonly value: unknown } | undefined {
  if (MARKS.test(text) || ODD_KEY.test(text) || HUGE.test(text) || OTHER.test(text)) return undefined;
  try {
    const list = load(text, { schema: CORE_SCHEMA });
    return Array.isArray(list) && list.length === 1 && !holdsNull(list) ? { value: list[0] as unknown } : undefined;
  } catch {
    // The fault is told by the parser that knows its place.
    return undefined;
  }
}

/** A key without a value, which js-yaml may have read as another key; no field of the registry may be null anyway. */
function holdsNull(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  return Object.values(value as object).some(holdsNull);
}
