import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPlainEntry } from './plain-entry.ts';
import { parseEntry } from './yaml.ts';

const ENTRY = `  - name: churn
    description: Who leaves, and "why"; see https://x.test/a?b=c

    versions:
      # the oldest first
      - version: "1"
        sha256: 3c25632b92409d3fb64afebede10d4e8
        metrics: {accuracy: 0.9, loss: -1.25, empty: {}}
    example: {inputs: [[1, 2.5], ['it', "b c"], []], expect: { label: [0] }}
    resources: {cpu: 100m, memory: 1Gi}
    list:
      - 1
      - a b
      - [x, y z]
    serve:
      prod:
        version: v2-0
`;

test('reads the plain form', () => {
  const text =
    '  - name: iris\n    size: 12\n    versions:\n      - {version: "1", cpu: 100m}\n    on: [a b, -1.5, true word]\n';
  const value = { name: 'iris', size: 12, versions: [{ version: '1', cpu: '100m' }], on: ['a b', -1.5, 'true word'] };
  assert.deepEqual(readPlainEntry(text), { value });
});

const LEFT_ALONE: readonly (readonly [string, string])[] = [
  ['a comment behind a value', '- a: b # c\n'],
  ['a text over two lines', '- a: b\n    c\n'],
  ['a block scalar', '- a: |\n    c\n'],
  ['a flow list over two lines', '- a: [1,\n    2]\n'],
  ['an anchor', '- a: &x b\n'],
  ['a tag', '- a: !!str 1\n'],
  ['an escape', '- a: "\\n"\n'],
  ['a repeated key', '- a: 1\n  a: 2\n'],
  ['a repeated key of a flow mapping', '- {a: 1, a: 2}\n'],
  ['a key of JavaScript', '- __proto__: 1\n'],
  ['a word with a meaning', '- a: true\n'],
  ['a number in another base', '- a: 0x10\n'],
  ['a number with an exponent', '- a: 1e5\n'],
  ['a number with leading zeros', '- a: 007\n'],
  ['a trailing comma', '- a: [1, ]\n'],
  ['two entries', '- a: 1\n- a: 2\n'],
  ['a mapping in one line', '- a: b: c\n'],
  ['wrong indentation', '- a: 1\n   b: 2\n'],
];

for (const [what, text] of LEFT_ALONE) {
  test(`leaves ${what} to the general parser`, () => {
    assert.equal(readPlainEntry(text), undefined);
  });
}

const MARKS = [
  '',
  ' ',
  '  ',
  '\n',
  '\n  ',
  ':',
  ': ',
  '- ',
  '-',
  '#',
  ' #',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  ', ',
  ',',
  '? ',
];
const ODDITIES = [
  'e',
  '0',
  '.',
  '~',
  '&a ',
  '*a',
  '!',
  '|',
  '>',
  '%',
  '@',
  '\\',
  '<<',
  'null',
  '1_0',
  '0x',
  '+1',
  '\t',
];
const CHARACTERS = ['\u00a0', '\u0085', '\u2028', '\ufeff', '\u00e9', '\ud83d', '\u{1f600}', '\u0007'];

/** The entry after a few edits of the kind that people and editors make, and of kinds that nobody makes. */
const edited = fc
  .array(fc.record({ at: fc.nat(1000), cut: fc.nat(3), put: fc.constantFrom(...MARKS, ...ODDITIES, ...CHARACTERS) }), {
    maxLength: 3,
  })
  .map((edits) =>
    edits.reduce((text, { at, cut, put }) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + cut);
    }, ENTRY),
  );

test('gives what the yaml package gives, or nothing', () => {
  let read = 0;
  fc.assert(
    fc.property(edited, (text) => {
      const plain = readPlainEntry(text);
      if (plain === undefined) return;
      read += 1;
      assert.deepEqual(plain, parseEntry(text));
    }),
    { numRuns: Number(process.env['N'] ?? 3000), seed: Number(process.env['S'] ?? 7) },
  );
  process.stdout.write(`# read ${read}\n`);
  assert.ok(read > 300, `only ${read} texts were in the plain form`);
});
