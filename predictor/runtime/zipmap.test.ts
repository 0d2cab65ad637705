import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, classifier, model, node, sequenceOfMaps, value } from '../testdata/onnx.ts';
import { readFacts } from './facts.ts';
import { all, graphField, mlDomain, modelField, readNode } from './onnx.ts';
import { bytesField, readFields, writeFields } from './wire.ts';
import { withoutZipMap } from './zipmap.ts';

test('a model without ZipMap is left alone', () => {
  assert.equal(withoutZipMap(add()), undefined);
});

test('ZipMap becomes Identity; every other byte stays, unknown fields included', () => {
  const unknown = bytesField(1234, Uint8Array.of(1, 2, 3));
  const before = writeFields([...readFields(classifier({ labels: [0, 1] })), unknown]);
  const after = withoutZipMap(before);
  assert.ok(after);
  const fieldsBefore = readFields(before);
  const fieldsAfter = readFields(after);
  assert.equal(fieldsAfter.length, fieldsBefore.length);
  for (const [index, field] of fieldsBefore.entries()) {
    if (field.number !== modelField.graph) assert.deepEqual(fieldsAfter[index]?.raw, field.raw);
  }
  const graph = (bytes: Uint8Array) => readFields(all(readFields(bytes), modelField.graph)[0] ?? new Uint8Array(0));
  const changed = graph(after).filter(
    (field, index) => !Buffer.from(field.raw).equals(Buffer.from(graph(before)[index]?.raw ?? [])),
  );
  assert.deepEqual(
    changed.map((field) => field.number),
    [graphField.node, graphField.output],
  );
  const nodes = all(graph(after), graphField.node).map(readNode);
  assert.deepEqual(
    nodes.map((one) => one.opType),
    ['LinearClassifier', 'Identity'],
  );
  assert.deepEqual([nodes[1]?.inputs, nodes[1]?.outputs], [['scores'], ['probabilities']]);
});

test('the default operator domain is added where a model of classifiers lacks it', () => {
  const after = withoutZipMap(classifier({ labels: [0, 1], onlyMl: true }));
  assert.ok(after);
  assert.deepEqual(readFacts(after).opsets, { 'ai.onnx.ml': 1, 'ai.onnx': 13 });
});

test('a ZipMap that feeds no output of the graph stays', () => {
  const inner = model({
    nodes: [node('ZipMap', ['X'], ['maps'], { classlabels_int64s: [0, 1] }, mlDomain), node('Identity', ['X'], ['Y'])],
    inputs: [value('X', 'FP32', [-1, 2])],
    outputs: [value('Y', 'FP32', [-1, 2])],
  });
  assert.equal(withoutZipMap(inner), undefined);
});

test('class labels come from ZipMap, or from the classifier where the scores reach the output through other nodes', () => {
  const zipped = readFacts(classifier({ labels: ['cat', 'dog'] }));
  assert.deepEqual([...zipped.classLabels], [['probabilities', ['cat', 'dog']]]);
  assert.deepEqual([zipped.labelOutput, zipped.scoreOutput], ['label', 'probabilities']);
  const attributes = { coefficients: { floats: [1, 2] }, classlabels_ints: [7, 9] };
  const plain = model({
    nodes: [
      node('LinearClassifier', ['X'], ['l', 'raw'], attributes, mlDomain),
      node('Cast', ['l'], ['chosen']),
      node('Normalizer', ['raw'], ['p'], {}, mlDomain),
    ],
    inputs: [value('X', 'FP32', [-1, 1])],
    outputs: [value('chosen', 'INT64', [-1]), value('p', 'FP32', [-1, 2]), value('X', 'FP32')],
  });
  const facts = readFacts(plain);
  assert.deepEqual([...facts.classLabels], [['p', ['7', '9']]]);
  assert.deepEqual([facts.labelOutput, facts.scoreOutput], ['chosen', 'p']);
});

test('facts: producer, versions, open ranks, files beside the model', () => {
  const facts = readFacts(classifier({ labels: [0, 1], external: 'w.data' }));
  assert.deepEqual(
    [facts.irVersion, facts.producer, facts.opsets, facts.externalFiles],
    [8, 'test', { 'ai.onnx': 13, 'ai.onnx.ml': 1 }, ['w.data']],
  );
  const open = model({
    nodes: [node('Identity', ['i'], ['o'])],
    inputs: [value('i', 'FP32')],
    outputs: [value('o', 'FP32', [])],
  });
  assert.deepEqual([...readFacts(open).anyRank], ['i']);
  assert.deepEqual(
    [...readFacts(model({ nodes: [], inputs: [sequenceOfMaps('s', 'INT64')], outputs: [] })).anyRank],
    [],
  );
});
