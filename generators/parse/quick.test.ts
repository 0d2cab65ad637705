import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readQuickly } from './quick.ts';
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

test('reads an entry as people write it', () => {
  assert.deepEqual(readQuickly(ENTRY), parseEntry(ENTRY));
  assert.notEqual(readQuickly(ENTRY), undefined);
});

const LEFT_ALONE: readonly (readonly [string, string])[] = [
  ['an anchor', '- a: &x b\n'],
  ['a tag', '- a: !!str 1\n'],
  ['a repeated key', '- a: 1\n  a: 2\n'],
  ['a key of JavaScript', '- __proto__: 1\n'],
  ['a number as a key', '- 0x10: 1\n'],
  ['a number as a key of a flow mapping', '- {1.0: 1}\n'],
  ['null as a key', '- ~: 1\n'],
  ['no key', '- : 1\n'],
  ['a number beyond floats', '- a: 1e400\n'],
  ['two entries', '- a: 1\n- a: 2\n'],
  ['a mapping in one line', '- a: b: c\n'],
  ['wrong indentation', '- a: 1\n   b: 2\n'],
];

for (const [what, text] of LEFT_ALONE) {
  test(`leaves ${what} to the parser that knows positions`, () => {
    assert.equal(readQuickly(text), undefined);
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
      const plain = readQuickly(text);
      if (plain === undefined) return;
      read += 1;
      assert.deepEqual(plain, parseEntry(text));
    }),
    { numRuns: 3000 },
  );
  assert.ok(read > 300, `only ${read} texts were read`);
});
