import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer, readRow, rowCount } from './answer.ts';
import { differing, type Entry, headlineOf, MOST_ENTRIES, parseEntries, remember } from './history.ts';
import { timingOf } from './timing.ts';

const labels = ['Setosa', 'Versicolor', 'Virginica'];
const known = [
  { name: 'output_label', alias: 'output-0', datatype: 'INT64' as const, shape: [-1], labels },
  { name: 'output_probability', alias: 'output-1', datatype: 'FP32' as const, shape: [-1, 3], labels },
];
const body = (outputs: unknown[]) => JSON.stringify({ model_name: 'm', model_version: '2', outputs });

test('a class and its probabilities', () => {
  const answer = readAnswer(
    body([
      { name: 'output-0', datatype: 'INT64', shape: [1], data: [1] },
      { name: 'output-1', datatype: 'FP32', shape: [1, 3], data: [[0.1, 0.7, 0.2]] },
    ]),
    known,
  );
  const reading = readRow(answer);
  assert.equal(reading.label, 'Versicolor');
  assert.deepEqual(
    reading.shares,
    labels.map((label, index) => ({ label, share: [0.1, 0.7, 0.2][index] })),
  );
  assert.deepEqual(headlineOf(reading), { headline: 'Versicolor', share: 0.7 });
  assert.equal(answer.version, '2');
});

test('probabilities alone name the likeliest class, also without labels', () => {
  const answer = readAnswer(body([{ name: 'p', datatype: 'FP32', shape: [1, 2], data: [0.25, 0.75] }]), []);
  assert.equal(readRow(answer).label, 'Class 1');
});

test('numbers that are no probabilities stay tensors', () => {
  const { shares, rest } = readRow(
    readAnswer(body([{ name: 'p', datatype: 'FP32', shape: [1, 3], data: [1, 2, -3] }]), []),
  );
  assert.equal(shares, undefined);
  assert.deepEqual(rest[0]?.data, [1, 2, -3]);
});

test('a regression is a number, and a 64-bit integer keeps its digits', () => {
  const [number, integer] = [
    '{"name":"y","datatype":"FP32","shape":[1,1],"data":[146.17]}',
    '{"name":"n","datatype":"INT64","shape":[1],"data":[9223372036854775807]}',
  ].map((output) => readRow(readAnswer(`{"outputs":[${output}]}`, [])).numbers[0]?.value);
  assert.equal(number, 146.17);
  assert.equal(integer, 9223372036854775807n);
});

test('text is a class; rows are told apart', () => {
  const answer = readAnswer(body([{ name: 's', datatype: 'BYTES', shape: [2], data: ['cat', '<b>dog</b>'] }]), []);
  assert.equal(rowCount(answer), 2);
  assert.equal(readRow(answer, 1).label, '<b>dog</b>');
});

const nonsense = [
  '',
  '[]',
  '{}',
  'null',
  '{"outputs":{}}',
  '{"outputs":[{"name":"a"}]}',
  '{"outputs":[{"name":"a","datatype":"FP32","shape":[1],"data":"x"}]}',
  '{"outputs":[null]}',
  '<html>',
];
for (const text of nonsense) {
  test(`nonsense is told: ${text}`, () => assert.throws(() => readAnswer(text, []), Error));
}

test('where the time went adds up', () => {
  const { total, queue, compute, inside, proxy, network } = timingOf(
    'queue;dur=1, input;dur=0.5, infer;dur=2, output;dur=0.5, upstream;dur=10, proxy;dur=2',
    20,
  );
  assert.deepEqual([total, queue, compute, inside, proxy, network], [20, 1, 3, 6, 2, 8]);
  assert.deepEqual(timingOf(null, 5), { total: 5, network: 5 });
  assert.deepEqual(timingOf('cache;desc="a", broken;dur=x, upstream;dur=4', 5), { total: 5, inside: 4, network: 1 });
});

const entry = (value: string, at = value): Entry => ({ at, target: 'stable', values: { x: value }, headline: value });

test('history is newest first, without doubles, and ends', () => {
  let entries: readonly Entry[] = [];
  for (let index = 0; index < 70; index += 1) entries = remember(entries, entry(String(index)));
  assert.equal(entries.length, MOST_ENTRIES);
  assert.equal(entries[0]?.headline, '69');
  entries = remember(entries, entry('50', 'later'));
  assert.equal(entries.length, MOST_ENTRIES);
  assert.equal(entries[0]?.at, 'later');
  assert.equal(remember(entries, entry('x'.repeat(30_000))), entries);
});

test('what differs is named; storage that others wrote is passed over', () => {
  assert.deepEqual(differing({ a: '1', b: '2' }, { a: '1', b: '3', c: '4' }), ['b', 'c']);
  for (const text of [
    null,
    '',
    '{',
    '{}',
    '[1]',
    '[{"at":1}]',
    '[{"at":"","target":"","headline":"","values":{"x":1}}]',
  ]) {
    assert.deepEqual(parseEntries(text), []);
  }
  assert.deepEqual(parseEntries(JSON.stringify([entry('1')])), [entry('1')]);
});
