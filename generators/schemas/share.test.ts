import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonSchema } from './json-schema.ts';
import { printJson } from './print.ts';
import { share } from './share.ts';

const object = (properties: Record<string, JsonSchema>): JsonSchema => ({ type: 'object', properties });
const text: JsonSchema = { type: 'string' };
const probe = object({ path: text });

test('equal objects are one definition, named where it lies nearest to the root', () => {
  const container = object({ livenessProbe: probe });
  const schema = object({ spec: object({ containers: { type: 'array', items: container }, probe }) });
  assert.deepEqual(share(schema, 'Pod'), {
    ...object({ spec: { $ref: '#/$defs/PodSpec' } }),
    $defs: {
      Container: object({ livenessProbe: { $ref: '#/$defs/Probe' } }),
      PodSpec: object({
        containers: { type: 'array', items: { $ref: '#/$defs/Container' } },
        probe: { $ref: '#/$defs/Probe' },
      }),
      Probe: object({ path: text }),
    },
  });
});

test('where two types want one name, the second names its owner too', () => {
  const schema = object({ spec: object({ item: object({ a: text }), list: object({ item: object({ b: text }) }) }) });
  assert.deepEqual(Object.keys(share(schema, 'Kind').$defs ?? {}), ['Item', 'KindSpec', 'List', 'ListItem']);
});

test('a name that is given goes before a name that is found, and is not part of the structure', () => {
  const schema = object({
    spec: object({ one: { ...probe, 'x-name': 'Probe' }, two: { ...probe, 'x-name': 'Probe' } }),
  });
  assert.deepEqual(Object.keys(share(schema, 'Kind').$defs ?? {}), ['KindSpec', 'Probe']);
});

test('a long rule that is used twice is shared; one used once, or short, stays in place', () => {
  const long: JsonSchema = { type: 'string', pattern: `^[a-z]{${'1'.repeat(99)}}$` };
  const shared = share(object({ spec: object({ a: long, b: object({ long }), c: text, d: text }) }), 'Kind');
  assert.deepEqual(shared.$defs?.['A'], { ...long });
  assert.deepEqual(shared.$defs?.['KindSpec']?.properties?.['c'], text);
});

test('the order of keywords and fields does not matter', () => {
  const one = share(object({ a: { type: 'object', properties: { x: text, y: text } } }), 'Kind');
  const two = share(object({ a: { properties: { y: text, x: text }, type: 'object' } }), 'Kind');
  assert.equal(printJson(one), printJson(two));
});

test('what fits on a line is printed on one', () => {
  const printed = printJson({ a: { b: [1, 'c'], d: null }, e: 'x'.repeat(110), f: { g: 'x'.repeat(110) } });
  const x = 'x'.repeat(110);
  assert.equal(printed, `{\n "a": {"b": [1, "c"], "d": null},\n "e": "${x}",\n "f": {\n  "g": "${x}"\n }\n}\n`);
});
