/** Regular expressions of CRDs are Go's. Of what Go has and ECMAScript lacks, the releases use one thing: `(?i)`. */

/** The same expression without `(?i)`: each letter becomes a class of its two cases. Both dialects read the result. */
export function portable(pattern: string): string {
  const flag = /^(\^?)\(\?i\)/.exec(pattern);
  if (flag === null) return pattern;
  const rest = pattern.slice(flag[0].length);
  if (/[[\\]/.test(rest)) throw new Error(`Cannot translate the pattern ${pattern}: (?i) beside classes or escapes`);
  return `${flag[1]}${rest.replaceAll(/[A-Za-z]/g, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)}`;
}
