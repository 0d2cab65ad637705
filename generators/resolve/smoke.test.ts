import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../schemas/types/models.d.ts';
import { leastModel } from '../testdata/platform.ts';
import { exampleFaults } from './example-rules.ts';
import { resolveSmoke } from './smoke.ts';

const signature: Model['signature'] = {
  inputs: [{ name: 'X', alias: 'input-0', datatype: 'FP32', shape: [-1, 2] }],
  outputs: [
    { name: 'label', alias: 'output-0', datatype: 'INT64', shape: [-1] },
    { name: 'score', datatype: 'FP32', shape: [-1, 3] },
  ],
};
const input = { shape: [1, 2], datatype: 'FP32', data: [[1, 2]] } as const;

test('names become those of the graph, and an output without expectation must still come', () => {
  const example = { inputs: [{ ...input, name: 'input-0' }] as const, expect: { 'output-0': [2] } };
  assert.deepEqual(resolveSmoke({ ...leastModel, signature, example }), {
    inputs: [{ ...input, name: 'X' }],
    outputs: [{ name: 'label', data: [2] }, { name: 'score' }],
    tolerance: 0.00001,
  });
});

test('without a signature the names stay, in an order of their own', () => {
  const inputs = [{ ...input, name: 'input-0' }] as const;
  const smoke = resolveSmoke({ ...leastModel, example: { inputs, expect: { b: [1], a: [2] }, tolerance: 0.5 } });
  assert.deepEqual(smoke?.outputs, [
    { name: 'a', data: [2] },
    { name: 'b', data: [1] },
  ]);
  assert.equal(smoke?.tolerance, 0.5);
});

test('no example, no check', () => {
  assert.equal(resolveSmoke(leastModel), undefined);
});

test('an example that no ConfigMap holds is refused: EXAMPLE_SIZE', () => {
  const at = (...pointer: (string | number)[]) => ({ file: 'models.yaml', pointer });
  const withRows = (rows: number): Model => {
    const data = Array.from({ length: rows }, () => [1.25, 2.25]);
    return { ...leastModel, example: { inputs: [{ ...input, name: 'X', shape: [rows, 2], data }] } };
  };
  assert.deepEqual(exampleFaults(withRows(30_000), at), []);
  const [fault, ...others] = exampleFaults(withRows(40_000), at);
  assert.deepEqual([fault?.code, others], ['EXAMPLE_SIZE', []]);
});
