/** `schemas/onnx-operators.json` is what the installed runtime says; after an update of onnxruntime-node: `npm run operators`. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { DOMAINS, newestIrVersion, newestOpset, type OperatorTable, rangesOf } from './operator-table.ts';

const require = createRequire(import.meta.url);
const table = require('../../schemas/onnx-operators.json') as OperatorTable;

test('the table is of the installed release, IR version and opsets', async () => {
  const { version } = require('onnxruntime-node/package.json') as { version: string };
  assert.equal(table.runtime, version);
  assert.equal(table.irVersion, await newestIrVersion());
  const known = { 'ai.onnx': 'Relu', 'ai.onnx.ml': 'Normalizer', 'com.microsoft': 'Gelu' };
  for (const domain of DOMAINS) {
    assert.equal(table.opsets[domain], await newestOpset(domain, known[domain], table.irVersion), domain);
  }
});

test('operators that came, went and stayed are there with their opsets', async () => {
  const asked: [domain: string, operator: string][] = [
    ['ai.onnx', 'Relu'],
    ['ai.onnx', 'Gelu'],
    ['ai.onnx', 'Upsample'],
    ['ai.onnx', 'Scatter'],
    ['ai.onnx', 'If'],
    ['ai.onnx', 'LayerNormalization'],
    ['ai.onnx.ml', 'TreeEnsembleClassifier'],
    ['ai.onnx.ml', 'ZipMap'],
    ['ai.onnx', 'Guess'],
  ];
  for (const [domain, operator] of asked) {
    const ranges = await rangesOf(domain, operator, table.opsets[domain] ?? 0, table.irVersion);
    assert.deepEqual(table.operators[domain]?.[operator] ?? [], ranges, `${domain} ${operator}`);
  }
  assert.ok(Object.keys(table.operators['ai.onnx'] ?? {}).length > 190);
});
