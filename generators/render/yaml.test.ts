import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { printYaml } from './yaml.ts';

const scalar = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    'yes',
    'No',
    '~',
    '1e3',
    '0x10',
    '012',
    '1_000',
    '12:30',
    '2024-01-01',
    '1.5',
    '.5',
    '-1',
    '- a',
    'a: b',
  ),
  fc.constantFrom(
    'a\nb\n',
    ' a\nb\n',
    'a\n',
    'a\n\nb\n',
    'a \nb\n',
    '\n',
    '# x',
    'x #y',
    '%a',
    '@a',
    '`a',
    "'",
    '"',
    '{}',
    '500m',
  ),
  fc.constantFrom(
    '!a',
    '&a',
    '*a',
    '|',
    '>',
    '?',
    '=',
    '<<',
    'null',
    'a:',
    ':a',
    'e1',
    '1Gi',
    '60s',
    'a  b',
    'a ',
    ' a',
    '\u0085x\n',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value'), { maxLength: 4 }), tie('map')),
  map: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    tie('value'),
    { maxKeys: 4, noNullPrototype: true },
  ),
}));

test('every plain value comes back from a YAML 1.2 and a YAML 1.1 reader', () => {
  fc.assert(
    fc.property(value, (input) => {
      const text = printYaml(input);
      assert.deepEqual(parse(text, { schema: 'core' }), input);
      assert.deepEqual(parse(text, { version: '1.1', merge: false }), input);
    }),
    { numRuns: 3000 },
  );
});

test('the style is the one that reviewers read', () => {
  const object = {
    apiVersion: 'v1',
    metadata: { name: 'a', labels: {} },
    list: [{ name: 'x', value: '1' }, 'w', ['z']],
    script: 'if x then\n  return y\nend\n',
    memory: '512Mi',
  };
  const expected = [
    'apiVersion: v1',
    'metadata:',
    '  name: a',
    '  labels: {}',
    'list:',
    '- name: x',
    '  value: "1"',
    '- w',
    '- - z',
    'script: |',
    '  if x then',
    '    return y',
    '  end',
    'memory: 512Mi',
    '',
  ];
  assert.equal(printYaml(object), expected.join('\n'));
});

test('what YAML cannot hold is a bug of the caller', () => {
  assert.throws(() => printYaml({ a: Number.NaN }), TypeError);
  assert.throws(() => printYaml({ a: () => 1 }), TypeError);
});
