/** Where two values differ, leaf by leaf. */

/** One leaf that differs. `before` or `after` is absent where the leaf is. */
export interface FieldChange {
  /** `spec.predictor.model.env[MODEL_SHA256].value`: an element of a list goes by its name, if it has one. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export function diffValues(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (before === after) return [];
  if (before === undefined) return [{ path, after }];
  if (after === undefined) return [{ path, before }];
  const pairs = keyed(before);
  const others = keyed(after);
  if (pairs === undefined || others === undefined || Array.isArray(before) !== Array.isArray(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
  }
  const keys = new Set([...pairs.keys(), ...others.keys()]);
  return [...keys].flatMap((key) => diffValues(pairs.get(key), others.get(key), join(path, key)));
}

function join(path: string, key: string): string {
  return key.startsWith('[') || path === '' ? `${path}${key}` : `${path}.${key}`;
}

/** The children of a map or of a list of named elements; undefined for what is compared as a whole. */
function keyed(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) {
    return new Map(Object.entries(value).filter(([, child]) => child !== undefined));
  }
  const names = value.map((element: unknown, index) => elementName(element) ?? String(index));
  // Lists of plain values are told as a whole: their positions mean nothing to a reader.
  if (value.some((element) => typeof element !== 'object' || element === null)) return undefined;
  if (new Set(names).size !== names.length) return undefined;
  return new Map(value.map((element: unknown, index) => [`[${names[index] ?? index}]`, element]));
}

function elementName(element: unknown): string | undefined {
  const { name } = (typeof element === 'object' && element !== null ? element : {}) as { name?: unknown };
  return typeof name === 'string' ? name : undefined;
}
