/** What can be done to a value, and what it then is. The text that holds the value is edited to match (`splice.ts`). */
import type { Pointer } from '../problem.ts';

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

export type Change =
  /** Sets the value at `path`; mappings on the way that are not there are made. */
  | { readonly kind: 'set'; readonly path: Pointer; readonly value: Plain }
  /** Adds an item to the list at `path`; a list that is not there is made. */
  | { readonly kind: 'append'; readonly path: Pointer; readonly value: Plain }
  /** Takes away what is at `path`. */
  | { readonly kind: 'remove'; readonly path: Pointer };

/** The value after a change; undefined where the change does not fit the value. */
export function changed(value: Plain | undefined, change: Change): Plain | undefined {
  return at(value, change.path, change);
}

function at(value: Plain | undefined, [step, ...rest]: Pointer, change: Change): Plain | undefined {
  if (step === undefined) return atEnd(value, change);
  if (isList(value)) {
    const index = Number(step);
    if (!Number.isInteger(index) || index < 0 || index >= value.length) return undefined;
    if (change.kind === 'remove' && rest.length === 0) return value.filter((_, position) => position !== index);
    const item = at(value[index], rest, change);
    return item === undefined ? undefined : value.map((one, position) => (position === index ? item : one));
  }
  const map = value ?? (change.kind === 'remove' ? undefined : {});
  if (!isMap(map)) return undefined;
  const key = String(step);
  if (change.kind === 'remove' && rest.length === 0) {
    if (!Object.hasOwn(map, key)) return undefined;
    return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
  }
  const inner = at(Object.hasOwn(map, key) ? map[key] : undefined, rest, change);
  return inner === undefined ? undefined : { ...map, [key]: inner };
}

function atEnd(value: Plain | undefined, change: Change): Plain | undefined {
  if (change.kind === 'set') return change.value;
  if (change.kind === 'remove') return undefined;
  const list = value ?? [];
  return isList(list) ? [...list, change.value] : undefined;
}

/** The fewest changes that make one value into another: whole lists, but of mappings only what differs. */
export function changesBetween(before: Plain | undefined, after: Plain, path: Pointer = []): Change[] {
  if (before !== undefined && equal(before, after)) return [];
  if (before === undefined || !isMap(before) || !isMap(after)) return [{ kind: 'set', path, value: after }];
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  // What is gone goes last: a mapping must not become empty on the way to another that is not.
  return [
    ...Object.entries(after).flatMap(([key, value]) =>
      changesBetween(Object.hasOwn(before, key) ? before[key] : undefined, value, [...path, key]),
    ),
    ...gone.map((key): Change => ({ kind: 'remove', path: [...path, key] })),
  ];
}

/** Equal as values; the order of keys has no meaning. */
export function equal(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [a, b] = [Object.entries(one), new Map(Object.entries(other))];
  return a.length === b.size && a.every(([key, value]) => b.has(key) && equal(value, b.get(key)));
}

export function isMap(value: Plain | undefined): value is { readonly [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}
