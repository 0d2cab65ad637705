import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonSchema } from './json-schema.ts';
import { printTypes } from './types.ts';

function check(name: string, schema: JsonSchema, expected: string) {
  test(name, () => {
    const typed = { name: 'Root', schema: 'root.json', file: 'root.d.ts', nonEmptyLists: true };
    const banner = '/** Made from schemas/root.json by `npm run schemas`; do not edit. */';
    assert.equal(printTypes(JSON.stringify(schema), typed), `${banner}\n\n${expected}\n`);
  });
}

const object = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
});

check(
  'fields are readonly, required or not, and described',
  {
    ...object({ 'a-b': { type: 'integer' }, c: { type: ['integer', 'string'], description: 'Words.' } }),
    required: ['c'],
    description: 'A root.',
  },
  `/** A root. */
export interface Root {
  readonly 'a-b'?: number;
  /** Words. */
  readonly c: number | string;
}`,
);
check(
  'choices, constants, maps and lists',
  object({
    choice: { enum: ['x', "y'z"] },
    kind: { const: 'Root' },
    lists: { type: 'array', items: { type: 'array', items: { enum: ['x', 'y'] } } },
    map: { type: 'object', additionalProperties: { type: 'string' } },
    any: {},
    full: { type: 'array', minItems: 1, items: { type: 'string' } },
  }),
  `export interface Root {
  readonly choice?: 'x' | 'y\\'z';
  readonly kind?: 'Root';
  readonly lists?: readonly (readonly ('x' | 'y')[])[];
  readonly map?: Readonly<Record<string, string>>;
  readonly any?: unknown;
  readonly full?: readonly [string, ...string[]];
}`,
);
check(
  'an object inside is named by its title, else by its owner and field; an open one takes any field',
  object({
    first: { ...object({ a: { type: 'string' } }), title: 'The first' },
    items: { type: 'array', items: { type: 'object', properties: { b: { type: 'string' } } } },
  }),
  `export interface Root {
  readonly first?: TheFirst;
  readonly items?: readonly RootItem[];
}

export interface TheFirst {
  readonly a?: string;
}

export interface RootItem {
  readonly b?: string;
  readonly [field: string]: unknown;
}`,
);
check(
  'references name a definition or one of its fields',
  {
    ...object({ name: { $ref: '#/$defs/Name' }, part: { $ref: '#/$defs/Part/properties/size' } }),
    $defs: { Name: { type: 'string' }, Part: object({ size: { type: 'number' } }) },
  },
  `export interface Root {
  readonly name?: Name;
  readonly part?: Part['size'];
}

export type Name = string;

export interface Part {
  readonly size?: number;
}`,
);
