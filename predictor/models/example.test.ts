import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TensorSpec } from '../protocol/signature.ts';
import { fitExample, zeroFeeds } from './example.ts';

const matrix: TensorSpec = { name: 'X', datatype: 'FP32', shape: [-1, 2], anyRank: false };
const words: TensorSpec = { name: 'words', datatype: 'BYTES', shape: [-1], anyRank: false };
const ids: TensorSpec = { name: 'ids', datatype: 'INT64', shape: [-1], anyRank: false };
const rows = [
  [1, 2],
  [3, 4],
];
const fitted = [{ name: 'X', datatype: 'FP32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }];

test('every form that MLflow writes', () => {
  for (const example of [
    { dataframe_split: { columns: ['a', 'b'], data: rows } },
    { columns: ['a', 'b'], data: rows },
    { inputs: rows },
    { instances: rows },
    { inputs: { X: rows } },
    rows,
  ]) {
    assert.deepEqual(fitExample(example, [matrix]), fitted);
  }
  assert.deepEqual(fitExample({ inputs: { words: ['a'], ids: [7] } }, [words, ids]), [
    { name: 'words', datatype: 'BYTES', shape: [1], data: ['a'] },
    { name: 'ids', datatype: 'INT64', shape: [1], data: BigInt64Array.of(7n) },
  ]);
});

test('an example that does not fit is no example', () => {
  for (const example of [
    undefined,
    null,
    7,
    'x',
    [],
    [[1, 2, 3]],
    [[1, 2], [3]],
    [['a', 'b']],
    { inputs: { Z: rows } },
    { dataframe_split: {} },
    [1, 2],
  ]) {
    assert.equal(fitExample(example, [matrix]), undefined);
  }
  assert.equal(fitExample([1.5], [ids]), undefined);
  assert.equal(fitExample([1], [words]), undefined);
});

test('zeros take one of each open dimension', () => {
  assert.deepEqual(zeroFeeds([matrix, words]), [
    { name: 'X', datatype: 'FP32', shape: [1, 2], data: new Float32Array(2) },
    { name: 'words', datatype: 'BYTES', shape: [1], data: [''] },
  ]);
});
