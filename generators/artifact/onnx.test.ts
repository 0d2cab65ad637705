/** On the sample artifacts, which real exporters wrote, and on small graphs made here. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesField, integerField, writeFields } from '../../predictor/runtime/wire.ts';
import * as make from '../../predictor/testdata/onnx.ts';
import { type OnnxFacts, readOnnx } from './onnx.ts';

const samples = new URL('../../examples/artifacts/nsa2-sf-ml-models/mlflow/', import.meta.url);

function sample(path: string): OnnxFacts {
  return read(readFileSync(new URL(`${path}/artifacts/model.onnx`, samples)));
}

function read(bytes: Uint8Array): OnnxFacts {
  const { value, fault } = readOnnx(bytes);
  assert.ok(value, fault);
  return value;
}

test('a classifier of skl2onnx: tensors, labels, operators, versions', () => {
  const facts = sample('1/models/m-3ac8001387b34ce98758d82654a4d56f');
  assert.deepEqual(facts.inputs, [{ name: 'X', type: 'FLOAT', datatype: 'FP32', shape: [-1, 4] }]);
  assert.deepEqual(facts.outputs, [
    { name: 'output_label', type: 'INT64', datatype: 'INT64', shape: [-1] },
    { name: 'output_probability', type: 'FLOAT', datatype: 'FP32', shape: [-1, 3] },
  ]);
  assert.deepEqual([...facts.classes.labels], [['output_probability', ['0', '1', '2']]]);
  assert.deepEqual(facts.classes.chosen, ['output_label']);
  assert.deepEqual(facts.zipMaps, ['output_probability']);
  assert.ok(facts.operators.some(({ domain, type }) => domain === 'ai.onnx.ml' && type === 'ZipMap'));
  assert.match(facts.producer, /^skl2onnx 1\./);
  assert.ok(facts.irVersion >= 8);
  assert.ok((facts.opsets['ai.onnx.ml'] ?? 0) >= 1);
});

test('weights beside the model: the file, and the bytes that it must have', () => {
  const folder = new URL('4/models/m-bd09236c5d224fd6afdde4a83d076be5/artifacts/', samples);
  const facts = read(readFileSync(new URL('model.onnx', folder)));
  const size = readFileSync(new URL('model.onnx.data', folder)).length;
  assert.equal(facts.externalFiles.length, 1);
  const [external] = facts.externalFiles;
  assert.equal(external?.path, 'model.onnx.data');
  assert.ok(external.bytes > 0 && external.bytes <= size);
  assert.ok(facts.weightBytes >= external.bytes - 4096);
});

test('every sample can be read', () => {
  const found = readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('model.onnx'),
  );
  assert.equal(found.length, 5);
  for (const file of found) {
    const facts = read(readFileSync(new URL(file, samples)));
    assert.ok(facts.inputs.length > 0 && facts.outputs.length > 0 && facts.operators.length > 0, file);
    assert.ok(facts.weightBytes >= 0);
  }
});

test('text labels, open ranks, and what is no tensor', () => {
  const facts = read(make.classifier({ labels: ['cat', 'dog'] }));
  assert.deepEqual([...facts.classes.labels], [['probabilities', ['cat', 'dog']]]);
  assert.deepEqual(facts.outputs[0], { name: 'label', type: 'STRING', datatype: 'BYTES', shape: [-1] });
  const open = read(make.identity('FP16'));
  assert.deepEqual(open.inputs, [{ name: 'in', type: 'FLOAT16', datatype: 'FP16' }]);
  assert.deepEqual(read(make.identity('BF16')).inputs, [{ name: 'in', type: 'BFLOAT16', datatype: 'BF16' }]);
  const odd = read(make.model({ nodes: [], inputs: [make.sequenceOfTensors('s')], outputs: [] }));
  assert.deepEqual(odd.inputs, [{ name: 's', type: 'sequence' }]);
});

test('an input with a default in the file need not be sent', () => {
  const facts = read(
    make.model({
      nodes: [make.node('Add', ['x', 'bias'], ['y'])],
      inputs: [make.value('x', 'FP32', [-1, 2]), make.value('bias', 'FP32', [2])],
      outputs: [make.value('y', 'FP32', [-1, 2])],
      initializers: [make.weights('bias', [2], [1, 2])],
    }),
  );
  assert.deepEqual(
    facts.inputs.map(({ name }) => name),
    ['x'],
  );
  assert.equal(facts.weightBytes, 8);
});

const add = make.node('Add', ['x', 'x'], ['y']);
const body = writeFields([
  bytesField(1, make.node('Relu', ['x'], ['y'])),
  bytesField(5, make.weights('w', [3], [1, 2, 3])),
]);

/** A node with a graph as attribute `then_branch`. */
function branching(graph: Uint8Array): Uint8Array {
  return Buffer.concat([make.node('If', ['c'], ['y']), bytesField(5, writeFields([bytesField(6, graph)])).raw]);
}

test('operators and weights of bodies count; functions of the file are taken apart', () => {
  const nested = read(make.model({ nodes: [branching(body)], inputs: [], outputs: [] }));
  assert.deepEqual(
    nested.operators.map(({ type }) => type),
    ['If', 'Relu'],
  );
  assert.equal(nested.weightBytes, 12);
  const own = writeFields([bytesField(1, 'Mine'), bytesField(7, add), bytesField(10, 'local')]);
  const called = make.node('Mine', ['x'], ['y'], {}, 'local');
  const facts = read(make.model({ nodes: [called], inputs: [], outputs: [], extra: [bytesField(25, own)] }));
  assert.deepEqual(facts.operators, [{ domain: 'ai.onnx', type: 'Add' }]);
});

test('free text of exporters', () => {
  const entry = writeFields([bytesField(1, 'author'), bytesField(2, 'me')]);
  const facts = read(make.model({ nodes: [add], inputs: [], outputs: [], extra: [bytesField(14, entry)] }));
  assert.deepEqual(facts.metadata, { author: 'me' });
});

test('what is no ONNX file is told, with the place', () => {
  const model = make.add();
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /no graph/],
    [Buffer.from('not a model'), /no ONNX file/],
    [model.subarray(0, model.length - 3), /ends 3 bytes too early, in field 8/],
    [writeFields([integerField(1, 8)]), /no graph/],
    [Uint8Array.of(0x08, ...new Array<number>(11).fill(0xff)), /longer than ten bytes/],
    [Uint8Array.of(0x0b), /wire type 3/],
  ];
  for (const [bytes, message] of cases) assert.match(readOnnx(bytes).fault ?? '', message);
  let deep: Uint8Array = body;
  for (let depth = 0; depth < 80; depth += 1) deep = writeFields([bytesField(1, branching(deep))]);
  assert.match(readOnnx(make.model({ nodes: [branching(deep)], inputs: [], outputs: [] })).fault ?? '', /nest deeper/);
});

test('any bytes, and any sample with bytes changed, are read or refused, never thrown over', () => {
  const sampleBytes = readFileSync(
    new URL('1/models/m-3ac8001387b34ce98758d82654a4d56f/artifacts/model.onnx', samples),
  );
  const changed = fc
    .array(fc.tuple(fc.nat(sampleBytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    .map((edits) => {
      const bytes = Uint8Array.from(sampleBytes);
      for (const [at, byte] of edits) bytes[at] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), (bytes) => {
      const { value, fault } = readOnnx(bytes);
      assert.ok((value === undefined) !== (fault === undefined));
    }),
    { numRuns: 500 },
  );
});
