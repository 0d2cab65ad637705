/**
 * JSON Schema → TypeScript declarations, all of them readonly.
 *
 * Every object with named fields becomes an interface: under its name in `$defs`, else its title, else the name of its
 * owner and its field.
 */
import { isObject, type JsonSchema, pascalCase, type Schemas, singular } from './json-schema.ts';
import type { TypedSchema } from './sources.ts';

/** The declarations of one schema, given as its text. */
export function printTypes(text: string, typed: TypedSchema): string {
  const { $defs = {}, ...root } = JSON.parse(text) as JsonSchema;
  const named = nameObjects({ [typed.name]: root, ...$defs });
  const declarations = Object.entries(named).map(([name, type]) => declare(name, type, typed));
  const banner = `/** Made from schemas/${typed.schema} by \`npm run schemas\`; do not edit. */`;
  return `${banner}\n\n${declarations.join('\n\n')}\n`;
}

/** Moves each nested object with fields to the top, and leaves a reference in its place. */
function nameObjects(schemas: Schemas): Record<string, JsonSchema> {
  const named: Record<string, JsonSchema> = { ...schemas };
  const visit = (schema: JsonSchema, name: string): JsonSchema => {
    const { properties, items, additionalProperties } = schema;
    return {
      ...schema,
      ...(properties && { properties: mapFields(properties, (field, key) => place(field, name + pascalCase(key))) }),
      ...(items && { items: place(items, singular(name)) }),
      ...(isObject(additionalProperties) && { additionalProperties: place(additionalProperties, singular(name)) }),
    };
  };
  const place = (schema: JsonSchema, fallback: string): JsonSchema => {
    if (schema.properties === undefined) return visit(schema, fallback);
    const name = schema.title === undefined ? fallback : pascalCase(schema.title);
    if (named[name] !== undefined)
      throw new Error(`Cannot name two types ${name}: give one of them a title of its own`);
    named[name] = schema;
    named[name] = visit(schema, name);
    return { $ref: `#/$defs/${name}`, ...(schema.description !== undefined && { description: schema.description }) };
  };
  for (const [name, schema] of Object.entries(schemas)) named[name] = visit(schema, name);
  return named;
}

/** Like `mapValues`, in the order of the schema. */
function mapFields(fields: Schemas, map: (field: JsonSchema, key: string) => JsonSchema): Schemas {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, map(field, key)]));
}

function declare(name: string, schema: JsonSchema, typed: TypedSchema): string {
  const comment = printComment(schema.description, '');
  if (schema.properties === undefined) return `${comment}export type ${name} = ${typeOf(schema, typed)};`;
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties).map(([key, field]) => {
    const mark = required.has(key) ? '' : '?';
    return `${printComment(field.description, '  ')}  readonly ${printKey(key)}${mark}: ${typeOf(field, typed)};`;
  });
  if (schema.additionalProperties === undefined) fields.push('  readonly [field: string]: unknown;');
  return `${comment}export interface ${name} {\n${fields.join('\n')}\n}`;
}

function typeOf(schema: JsonSchema, typed: TypedSchema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema['const'] !== undefined) return literal(schema['const']);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ');
  const types = [schema.type ?? 'unknown'].flat().map((type) => typeNamed(type, schema, typed));
  return [...new Set(types)].join(' | ');
}

/** `#/$defs/Tensor` → `Tensor`; `#/$defs/Tensor/properties/datatype` → `Tensor['datatype']`. */
function nameOf(reference: string): string {
  const [name, ...fields] = reference.slice('#/$defs/'.length).split('/properties/');
  return `${name}${fields.map((field) => `[${literal(field)}]`).join('')}`;
}

function typeNamed(type: string, schema: JsonSchema, typed: TypedSchema): string {
  if (type === 'integer') return 'number';
  if (type === 'object') return `Readonly<Record<string, ${valueType(schema, typed)}>>`;
  if (type !== 'array') return type;
  const item = typeOf(schema.items ?? {}, typed);
  const list = / [|] |^readonly /.test(item) ? `(${item})[]` : `${item}[]`;
  const hasFirst = typed.nonEmptyLists && Number(schema['minItems'] ?? 0) > 0;
  return hasFirst ? `readonly [${item}, ...${list}]` : `readonly ${list}`;
}

function valueType({ additionalProperties }: JsonSchema, typed: TypedSchema): string {
  if (additionalProperties === false) return 'never';
  return isObject(additionalProperties) ? typeOf(additionalProperties, typed) : 'unknown';
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll(/[\\']/g, '\\$&')}'` : JSON.stringify(value);
}

function printKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key);
}

function printComment(description: string | undefined, indent: string): string {
  return description === undefined ? '' : `${indent}/** ${description.replaceAll('*/', '*\\/')} */\n`;
}
