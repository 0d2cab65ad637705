import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { cutEntries } from './chunks.ts';
import { type EntryMemo, parseRegistry, parseSource } from './source.ts';

const FILE = 'models.yaml';

/** Values as people write them: plain, quoted, over several lines, and such that look like something else. */
const value = fc.constantFrom(
  'iris',
  '"1"',
  "'two # words'",
  '100',
  '1.50',
  'true',
  'a - b',
  '- 1',
  'x: y'.replace(': ', ':'),
  '[1, 2]',
  '{a: 1, b: "x"}',
  '|\n      first\n\n      - second\n      # no comment\n',
  '>-\n      folded\n      text: here\n',
  '"over\n      two lines"',
  'plain over\n      two lines',
  '2026-01-01',
  '0x1F',
  '1e3',
  '~',
  'word # a comment',
);
const key = fc.constantFrom('name', 'owner', 'description', 'format', 'serve', 'a.b', '"quoted key"', 'x-1');
const gap = fc.constantFrom('', '\n', '# a comment\n', '    # indented\n', '  \n', '\n\n# two\n');

const entry = fc
  .tuple(fc.uniqueArray(fc.tuple(key, value, gap), { minLength: 1, maxLength: 4, selector: ([name]) => name }), gap)
  .map(([fields, after]) => ({ fields, after }));

const registry = fc
  .record({
    head: fc.constantFrom('', '# models\n', '---\n', '\n', '# yaml-language-server: $schema=x\n---\n# more\n'),
    key: fc.constantFrom('models:\n', 'models: # all\n', 'models:\n\n', 'models:\n# first\n'),
    indent: fc.constantFrom(0, 2, 3),
    entries: fc.array(entry, { minLength: 1, maxLength: 5 }),
    end: fc.constantFrom('', '# the end\n', '\n\n', '...\n', '---\na: 1\n', 'more: 1\n'),
  })
  .map(({ head, key: models, indent, entries, end }) => {
    const pad = ' '.repeat(indent);
    const list = entries.map(({ fields, after }) => {
      const lines = fields.map(([name, text, between], index) => {
        // Continuation lines of a value are indented by six: deeper than every key here.
        return `${pad}${index === 0 ? '- ' : '  '}${name}: ${text.endsWith('\n') ? text : `${text}\n`}${between}`;
      });
      return `${lines.join('')}${after}`;
    });
    return `${head}${models}${list.join('')}${end}`;
  });

test('cut into entries or read as a whole, a registry says the same', () => {
  let cut = 0;
  fc.assert(
    fc.property(registry, (text) => {
      if (cutEntries(text) !== undefined) cut += 1;
      const inPieces = parseRegistry(FILE, text);
      const whole = parseSource(FILE, text);
      assert.deepEqual(inPieces.problems, whole.problems);
      if (whole.problems.length === 0) assert.deepEqual(inPieces.value?.value, whole.value?.value);
    }),
    { numRuns: 800 },
  );
  assert.ok(cut > 100, `only ${cut} registries were cut, so this proves little`);
});

test('a value stands at the same place, cut or not', () => {
  fc.assert(
    fc.property(registry, (text) => {
      const inPieces = parseRegistry(FILE, text);
      const whole = parseSource(FILE, text);
      if (whole.problems.length > 0) return;
      for (const pointer of pointersOf(whole.value?.value)) {
        for (const at of [true, false]) {
          const where = { file: FILE, pointer, key: at };
          assert.deepEqual(inPieces.value?.locate(where), whole.value?.locate(where), JSON.stringify(pointer));
        }
      }
    }),
    { numRuns: 300 },
  );
});

function pointersOf(value: unknown, pointer: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [pointer];
  const steps: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const below = steps.flatMap((step) => pointersOf((value as Record<string, unknown>)[step], [...pointer, step]));
  return [pointer, ...below];
}

test('the pieces together are the text', () => {
  fc.assert(
    fc.property(registry, (text) => {
      const cut = cutEntries(text);
      if (cut === undefined) return;
      assert.equal(cut.head + cut.items.map((item) => item.text).join(''), text);
      for (const { start, text: piece } of cut.items) assert.ok(text.startsWith(piece, start));
    }),
  );
});

const notCut: [name: string, text: string][] = [
  ['Windows line breaks', 'models:\r\n  - name: a\r\n'],
  ['tabs', 'models:\n  - name: a\t# b\n'],
  ['a list in flow style', 'models: [{name: a}]\n'],
  ['a key before', 'version: 1\nmodels:\n  - name: a\n'],
  ['a key behind', 'models:\n  - name: a\nversion: 1\n'],
  ['no entry', 'models:\n'],
  ['a tag', 'models: !!seq\n  - name: a\n'],
  ['a second document', 'models:\n- name: a\n---\nmodels: []\n'],
  ['a directive', '%YAML 1.2\n---\nmodels:\n  - name: a\n'],
];
for (const [name, text] of notCut) {
  test(`not cut, and read as a whole: ${name}`, () => {
    assert.equal(cutEntries(text), undefined);
    const whole = parseSource(FILE, text);
    const read = parseRegistry(FILE, text);
    assert.deepEqual(read.problems, whole.problems);
    assert.deepEqual(read.value?.value, whole.value?.value);
  });
}

test('Windows line breaks mean the same', () => {
  const text = 'models:\n  - name: a\n    owner: b\n';
  const { value: source } = parseRegistry(FILE, text.replaceAll('\n', '\r\n'));
  assert.deepEqual(source?.value, parse(text));
  assert.deepEqual(source?.locate({ file: FILE, pointer: ['models', 0, 'owner'] }), {
    line: 3,
    column: 12,
    text: '    owner: b',
  });
});

test('an entry that has not changed keeps its identity, and one that has changed does not', () => {
  const memo: EntryMemo = {};
  const text = (second: string) => `models:\n  - name: a\n  - name: ${second}\n`;
  const models = (source: unknown) => (source as { models: unknown[] }).models;
  const before = models(parseRegistry(FILE, text('b'), memo).value?.value);
  const after = models(parseRegistry(FILE, text('c'), memo).value?.value);
  assert.equal(after[0], before[0]);
  assert.notEqual(after[1], before[1]);
  assert.deepEqual(after, [{ name: 'a' }, { name: 'c' }]);
});

/** What an editor may do to a text: replace any stretch of it by any other. */
const splice = fc.tuple(
  fc.nat(400),
  fc.nat(30),
  fc.constantFrom('', 'x', '\n', '- ', '  - name: new\n', '#', '"', ': ', '---\n', '    ', '|\n', '&a ', '\t', '\r\n'),
);

test('after any edits, what is remembered changes nothing', () => {
  fc.assert(
    fc.property(registry, fc.array(splice, { minLength: 1, maxLength: 6 }), (start, splices) => {
      const memo: EntryMemo = {};
      let text = start;
      parseRegistry(FILE, text, memo);
      for (const [at, length, insert] of splices) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + insert + text.slice(from + length);
        const remembered = parseRegistry(FILE, text, memo);
        const fresh = parseSource(FILE, text);
        assert.deepEqual(remembered.problems, fresh.problems, JSON.stringify(text));
        if (fresh.problems.length > 0) continue;
        assert.deepEqual(remembered.value?.value, fresh.value?.value, JSON.stringify(text));
        const where = { file: FILE, pointer: ['models', 1, 'name'] };
        assert.deepEqual(remembered.value?.locate(where), fresh.value?.locate(where), JSON.stringify(text));
      }
    }),
    { numRuns: 800 },
  );
});
