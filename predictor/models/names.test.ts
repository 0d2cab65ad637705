import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NamedSpec, TensorSpec } from '../protocol/signature.ts';
import { conventionalRoles, inputNames, outputNames } from './names.ts';

const spec = (name: string): TensorSpec => ({ name, datatype: 'FP32', shape: [-1], anyRank: false });
const table = (names: ReadonlyMap<string, NamedSpec>) =>
  [...names].map(([name, known]) => `${name}=${known.spec.name}${known.positional ? '*' : ''}`);

test("own names, positions and the other server's names", () => {
  assert.deepEqual(table(inputNames([spec('X')], {})), ['X=X', 'input-0=X*', 'predict=X']);
  const outputs = [spec('label'), spec('probabilities')];
  const roles = conventionalRoles(outputs, {});
  assert.deepEqual(table(outputNames(outputs, {}, roles)), [
    'label=label',
    'probabilities=probabilities',
    'output-0=label*',
    'output-1=probabilities*',
    'predict=label',
    'predict_proba=probabilities',
  ]);
  assert.deepEqual(table(outputNames([spec('variable')], {}, {})), [
    'variable=variable',
    'output-0=variable*',
    'predict=variable',
  ]);
});

test("a graph's own name always means that tensor", () => {
  assert.deepEqual(table(inputNames([spec('input-1'), spec('B')], {})), ['input-1=input-1', 'B=B', 'input-0=input-1*']);
  assert.deepEqual(table(outputNames([spec('output-0')], {}, {})), ['output-0=output-0', 'predict=output-0']);
});

test('configured aliases, also such as equal the position', () => {
  assert.deepEqual(table(inputNames([spec('X')], { X: 'rows', Y: 'other' })), [
    'X=X',
    'rows=X',
    'input-0=X*',
    'predict=X',
  ]);
  assert.deepEqual(table(inputNames([spec('X')], { X: 'input-0' })), ['X=X', 'input-0=X*', 'predict=X']);
  assert.throws(() => inputNames([spec('A'), spec('B')], { A: 'B' }), /alias "B" of "A" already names "B"/);
});

test('what the graph shows wins over what names suggest', () => {
  const outputs = [spec('label'), spec('chosen'), spec('p')];
  assert.deepEqual(conventionalRoles(outputs, { label: 'chosen', scores: 'p' }), { label: 'chosen', scores: 'p' });
  assert.deepEqual(conventionalRoles([spec('output_label')], {}), { label: 'output_label' });
});
