/** Header fields, each judged once when it is made: most come out of the tables again and again. */

export const fieldKind = {
  ordinary: 0,
  method: 1,
  scheme: 2,
  path: 3,
  authority: 4,
  contentLength: 5,
  te: 6,
  /** Must not be in an HTTP/2 request: RFC 9113 sections 8.2.1, 8.2.2 and 8.3. */
  forbidden: 7,
} as const;

export type FieldKind = (typeof fieldKind)[keyof typeof fieldKind];

export interface Field {
  readonly name: string;
  /** One character for each byte. */
  readonly value: string;
  readonly kind: FieldKind;
  /** As both tables and the limit on a list count it: RFC 7541 section 4.1. */
  readonly size: number;
}

/** What a field costs beyond its text. */
export const FIELD_OVERHEAD = 32;

const kinds: ReadonlyMap<string, FieldKind> = new Map<string, FieldKind>([
  [':method', fieldKind.method],
  [':scheme', fieldKind.scheme],
  [':path', fieldKind.path],
  [':authority', fieldKind.authority],
  ['content-length', fieldKind.contentLength],
  ['te', fieldKind.te],
  ['connection', fieldKind.forbidden],
  ['keep-alive', fieldKind.forbidden],
  ['proxy-connection', fieldKind.forbidden],
  ['transfer-encoding', fieldKind.forbidden],
  ['upgrade', fieldKind.forbidden],
]);

/** Lower-case token characters. */
const plainName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const brokenValue = /[\0\r\n]|^[ \t]|[ \t]$/;

export function fieldOf(name: string, value: string): Field {
  const size = name.length + value.length + FIELD_OVERHEAD;
  return { name, value, kind: kindOf(name, value), size };
}

function kindOf(name: string, value: string): FieldKind {
  const known = kinds.get(name);
  if (known === undefined && !plainName.test(name)) return fieldKind.forbidden;
  if (brokenValue.test(value)) return fieldKind.forbidden;
  if (known === fieldKind.te && value !== 'trailers') return fieldKind.forbidden;
  return known ?? fieldKind.ordinary;
}

/** First value of a name; undefined when there is none. */
export function firstValue(fields: readonly Field[], name: string): string | undefined {
  for (const field of fields) if (field.name === name) return field.value;
  return undefined;
}
