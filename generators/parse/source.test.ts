import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Where } from '../problem.ts';
import { parseRegistry, parseSource, positionOf } from './source.ts';

const FILE = 'models.yaml';
const text = `# a comment
models:
  - name: iris
    shape: [1, 22]
    serve:
      alpha: {version: "1"}
    empty:

  - name: "wine"   # two
    text: |
      block
    /a~b: 1
`;

function at(where: Omit<Where, 'file'>, source = parseRegistry(FILE, text).value): string {
  const place = source?.locate({ file: FILE, ...where });
  return place === undefined ? 'nowhere' : `${place.line}:${place.column}`;
}

const places: [pointer: (string | number)[], value: string, key: string][] = [
  [['models'], '3:3', '2:1'],
  [['models', 0], '3:5', '3:5'],
  [['models', 0, 'name'], '3:11', '3:5'],
  [['models', 0, 'shape'], '4:12', '4:5'],
  [['models', 0, 'shape', 1], '4:16', '4:16'],
  [['models', 0, 'serve', 'alpha', 'version'], '6:24', '6:15'],
  [['models', 1, 'name'], '9:11', '9:5'],
  [['models', 1, 'text'], '10:11', '10:5'],
  [['models', 1, '/a~b'], '12:11', '12:5'],
];
for (const [pointer, value, key] of places) {
  test(`/${pointer.join('/')} stands at ${value}, its key at ${key}`, () => {
    for (const source of [parseRegistry(FILE, text).value, parseSource(FILE, text).value]) {
      assert.equal(at({ pointer }, source), value);
      assert.equal(at({ pointer, key: true }, source), key);
    }
  });
}

test('an empty value is shown by its key', () => {
  assert.equal(at({ pointer: ['models', 0, 'empty'] }), '7:5');
});

test('what is absent is shown by its nearest parent', () => {
  assert.equal(at({ pointer: ['models', 0, 'shape', 7] }), '4:12');
  assert.equal(at({ pointer: ['models', 0, 'nothing'] }), '3:5');
  assert.equal(at({ pointer: [] }), '2:1');
});

test('no file is a problem of its own, with what to do about it', () => {
  const registry = parseRegistry(FILE, undefined);
  assert.deepEqual(
    registry.problems.map(({ code, where, repair }) => [code, where, repair]),
    [['FILE_MISSING', { file: FILE }, 'Create it, or run from the project folder']],
  );
  assert.equal(registry.value, undefined);
  const cluster = parseSource('clusters/a/cluster.yaml', undefined);
  assert.equal(cluster.problems[0]?.repair, 'Create it, or remove its folder');
});

test('lines and columns count from one, and an offset behind the end is the end', () => {
  assert.deepEqual(positionOf('ab\ncd', 0), { line: 1, column: 1, text: 'ab' });
  assert.deepEqual(positionOf('ab\ncd', 2), { line: 1, column: 3, text: 'ab' });
  assert.deepEqual(positionOf('ab\ncd', 3), { line: 2, column: 1, text: 'cd' });
  assert.deepEqual(positionOf('ab\ncd\n', 99), { line: 3, column: 1, text: '' });
  assert.deepEqual(positionOf('ab\r\ncd', 1), { line: 1, column: 2, text: 'ab' });
  assert.deepEqual(positionOf('', 0), { line: 1, column: 1, text: '' });
});

test('several keys of one mapping that come twice are each reported, with both places', () => {
  const { problems } = parseSource(FILE, 'a: 1\nb: {c: 1, c: 2}\na: 3\n');
  assert.deepEqual(
    problems.map(({ code, where, related }) => [code, where.offset, related?.[0]?.offset]),
    [
      ['YAML_DUPLICATE_KEY', 15, 9],
      ['YAML_DUPLICATE_KEY', 21, 0],
    ],
  );
  assert.match(problems[0]?.message ?? '', /the key "c"/);
});

test('of faults that follow from each other the first is reported', () => {
  const { problems } = parseSource(FILE, 'models:\n  - name: a\n\towner: b\n    c: d\n   e: [\n');
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['YAML_SYNTAX'],
  );
});

test('text, numbers and booleans are read as YAML 1.2 reads them', () => {
  const { value } = parseSource(FILE, 'a: yes\nb: 0o17\nc: 017\nd: 1_000\ne: "1"\nf: null\ng: 12:30\n');
  assert.deepEqual(value?.value, { a: 'yes', b: 15, c: 17, d: '1_000', e: '1', f: null, g: '12:30' });
});
