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
const [served] = leastModel.versions;
const input = { shape: [1, 2], datatype: 'FP32', data: [[1, 2]] } as const;

test('names become those of the graph, and an output without expectation must still come', () => {
  const example = { inputs: [{ ...input, name: 'input-0' }] as const, expect: { 'output-0': [2] } };
  assert.deepEqual(resolveSmoke({ ...leastModel, signature, example }, served), {
    inputs: [{ ...input, name: 'X' }],
    outputs: [{ name: 'label', data: [2] }, { name: 'score' }],
    tolerance: 0.00001,
  });
});

test('a version with an answer of its own is held against that alone; a canary without one must only answer', () => {
  const model = {
    ...leastModel,
    signature,
    example: { inputs: [{ ...input, name: 'X' }] as const, expect: { label: [2] } },
  };
  const other = { ...served, version: '2', expect: { 'output-0': [1], score: [0, 1, 0] } };
  const values = [
    { name: 'label', data: [1] },
    { name: 'score', data: [0, 1, 0] },
  ];
  const promoted = resolveSmoke(model, other);
  assert.deepEqual([promoted?.outputs, promoted?.canary], [values, undefined]);
  const tried = resolveSmoke(model, served, other);
  assert.deepEqual([tried?.outputs, tried?.canary], [[{ name: 'label', data: [2] }, { name: 'score' }], values]);
  assert.deepEqual(resolveSmoke(model, other, served)?.canary, [{ name: 'label' }, { name: 'score' }]);
});

test('without a signature the names stay, in an order of their own', () => {
  const inputs = [{ ...input, name: 'input-0' }] as const;
  const smoke = resolveSmoke(
    { ...leastModel, example: { inputs, expect: { b: [1], a: [2] }, tolerance: 0.5 } },
    served,
  );
  assert.deepEqual(smoke?.outputs, [
    { name: 'a', data: [2] },
    { name: 'b', data: [1] },
  ]);
  assert.equal(smoke?.tolerance, 0.5);
});

test('no example, no check', () => {
  assert.equal(resolveSmoke(leastModel, { ...served, expect: { label: [1] } }), undefined);
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
  const versions = [{ ...served, expect: { y: Array.from({ length: 40_000 }, () => 1.25) } }] as const;
  assert.deepEqual(
    exampleFaults({ ...withRows(20_000), versions }, at).map(({ code }) => code),
    ['EXAMPLE_SIZE'],
    'with what a version answers',
  );
});
