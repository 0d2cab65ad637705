/** Members of a JSON value, each held to its kind; a refusal names the place. */
import { ServeError } from '../protocol/error.ts';
import { pointer } from '../protocol/pointer.ts';

export type Step = string | number;
export type Fields = Readonly<Record<string, unknown>>;

/** Own members only: a request may carry names such as `__proto__` and must not find what it did not send. */
export function member(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, at: readonly Step[]): Fields {
  if (!isObject(value)) throw wrongKind('an object', value, at);
  return value;
}

/** Absent and null are the same. */
export function optionalObject(fields: Fields, name: string, at: readonly Step[]): Fields | undefined {
  const value = member(fields, name);
  return value === undefined || value === null ? undefined : objectAt(value, [...at, name]);
}

export function arrayAt(value: unknown, at: readonly Step[]): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongKind('an array', value, at);
  return value;
}

export function textAt(value: unknown, at: readonly Step[]): string {
  if (typeof value !== 'string') throw wrongKind('a string', value, at);
  return value;
}

/** ServeError REQUEST_FIELD. */
export function wrongKind(wanted: string, value: unknown, at: readonly Step[]): ServeError {
  const found = value === undefined ? 'is missing' : `is ${kindOf(value)}`;
  return new ServeError('REQUEST_FIELD', `${placeText(at)} ${found}, expected ${wanted}`, { pointer: pointer(...at) });
}

function placeText(at: readonly Step[]): string {
  const last = at.at(-1);
  if (last === undefined) return 'request body';
  return typeof last === 'number' ? `element ${last} of "${at.at(-2)}"` : `"${last}"`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
