/**
 * Makes a schema small: each type is written once, under `$defs`, however often it is used.
 *
 * Every object with named fields becomes a definition, so a file is a flat list of types; of the rest, what is long and
 * used twice. Equal structure is one definition. KServe repeats a container's fields twenty times; here they stand once.
 */
import { isObject, type JsonSchema, mapValues, pascalCase, singular } from './json-schema.ts';

/** Letters of JSON from which a type without fields is worth a definition of its own. */
const worthSharing = 90;

interface Type {
  /** The schema, its children replaced by `{$ref: <index of the child's type>}`. */
  readonly body: JsonSchema;
  readonly size: number;
  /** Name parts from the root to where the type lies, nearest last; the shortest such way. */
  path: readonly string[];
  uses: number;
}

/** Types in the order in which they were met, children before parents, and their index by the JSON of their body. */
interface Types {
  readonly list: Type[];
  readonly index: Map<string, number>;
}

/** `kind` names the root; its own fields get names that begin with it (`GatewaySpec`). */
export function share(schema: JsonSchema, kind: string): JsonSchema {
  const types: Type[] = [];
  const root = types[intern(schema, [kind], { list: types, index: new Map() })];
  const names = nameTypes(types.filter((type) => type !== root && isDefinition(type)));
  const link = (type: Type | undefined): JsonSchema =>
    mapChildren(type?.body ?? {}, ({ $ref }) => {
      const child = types[Number($ref)];
      const name = child && names.get(child);
      return name === undefined ? link(child) : { $ref: `#/$defs/${name}` };
    });
  const definitions = Object.fromEntries([...names].map(([type, name]) => [name, link(type)]));
  return { ...link(root), $defs: mapValues(definitions, (definition) => definition) };
}

/** Finds or adds the type of a schema, children first; returns its index. */
function intern(schema: JsonSchema, path: readonly string[], types: Types): number {
  const { 'x-name': given, ...rules } = schema;
  const own = typeof given === 'string' ? [...path.slice(0, 1), given] : path;
  const used: number[] = [];
  const body = mapChildren(rules, (child, step) => {
    const inner = step === '' ? [...own.slice(0, -1), singular(own.at(-1) ?? '')] : [...own, step];
    used.push(intern(child, inner, types));
    return { $ref: String(used.at(-1)) };
  });
  const text = JSON.stringify(body);
  const found = types.index.get(text);
  const known = found === undefined ? undefined : types.list[found];
  if (found !== undefined && known !== undefined) {
    if (isShorter(own, known.path)) known.path = own;
    return found;
  }
  for (const child of used.map((index) => types.list[index])) if (child) child.uses += 1;
  types.index.set(text, types.list.length);
  return types.list.push({ body, size: text.length, path: own, uses: 0 }) - 1;
}

/** Applies `change` to the schemas inside; a field passes its name, list items and map values pass ''. Sorts keywords. */
function mapChildren(schema: JsonSchema, change: (child: JsonSchema, step: string) => JsonSchema): JsonSchema {
  return mapValues<unknown, unknown>(schema, (value, keyword) => {
    if (keyword === 'properties' && isObject(value)) return mapValues(value as Record<string, JsonSchema>, change);
    const isInside = (keyword === 'items' || keyword === 'additionalProperties') && isObject(value);
    return isInside ? change(value, '') : value;
  });
}

function isDefinition({ body, size, uses }: Type): boolean {
  return body.properties !== undefined || (uses > 1 && size >= worthSharing && body.type !== 'array');
}

function isShorter(path: readonly string[], than: readonly string[]): boolean {
  return path.length < than.length || (path.length === than.length && path.join('/') < than.join('/'));
}

/** Where two types want one name, the one nearer to the root has it and the other names its owner too. */
function nameTypes(types: readonly Type[]): Map<Type, string> {
  const names = new Map<Type, string>();
  const taken = new Set<string>();
  for (const type of [...types].sort((a, b) => (isShorter(a.path, b.path) ? -1 : 1))) {
    const name = candidates(type.path).find((candidate) => !taken.has(candidate)) ?? '';
    taken.add(name);
    names.set(type, name);
  }
  return names;
}

function candidates(path: readonly string[]): string[] {
  const steps = path.map(pascalCase);
  const isFieldOfRoot = path.length === 2 && /^[a-z]/.test(path[1] ?? '');
  const shortest = isFieldOfRoot ? 2 : 1;
  const names = steps.slice(shortest - 1).map((_, index) => steps.slice(-(index + shortest)).join(''));
  return [...names, ...Array.from({ length: 99 }, (_, index) => `${names[0]}${index + 2}`)];
}
