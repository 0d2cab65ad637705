import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type MlModelFacts, readMlModel } from './mlmodel.ts';

const samples = fileURLToPath(new URL('../../examples/artifacts/nsa2-sf-ml-models/mlflow/', import.meta.url));

function read(text: string): MlModelFacts {
  const { value, fault } = readMlModel(text);
  assert.ok(value, fault);
  return value;
}

const iris = read(readFileSync(join(samples, '1/models/m-3ac8001387b34ce98758d82654a4d56f/artifacts/MLmodel'), 'utf8'));

test('a logged model: format, file, ids, signature, example', () => {
  assert.deepEqual([iris.format, iris.modelFile], ['onnx', 'model.onnx']);
  assert.equal(iris.modelId, 'm-3ac8001387b34ce98758d82654a4d56f');
  assert.equal(iris.runId, '16083c0df81f46b386a8eb60072ce40f');
  assert.deepEqual(iris.inputs[0], { name: 'sepal_length', kind: 'column', type: 'double', datatype: 'FP64' });
  assert.deepEqual(iris.outputs[1], {
    name: 'output_probability',
    kind: 'tensor',
    type: 'float32',
    datatype: 'FP32',
    shape: [-1, 3],
  });
  assert.deepEqual(iris.examples, ['serving_input_example.json', 'input_example.json']);
  assert.deepEqual(iris.metadata['labels'], ['Setosa', 'Versicolor', 'Virginica']);
});

test('every sample names files that are there', () => {
  const found = readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('MLmodel'));
  assert.equal(found.length, 6);
  for (const file of found) {
    const beside = readdirSync(join(samples, dirname(file)));
    const { files, modelFile } = read(readFileSync(join(samples, file), 'utf8'));
    assert.ok(modelFile !== undefined && files.includes(modelFile) && files.includes('conda.yaml'));
    for (const name of files) assert.ok(beside.includes(name), `${file}: ${name}`);
  }
});

test('sklearn has its pickle; a model with several flavors is ONNX first', () => {
  const sklearn = read('flavors: {sklearn: {pickled_model: model.skops}, python_function: {model_path: model.skops}}');
  assert.deepEqual([sklearn.format, sklearn.modelFile], ['sklearn', 'model.skops']);
  assert.equal(read('flavors: {python_function: {}, sklearn: {}, onnx: {data: m.onnx}}').format, 'onnx');
  const other = read('flavors: {python_function: {}}');
  assert.deepEqual([other.format, other.modelFile, other.flavors], [undefined, undefined, ['python_function']]);
});

test('types of both kinds, and those that the protocol lacks', () => {
  const tensors = ['float16', 'int8', '<U7', 'object', 'complex64', 'constructor'].map((dtype) => ({
    type: 'tensor',
    'tensor-spec': { dtype, shape: [-1] },
  }));
  const columns = ['string', 'datetime', 'array', 'toString'].map((type) => ({ type }));
  const facts = read(
    `flavors: {onnx: {data: a}}\nsignature:\n  inputs: '${JSON.stringify(tensors)}'\n  outputs: '${JSON.stringify(columns)}'\n`,
  );
  assert.deepEqual(
    facts.inputs.map(({ datatype }) => datatype),
    ['FP16', 'INT8', 'BYTES', 'BYTES', undefined, undefined],
  );
  assert.deepEqual(
    facts.outputs.map(({ datatype }) => datatype),
    ['BYTES', 'BYTES', undefined, undefined],
  );
});

test('what is no MLmodel file is told', () => {
  const cases: [string, RegExp][] = [
    ['a: [', /no MLmodel file: /],
    ['just: text', /names no flavor/],
    ['- 1', /names no flavor/],
    ['flavors: {onnx: {data: a}}\nsignature: {inputs: "[{"}', /signature.inputs is not JSON/],
    ['flavors: {onnx: {data: a}}\nsignature: {outputs: "{}"}', /signature.outputs is no list/],
    ['flavors: &a {onnx: {data: x}}\nmetadata: *a', /aliases/],
  ];
  for (const [text, message] of cases) assert.match(readMlModel(text).fault ?? '', message, text);
});
