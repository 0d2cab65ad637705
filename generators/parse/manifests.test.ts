import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifests } from './manifests.ts';
import { positionOf } from './source.ts';

const text = `# two documents and a list
a: {b: 1}
---
---
kind: List
items:
- c: [2, 3]
- d: &x 4
  e: *x
`;

test('every document and every item of a List is an object of its own; empty documents are none', () => {
  const { value = [], problems } = parseManifests('m.yaml', text);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    value.map((manifest) => [manifest.place, manifest.value]),
    [
      ['m.yaml (document 1)', { a: { b: 1 } }],
      ['m.yaml (document 2) (item 1)', { c: [2, 3] }],
      ['m.yaml (document 2) (item 2)', { d: 4, e: 4 }],
    ],
  );
});

test('a place is found in the document that holds it', () => {
  const { value = [] } = parseManifests('m.yaml', text);
  const at = (index: number, pointer: (string | number)[], key = false) => {
    const { line, column } = positionOf(text, value[index]?.locate({ pointer, key }).offset ?? -1);
    return [line, column];
  };
  assert.deepEqual(at(0, ['a', 'b']), [2, 8]);
  assert.deepEqual(at(1, ['c', 1]), [7, 10]);
  assert.deepEqual(at(2, ['e'], true), [9, 3]);
});

test('a lone document is called by its file, and JSON is YAML too', () => {
  const { value } = parseManifests('m.json', '{"a": 1}');
  assert.deepEqual(
    value?.map(({ place }) => place),
    ['m.json'],
  );
});

test('a fault of syntax is told once a document, with its place', () => {
  const { value, problems } = parseManifests('m.yaml', 'a: 1\n---\nb: {c: 1\nd: [\n');
  assert.equal(value, undefined);
  assert.deepEqual(
    problems.map(({ code, where }) => [code, positionOf('a: 1\n---\nb: {c: 1\nd: [\n', where.offset ?? -1).line]),
    [['YAML_SYNTAX', 4]],
  );
});
