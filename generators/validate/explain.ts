/** Turns ajv's errors into problems that speak of the field, quote the value and say what to do. */
import type { ErrorObject } from 'ajv';
import { fault, type Pointer, type Problem, type Where } from '../problem.ts';
import { nearestWord } from '../words.ts';

/** One problem per fault: errors that only repeat another (`if`, `anyOf` wrappers) are dropped. */
export function explain(file: string, base: Pointer, errors: readonly ErrorObject[], root: unknown): Problem[] {
  const problems = errors.flatMap((error) => explainOne(file, base, error, root) ?? []);
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const id = `${problem.message} ${JSON.stringify(problem.where)}`;
    return !seen.has(id) && seen.add(id) !== undefined;
  });
}

function explainOne(file: string, base: Pointer, error: ErrorObject, root: unknown): Problem | undefined {
  const local = pointerOf(error.instancePath, root);
  const where: Where = { file, pointer: [...base, ...local] };
  // What is wrong with a key is told once, by `propertyNames`.
  if (error.propertyName !== undefined) return undefined;
  const field = fieldName(where.pointer ?? [], base, root);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return missing(where, String(params['missingProperty']), field);
    case 'additionalProperties':
      return unknown(where, String(params['additionalProperty']), error);
    case 'propertyNames': {
      const key = String(params['propertyName']);
      const at: Where = { file, pointer: [...base, ...local, key], key: true };
      return fault('FIELD_PATTERN', at, `Cannot use "${key}" as a name in ${field}`, nameRepair(error, key));
    }
    case 'type':
      return wrongType(where, field, String(params['type']), valueAt(root, local));
    case 'enum':
    case 'const':
      return wrongValue(where, field, valueAt(root, local), error);
    case 'pattern':
      return wrongPattern(where, field, valueAt(root, local), error);
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'minProperties':
      return wrongLength(where, field, error, valueAt(root, local));
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return wrongRange(where, field, error, valueAt(root, local));
    case 'uniqueItems': {
      const pair = [Number(params['j']), Number(params['i'])];
      const [first, second] = [Math.min(...pair), Math.max(...pair)];
      const place = (index: number): Where => ({ file, pointer: [...base, ...local, index] });
      const message = `Cannot list ${quote(valueAt(root, [...local, second]))} twice in ${field}: it stands at {0}`;
      return fault('FIELD_DUPLICATE', place(second), message, 'Remove one of them', [place(first)]);
    }
    default:
      return undefined;
  }
}

/** How people call the place: by its key, a model by its name, another item by its number in its list. */
function fieldName(pointer: Pointer, base: Pointer, root: unknown): string {
  const last = pointer.at(-1);
  if (last === undefined) return 'the file';
  if (typeof last === 'string') return `"${last}"`;
  const model = base[0] === 'models' && pointer.length === base.length ? valueAt(root, ['name']) : undefined;
  return typeof model === 'string' ? `model "${model}"` : `item ${last + 1} of "${String(pointer.at(-2))}"`;
}

function missing(where: Where, property: string, field: string): Problem {
  return fault('FIELD_MISSING', where, `Cannot do without "${property}" in ${field}`, `Add "${property}"`);
}

function unknown(where: Where, property: string, error: ErrorObject): Problem {
  const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
  const near = nearestWord(property, known);
  const at: Where = { ...where, pointer: [...(where.pointer ?? []), property], key: true };
  const repair = near === undefined ? `Remove it; known fields: ${known.join(', ')}` : `Did you mean "${near}"?`;
  return fault('FIELD_UNKNOWN', at, `Cannot use the unknown field "${property}"`, repair);
}

function wrongType(where: Where, field: string, wanted: string, value: unknown): Problem {
  const repair =
    wanted === 'string' && (typeof value === 'number' || typeof value === 'boolean')
      ? 'Put it in quotes'
      : `Write ${article(wanted)}`;
  return fault('FIELD_TYPE', where, `Cannot use ${quote(value)} for ${field}: it must be ${article(wanted)}`, repair);
}

function wrongValue(where: Where, field: string, value: unknown, error: ErrorObject): Problem {
  const params = error.params as { allowedValues?: unknown[]; allowedValue?: unknown };
  const allowed = (params.allowedValues ?? [params.allowedValue]).map(String);
  const near = typeof value === 'string' ? nearestWord(value, allowed) : undefined;
  const choice = allowed.length === 1 ? `Write "${allowed[0]}"` : `Choose one of: ${allowed.join(', ')}`;
  const repair = near === undefined ? choice : `Did you mean "${near}"?`;
  return fault('FIELD_VALUE', where, `Cannot use ${quote(value)} for ${field}`, repair);
}

function wrongPattern(where: Where, field: string, value: unknown, error: ErrorObject): Problem {
  const description = describe(error);
  const pattern = String((error.params as { pattern: string }).pattern);
  const repair = `Write what matches ${pattern}${description === undefined ? '' : ` (${description})`}`;
  return fault('FIELD_PATTERN', where, `Cannot use ${quote(value)} for ${field}`, repair);
}

function nameRepair(error: ErrorObject, key: string): string {
  const pattern = (error.schema as { pattern?: string } | undefined)?.pattern;
  return pattern === undefined ? `Rename "${key}"` : `Rename it to match ${pattern}`;
}

function wrongLength(where: Where, field: string, error: ErrorObject, value: unknown): Problem {
  const limit = Number((error.params as { limit: number }).limit);
  const word = error.keyword.endsWith('Length') ? 'character' : 'item';
  const least = error.keyword.startsWith('min');
  const size = typeof value === 'string' ? [...value].length : Object.keys(value ?? {}).length;
  const bound = `it has ${size}, must have at ${least ? 'least' : 'most'} ${limit} ${word}${limit === 1 ? '' : 's'}`;
  const repair = least ? 'Add what is missing' : 'Shorten it';
  return fault('FIELD_LENGTH', where, `Cannot use ${quote(value)} for ${field}: ${bound}`, repair);
}

function wrongRange(where: Where, field: string, error: ErrorObject, value: unknown): Problem {
  const { comparison, limit } = error.params as { comparison: string; limit: number };
  const bound = `${{ '>=': 'at least', '<=': 'at most', '>': 'above' }[comparison] ?? comparison} ${limit}`;
  const message = `Cannot use ${quote(value)} for ${field}: it must be ${bound}`;
  return fault('FIELD_RANGE', where, message, `Choose a number of ${bound}`.replace('of above', 'above'));
}

function describe(error: ErrorObject): string | undefined {
  const text = error.parentSchema?.['description'] as string | undefined;
  return text === undefined ? undefined : (text.split(/(?<=\.) /)[0] ?? text).replace(/\.$/, '');
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Types in the words of YAML. */
function article(type: string): string {
  const yaml: Readonly<Record<string, string>> = {
    object: 'a mapping',
    array: 'a list',
    integer: 'a whole number',
    boolean: 'true or false',
  };
  const words = type.split(',').map((word) => yaml[word] ?? `a ${word}`);
  return words.join(' or ');
}

function valueAt(root: unknown, pointer: Pointer): unknown {
  return pointer.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[step] : undefined,
    root,
  );
}

/** Steps of ajv's instancePath; a step is a number exactly where the value is an array. */
export function pointerOf(path: string, root: unknown): Pointer {
  let value = root;
  return path
    .split('/')
    .slice(1)
    .map((raw) => {
      const text = raw.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(value) ? Number(text) : text;
      value = valueAt(value, [step]);
      return step;
    });
}
