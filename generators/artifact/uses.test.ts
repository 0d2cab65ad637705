/** Types from the inputs to the nodes behind them, as far as they can be told. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Node } from './graph.ts';
import { readOnnx } from './onnx.ts';
import { type Results, usesOf } from './uses.ts';

const { results } = createRequire(import.meta.url)('../../schemas/onnx-kernels.json') as { results: Results };
const SAMPLE =
  '../../examples/artifacts/nsa2-sf-ml-models/mlflow/1/models/m-3ac8001387b34ce98758d82654a4d56f/artifacts/model.onnx';

function node(type: string, inputs: string[], outputs: string[], domain = 'ai.onnx'): Node {
  return { type, inputs, outputs, domain, attributes: [] };
}

test('a type goes from node to node, and where it cannot be told nothing is said', () => {
  const nodes = [
    node('Tan', ['x'], ['a']),
    node('Shape', ['a'], ['b']),
    node('TopK', ['a', 'k'], ['c', 'd']),
    node('Abs', ['d'], ['e']),
    node('Guess', ['e'], ['f']),
    node('Exp', ['f'], ['g']),
    node('Exp', ['b'], ['h']),
  ];
  assert.deepEqual(
    usesOf(nodes, new Map([['x', 'DOUBLE']]), results).map(({ type, element }) => `${type} ${element}`),
    ['Tan DOUBLE', 'Shape DOUBLE', 'TopK DOUBLE', 'Abs INT64', 'Guess INT64', 'Exp INT64'],
  );
});

test('a classifier of skl2onnx: every node but the one behind its labels, whose type an attribute decides', () => {
  const { value } = readOnnx(readFileSync(new URL(SAMPLE, import.meta.url)), results);
  assert.deepEqual(
    value?.uses.map(({ type, element }) => `${type} ${element}`),
    ['Scaler FLOAT', 'LinearClassifier FLOAT', 'Normalizer FLOAT', 'ZipMap FLOAT'],
  );
});

test('without the table nothing is told', () => {
  assert.deepEqual(readOnnx(readFileSync(new URL(SAMPLE, import.meta.url))).value?.uses, []);
});
