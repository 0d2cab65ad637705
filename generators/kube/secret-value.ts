/** What a secret value may look like. Reasons speak of lengths and ends, never of content. */

const lineBreaks = [0x0a, 0x0d];
const blanks = [0x20, 0x09];
const quotes = [0x22, 0x27, 0x60];

/** Why a value must not be sealed: the leavings of copying and of `echo`, or a length that cannot be right. */
export function valueFault(value: Uint8Array, bytes: number | undefined): string | undefined {
  const first = value[0];
  const last = value.at(-1);
  if (first === undefined || last === undefined) return 'it is empty';
  if (lineBreaks.includes(last)) return `${value.length} bytes, the last one a line break`;
  if (blanks.includes(first) || blanks.includes(last)) return 'it begins or ends with a blank';
  if (value.length > 1 && first === last && quotes.includes(first)) return 'it stands in quotes';
  return bytes === undefined ? undefined : lengthFault(value.length, bytes);
}

/** Says how a length differs from the expected one, and what usually makes that difference. */
export function lengthFault(actual: number, expected: number): string | undefined {
  if (actual === expected) return undefined;
  if (actual === expected + 1) return `${actual} bytes: one more than expected, a trailing newline?`;
  if (actual === expected + 2) return `${actual} bytes: two more than expected, quotes around it?`;
  return `${actual} bytes, must be ${expected}`;
}

/** True for text with the shape of an AWS access key (the documentation's examples end in EXAMPLE or EXAMPLEKEY). */
export function looksLikeCredential(text: string): boolean {
  return /^(?:A[KS]IA[A-Z0-9]{16}|[A-Za-z0-9/+]{40})$/.test(text);
}
