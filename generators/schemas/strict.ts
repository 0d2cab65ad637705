/**
 * OpenAPI v3 as Kubernetes writes it → strict JSON Schema 2020-12 without prose.
 *
 * Strict means: what an API server would drop or refuse is an error, so an object with named fields takes no others.
 * Rules that JSON Schema cannot say (CEL, keys of list maps) keep their `x-kubernetes-` keyword for later tiers.
 */
import { isObject, type JsonSchema, mapValues, type Schemas } from './json-schema.ts';
import { portable } from './pattern.ts';

/**
 * What `type: object` alone allows: nothing (`closed`: in a CRD, where the server drops every field) or anything
 * (`open`: in Kubernetes' own documents).
 */
export type EmptyObject = 'closed' | 'open';

const copied = new Set([
  'const',
  'enum',
  'format',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'propertyNames',
  'uniqueItems',
  'x-kubernetes-list-map-keys',
  // A name for the type, which `share` takes away again.
  'x-name',
]);

/** Prose, keywords that say nothing about a written object, and those that `rewrite` looks at itself. */
const left = new Set([
  'description',
  'example',
  'externalDocs',
  'nullable',
  'title',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-group-version-kind',
  'x-kubernetes-int-or-string',
  'x-kubernetes-map-type',
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-patch-strategy',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-unions',
]);

const junctors = new Set(['allOf', 'anyOf', 'oneOf']);
const identity: Schemas = {
  apiVersion: { type: 'string', minLength: 1 },
  kind: { type: 'string', minLength: 1 },
  metadata: { type: 'object' },
};

/** Throws on a keyword that it does not know, so that no rule of a new release is lost in silence. */
export function strict(schema: JsonSchema, empty: EmptyObject): JsonSchema {
  const out: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const rewritten = rewrite(keyword, value, schema, empty);
    if (rewritten !== undefined) out[keyword] = rewritten;
  }
  if (schema['x-kubernetes-embedded-resource'] === true) {
    out['properties'] = { ...identity, ...(out['properties'] as Schemas | undefined) };
    out['required'] = [...new Set(['apiVersion', 'kind', ...(schema.required ?? [])])].sort();
  }
  const type = typeOf(schema);
  if (type !== undefined) out['type'] = type;
  if (isClosed(schema, empty)) out['additionalProperties'] = false;
  if (schema['x-kubernetes-list-type'] === 'set') out['uniqueItems'] = true;
  return out;
}

function rewrite(keyword: string, value: unknown, schema: JsonSchema, empty: EmptyObject): unknown {
  if (copied.has(keyword)) return value;
  if (left.has(keyword) || (isIntOrString(schema) && junctors.has(keyword))) return undefined;
  if (junctors.has(keyword)) return (value as JsonSchema[]).map(rule);
  switch (keyword) {
    case 'type':
      return undefined;
    case 'properties':
      return mapValues(value as Schemas, (property) => strict(property, empty));
    case 'items':
      return strict(value as JsonSchema, empty);
    case 'required':
      return [...(value as string[])].sort();
    case 'additionalProperties':
      return isObject(value) ? strict(value, empty) : value === false ? false : undefined;
    case 'not':
      return rule(value as JsonSchema);
    case 'pattern':
      return portable(String(value));
    case 'default':
      return empty === 'open' && isZero(value) ? undefined : value;
    case 'x-kubernetes-list-type':
      return value === 'atomic' ? undefined : value;
    case 'x-kubernetes-validations':
      return (value as Record<string, unknown>[]).map(celRule);
    default:
      throw new Error(`Cannot derive a schema: the keyword "${keyword}" is not known`);
  }
}

/** A branch of `anyOf` and its like holds rules about fields declared beside it, so it is not closed. */
function rule(schema: JsonSchema): JsonSchema {
  const out: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (left.has(keyword)) continue;
    if (keyword === 'properties') out[keyword] = mapValues(value as Schemas, rule);
    else if (junctors.has(keyword)) out[keyword] = (value as JsonSchema[]).map(rule);
    else if (keyword === 'items' || keyword === 'not') out[keyword] = rule(value as JsonSchema);
    else if (keyword === 'pattern') out[keyword] = portable(String(value));
    else out[keyword] = value;
  }
  return out;
}

function celRule(validation: Readonly<Record<string, unknown>>): unknown {
  const { fieldPath, optionalOldSelf, reason, rule: expression } = validation;
  return Object.fromEntries(
    Object.entries({ fieldPath, optionalOldSelf, reason, rule: expression }).filter(([, value]) => value !== undefined),
  );
}

function typeOf(schema: JsonSchema): JsonSchema['type'] {
  const type = isIntOrString(schema) ? ['integer', 'string'] : schema.type;
  return schema['nullable'] === true && type !== undefined ? [type, 'null'].flat() : type;
}

function isIntOrString(schema: JsonSchema): boolean {
  return schema['x-kubernetes-int-or-string'] === true;
}

function isClosed(schema: JsonSchema, empty: EmptyObject): boolean {
  if (schema.type !== 'object' || schema.additionalProperties !== undefined) return false;
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return false;
  return schema.properties !== undefined || empty === 'closed';
}

/** Go's zero value, which Kubernetes' own documents give as the default of every field that is no pointer. */
function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false || (isObject(value) && Object.keys(value).length === 0);
}
