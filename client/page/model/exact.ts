/**
 * JSON without loss: integers beyond 2^53 are read as bigint and written digit by digit. JSON.parse rounds them, and its
 * access to the source text is not in every browser that people use.
 */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [name: string]: Json };

/** Strings first, so that digits inside of them are passed over. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = '\u0000int:';

/** Throws a SyntaxError as JSON.parse does. */
export function parseExact(text: string): Json {
  const marked = text.replace(TOKENS, (token) => (isLargeInteger(token) ? `"\\u0000int:${token}"` : token));
  return JSON.parse(marked, (_name, value: Json) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  ) as Json;
}

function isLargeInteger(token: string): boolean {
  return token.length > 15 && /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
}

/** With `indent`, lists of scalars stay on one line, so that a tensor reads as a tensor. */
export function printExact(value: Json, indent = 0, depth = 0): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && Object.is(value, -0)) return '-0';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const list = Array.isArray(value) ? (value as readonly Json[]) : undefined;
  const items =
    list === undefined
      ? Object.entries(value).map(
          ([name, item]) => `${JSON.stringify(name)}:${indent > 0 ? ' ' : ''}${printExact(item, indent, depth + 1)}`,
        )
      : list.map((item) => printExact(item, indent, depth + 1));
  const [open, close] = list === undefined ? ['{', '}'] : ['[', ']'];
  const flat = indent === 0 || items.length === 0 || list?.every((item) => item === null || typeof item !== 'object');
  if (flat === true) return `${open}${items.join(indent > 0 ? ', ' : ',')}${close}`;
  const pad = ' '.repeat(indent * (depth + 1));
  return `${open}\n${items.map((item) => pad + item).join(',\n')}\n${' '.repeat(indent * depth)}${close}`;
}
