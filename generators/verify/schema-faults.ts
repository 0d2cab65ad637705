/** ajv's errors → problems that name the object, the field, what stands there and what may. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { KubeObject } from '../kube/object.ts';
import { fault, type Pointer, type Problem, type Where } from '../problem.ts';
import { nearestWord } from '../words.ts';

/** What is wrong with a field ("is unknown") and what to do about it. */
interface Finding {
  readonly fault: string;
  readonly repair: string;
  /** Steps below the place that ajv names. */
  readonly below?: Pointer;
  /** True where the key is at fault, not the value. */
  readonly key?: boolean;
}

/** One problem per fault; errors that only wrap another, or belong to a branch of one, are left out. */
export function explainFaults(object: KubeObject, file: string, errors: readonly ErrorObject[]): Problem[] {
  return errors.flatMap((error) => {
    if (error.keyword === 'propertyNames' || /\/(anyOf|oneOf)\/\d+\//.test(error.schemaPath)) return [];
    const finding = explain(error);
    const pointer = [...pointerOf(error.instancePath, object), ...(finding.below ?? [])];
    const where: Where = { file, pointer, ...(finding.key === true ? { key: true } : {}) };
    const message = `Cannot apply ${nameOf(object)}: ${printPath(pointer)} ${finding.fault}`;
    return [fault('OBJECT_INVALID', where, message, finding.repair)];
  });
}

function explain(error: ErrorObject): Finding {
  const { keyword, propertyName, data } = error;
  const params = error.params as Readonly<Record<string, unknown>>;
  if (propertyName !== undefined) return badKey(propertyName, error);
  switch (keyword) {
    case 'additionalProperties':
      return unknownField(String(params['additionalProperty']), error);
    case 'required':
      return lacking(String(params['missingProperty']));
    case 'type':
      return {
        fault: `is ${quote(data)}, must be ${typeNames(params['type'])}`,
        repair: `Write ${typeNames(params['type'])}`,
      };
    case 'enum':
      return wrongChoice(data, params['allowedValues'] as readonly unknown[]);
    case 'const':
      return wrongChoice(data, [params['allowedValue']]);
    case 'pattern':
      return { fault: `is ${quote(data)}, must match ${params['pattern']}`, repair: 'Write a value that matches' };
    case 'format':
      return {
        fault: `is ${quote(data)}, must be of format ${params['format']}`,
        repair: 'Write a value in that format',
      };
    case 'x-kubernetes-list-map-keys':
      return sameKeys(params);
    case 'uniqueItems':
      return sameItems(Number(params['j']), Number(params['i']));
    default:
      return outOfBounds(error);
  }
}

function unknownField(field: string, error: ErrorObject): Finding {
  const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
  const near = nearestWord(field, known);
  const otherwise =
    known.length === 0 ? 'Remove it; the field takes none' : `Remove it; known fields: ${known.join(', ')}`;
  const repair = near === undefined ? otherwise : `Did you mean "${near}"?`;
  return { fault: 'is unknown', repair, below: [field], key: true };
}

function badKey(key: string, { keyword, params }: ErrorObject): Finding {
  const limit =
    keyword === 'pattern' ? `must match ${params['pattern']}` : `must satisfy ${keyword} ${params['limit']}`;
  return { fault: `is no valid key, ${limit}`, repair: 'Rename the key', below: [key], key: true };
}

function lacking(field: string): Finding {
  return { fault: `lacks "${field}"`, repair: `Add "${field}"` };
}

function wrongChoice(value: unknown, allowed: readonly unknown[]): Finding {
  const words = allowed.filter((word) => typeof word === 'string');
  const near = typeof value === 'string' ? nearestWord(value, words) : undefined;
  const choices = allowed.map((choice) => quote(choice)).join(', ');
  const repair = near === undefined ? 'Choose an allowed value' : `Did you mean "${near}"?`;
  return { fault: `is ${quote(value)}, must be ${allowed.length > 1 ? 'one of ' : ''}${choices}`, repair };
}

function sameKeys(params: Readonly<Record<string, unknown>>): Finding {
  const { keys, first, second } = params as { keys: readonly string[]; first: number; second: number };
  const keyNames = keys.map((key) => `"${key}"`).join(' and ');
  return { fault: `repeats ${keyNames} of item ${first + 1}`, repair: 'Remove or rename one of them', below: [second] };
}

function sameItems(first: number, second: number): Finding {
  return { fault: `repeats item ${first + 1}`, repair: 'Remove one of them', below: [second] };
}

/** Keyword → what it bounds, and the unit where there is one. */
const bounds: Readonly<Record<string, readonly [side: string, unit?: string]>> = {
  minimum: ['be at least'],
  maximum: ['be at most'],
  minLength: ['have at least', 'character'],
  maxLength: ['have at most', 'character'],
  minItems: ['have at least', 'item'],
  maxItems: ['have at most', 'item'],
  minProperties: ['have at least', 'field'],
  maxProperties: ['have at most', 'field'],
};

function outOfBounds({ keyword, params, data }: ErrorObject): Finding {
  return { fault: `is ${quote(data)}, must ${boundOf(keyword, params)}`, repair: 'Write a value within the bounds' };
}

function boundOf(keyword: string, params: Readonly<Record<string, unknown>>): string {
  const [side, unit] = bounds[keyword] ?? [];
  if (side === undefined) return `satisfy the "${keyword}" of its schema`;
  const limit = Number(params['limit']);
  return unit === undefined ? `${side} ${limit}` : `${side} ${limit} ${unit}${limit === 1 ? '' : 's'}`;
}

function typeNames(type: unknown): string {
  const names = [type as string | string[]].flat().flatMap((name) => name.split(','));
  return names.map((name) => (name === 'null' ? name : `${/^[aio]/.test(name) ? 'an' : 'a'} ${name}`)).join(' or ');
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function nameOf({ kind, metadata }: KubeObject): string {
  const { name, namespace }: Partial<KubeObject['metadata']> = metadata ?? {};
  return [kind, [namespace, name].filter((part) => part !== undefined).join('/')].join(' ').trimEnd();
}

/** `spec.containers[0].name`; a key that is no plain word stands in quotes. */
function printPath(pointer: Pointer): string {
  const text = pointer.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return text.join('').replace(/^\./, '') || 'the object';
}

/** Steps of ajv's path; a step is a number exactly where the value is a list. */
function pointerOf(path: string, root: unknown): Pointer {
  let value = root;
  return path
    .split('/')
    .slice(1)
    .map((raw) => {
      const text = raw.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(value) ? Number(text) : text;
      value = (value as Readonly<Record<string, unknown>> | undefined)?.[step];
      return step;
    });
}
