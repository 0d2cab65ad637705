import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonSchema } from './json-schema.ts';
import { portable } from './pattern.ts';
import { strict } from './strict.ts';

function check(name: string, schema: JsonSchema, expected: JsonSchema) {
  test(name, () => assert.deepEqual(strict(schema, 'closed'), expected));
}

check(
  'an object with named fields takes no others, and prose is left out',
  { type: 'object', description: 'Prose.', properties: { a: { type: 'string', description: 'Prose.' } } },
  { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
);
check(
  'a field may be called like a keyword',
  { type: 'object', properties: { description: { type: 'string' } } },
  { type: 'object', properties: { description: { type: 'string' } }, additionalProperties: false },
);
check(
  'an object whose unknown fields are preserved stays open',
  { type: 'object', properties: { a: { type: 'string' } }, 'x-kubernetes-preserve-unknown-fields': true },
  { type: 'object', properties: { a: { type: 'string' } } },
);
check(
  'a map keeps the schema of its values',
  { type: 'object', additionalProperties: { type: 'object', properties: {} } },
  { type: 'object', additionalProperties: { type: 'object', properties: {}, additionalProperties: false } },
);
check(
  'an object without a word on its fields has none in a CRD',
  { type: 'object' },
  { type: 'object', additionalProperties: false },
);
check(
  'int-or-string is a union that keeps the pattern of its strings',
  { anyOf: [{ type: 'integer' }, { type: 'string' }], pattern: '^[0-9]+m?$', 'x-kubernetes-int-or-string': true },
  { type: ['integer', 'string'], pattern: '^[0-9]+m?$' },
);
check(
  'a nullable value may be null',
  { type: 'object', nullable: true, additionalProperties: { type: 'string' } },
  { type: ['object', 'null'], additionalProperties: { type: 'string' } },
);
check(
  'an embedded resource has a kind and an apiVersion',
  { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
  {
    type: 'object',
    properties: {
      apiVersion: { type: 'string', minLength: 1 },
      kind: { type: 'string', minLength: 1 },
      metadata: { type: 'object' },
    },
    required: ['apiVersion', 'kind'],
  },
);
check(
  'CEL rules stay without their messages',
  {
    type: 'string',
    'x-kubernetes-validations': [{ rule: 'self != ""', message: 'Prose.', reason: 'FieldValueInvalid' }],
  },
  { type: 'string', 'x-kubernetes-validations': [{ reason: 'FieldValueInvalid', rule: 'self != ""' }] },
);
check(
  'the keys of a list map stay, an atomic list is a plain one, a set has no item twice',
  {
    type: 'object',
    properties: {
      atomic: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
      map: { type: 'array', items: {}, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
      set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    },
  },
  {
    type: 'object',
    additionalProperties: false,
    properties: {
      atomic: { type: 'array', items: { type: 'string' } },
      map: { type: 'array', items: {}, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
      set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set', uniqueItems: true },
    },
  },
);
check(
  'a branch of oneOf speaks of fields declared beside it and is not closed',
  {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    oneOf: [{ properties: { a: { enum: ['x'] } } }, { not: { required: ['b'] } }],
  },
  {
    type: 'object',
    additionalProperties: false,
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    oneOf: [{ properties: { a: { enum: ['x'] } } }, { not: { required: ['b'] } }],
  },
);

test("zero values are no defaults in Kubernetes' own documents, where an empty object is open", () => {
  assert.deepEqual(strict({ type: 'object', default: {} }, 'open'), { type: 'object' });
  assert.deepEqual(strict({ type: 'string', default: 'TCP' }, 'open'), { type: 'string', default: 'TCP' });
  assert.deepEqual(strict({ type: 'string', default: '' }, 'closed'), { type: 'string', default: '' });
});

test('a keyword that is not known is an error, not a gap', () => {
  assert.throws(() => strict({ 'x-kubernetes-new': true }, 'closed'), /"x-kubernetes-new" is not known/);
});

test('a pattern that ignores case is written out', () => {
  assert.equal(portable('^(?i)(abort|w)?$'), '^([aA][bB][oO][rR][tT]|[wW])?$');
  assert.equal(portable('^a$'), '^a$');
  assert.throws(() => portable('(?i)[a-z]'), /Cannot translate/);
});
