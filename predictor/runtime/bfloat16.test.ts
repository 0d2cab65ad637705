import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, graph, identity, initializer, model, node, sequenceOfMaps, value } from '../testdata/onnx.ts';
import { withoutBfloat16 } from './bfloat16.ts';
import { all, attributeField, graphField, integers, mlDomain, modelField, readNode, valueInfoField } from './onnx.ts';
import { bytesField, readFields, textOf, writeFields } from './wire.ts';
import { withoutZipMap } from './zipmap.ts';

const graphOf = (bytes: Uint8Array) => readFields(all(readFields(bytes), modelField.graph)[0] ?? new Uint8Array(0));

/** Nodes as `inputs > operator > outputs`, a Cast with the type that it makes. */
function nodesOf(bytes: Uint8Array): string[] {
  return all(graphOf(bytes), graphField.node).map((one) => {
    const { inputs, outputs, opType, attributes } = readNode(one);
    const to = attributes.flatMap((attribute) => integers(readFields(attribute), attributeField.integer));
    return [inputs, `${opType}${to.join()}`, outputs].map(String).join(' > ');
  });
}

function valuesOf(bytes: Uint8Array, number: number): string[] {
  return all(graphOf(bytes), number).map((info) => {
    const name = readFields(info).find((field) => field.number === valueInfoField.name);
    return name === undefined ? '' : textOf(name);
  });
}

function rewritten(bytes: Uint8Array) {
  const result = withoutBfloat16(bytes);
  assert.ok(result);
  const { model: after, inputs, outputs } = result;
  return { after, nodes: nodesOf(after), inputs: [...inputs], outputs: [...outputs] };
}

const x = value('X', 'BF16', [-1, 2]);
const y = value('Y', 'BF16', [-1, 2]);

test('models without BF16 at their border are left alone, with BF16 inside too', () => {
  assert.equal(withoutBfloat16(add()), undefined);
  assert.equal(withoutBfloat16(identity('FP16', [-1])), undefined);
  const inside = model({
    nodes: [node('Cast', ['X'], ['h'], { to: 16 }), node('Cast', ['h'], ['Y'], { to: 1 })],
    inputs: [value('X', 'FP32', [1])],
    outputs: [value('Y', 'FP32', [1])],
    initializers: [initializer('w', 'BF16', [1], Uint16Array.of(0x3f80))],
  });
  assert.equal(withoutBfloat16(inside), undefined);
});

test('an input is made from FP32 before all else, of the same shape', () => {
  const nodes = [node('Cast', ['X'], ['Y'], { to: 1 })];
  const { after, ...found } = rewritten(model({ nodes, inputs: [x], outputs: [value('Y', 'FP32', [-1, 2])] }));
  assert.deepEqual(found, { nodes: ['X_fp32 > Cast16 > X', 'X > Cast1 > Y'], inputs: [['X', 'X_fp32']], outputs: [] });
  assert.deepEqual(all(graphOf(after), graphField.input), [value('X_fp32', 'FP32', [-1, 2])]);
  assert.deepEqual(all(graphOf(after), graphField.output), [value('Y', 'FP32', [-1, 2])]);
});

test('an output goes to FP32 after all else', () => {
  const nodes = [node('Cast', ['X'], ['Y'], { to: 16 })];
  const { after, ...found } = rewritten(model({ nodes, inputs: [value('X', 'FP32', [1])], outputs: [y] }));
  assert.deepEqual(found, { nodes: ['X > Cast16 > Y', 'Y > Cast1 > Y_fp32'], inputs: [], outputs: [['Y', 'Y_fp32']] });
  assert.deepEqual(all(graphOf(after), graphField.output), [value('Y_fp32', 'FP32', [-1, 2])]);
});

test('both at once; every other byte stays, unknown fields included', () => {
  const unknown = bytesField(1234, Uint8Array.of(1, 2, 3));
  const before = writeFields([
    ...readFields(
      model({
        nodes: [node('Identity', ['X'], ['Y']), node('Identity', ['a'], ['b'])],
        inputs: [x, value('a', 'FP32', [1])],
        outputs: [value('b', 'FP32', [1]), y],
      }),
    ),
    unknown,
  ]);
  const { after, nodes } = rewritten(before);
  assert.deepEqual(nodes, ['X_fp32 > Cast16 > X', 'X > Identity > Y', 'a > Identity > b', 'Y > Cast1 > Y_fp32']);
  assert.deepEqual(valuesOf(after, graphField.input), ['X_fp32', 'a']);
  assert.deepEqual(valuesOf(after, graphField.output), ['b', 'Y_fp32']);
  const rest = (bytes: Uint8Array) => readFields(bytes).filter(({ number }) => number !== modelField.graph);
  assert.deepEqual(rest(after), rest(before));
  assert.deepEqual(graphOf(after).slice(1, 3), graphOf(before).slice(0, 2));
});

test('an open rank stays open', () => {
  const { after } = rewritten(identity('BF16'));
  assert.deepEqual(all(graphOf(after), graphField.input), [value('in_fp32', 'FP32')]);
});

test('names that are taken are not taken again, those in subgraphs and of the other side among them', () => {
  const inner = graph({
    nodes: [node('Identity', ['X'], ['X_fp32_'])],
    inputs: [],
    outputs: [value('X_fp32_', 'BF16', [-1, 2])],
  });
  const nodes = [
    node('Identity', ['X_fp32'], ['unused']),
    node('If', ['c'], ['Z'], { then_branch: { graph: inner }, else_branch: { graph: inner } }),
  ];
  const initializers = [initializer('Z_fp32', 'FP32', [1], Float32Array.of(1))];
  const inputs = [x, value('X_fp32', 'FP32', [1]), value('c', 'BOOL', [])];
  const z = value('Z', 'BF16', [-1, 2]);
  const found = rewritten(model({ nodes, inputs, outputs: [x, z], initializers }));
  assert.deepEqual(found.inputs, [['X', 'X_fp32__']]);
  assert.deepEqual(found.outputs, [
    ['X', 'X_fp32___'],
    ['Z', 'Z_fp32_'],
  ]);
  // The branches still see X, which is now a value of the graph around them.
  assert.deepEqual(found.nodes.slice(0, 1), ['X_fp32__ > Cast16 > X']);
  assert.deepEqual(all(graphOf(found.after), graphField.node)[2], nodes[1]);
});

test('an input that has a value of its own is none that is asked for', () => {
  const initializers = [initializer('X', 'BF16', [1], Uint16Array.of(0x3f80))];
  const nodes = [node('Cast', ['X'], ['Y'], { to: 1 })];
  assert.equal(
    withoutBfloat16(model({ nodes, inputs: [x], outputs: [value('Y', 'FP32', [1])], initializers })),
    undefined,
  );
});

test('an operator set in which nothing takes BF16 is refused', () => {
  const parts = { nodes: [node('Identity', ['X'], ['Y'])], inputs: [x], outputs: [y] };
  for (const [opsets, found] of [
    [{ '': 12 }, /^Error: 'X' is BFLOAT16, which takes opset 13 of ai\.onnx or a later one; the model has 12$/],
    [{ [mlDomain]: 1 }, /; the model imports none$/],
  ] as const) {
    assert.throws(() => withoutBfloat16(model({ ...parts, opsets })), found);
  }
  assert.ok(withoutBfloat16(model({ ...parts, opsets: { 'ai.onnx': 13 } })));
});

test('after ZipMap is gone', () => {
  const classlabels = { classlabels_int64s: [0, 1] };
  const both = model({
    nodes: [node('Cast', ['X'], ['f'], { to: 1 }), node('ZipMap', ['f'], ['maps'], classlabels, mlDomain)],
    inputs: [x],
    outputs: [sequenceOfMaps('maps', 'INT64')],
  });
  const unzipped = withoutZipMap(both);
  assert.ok(unzipped);
  assert.deepEqual(rewritten(unzipped).nodes, ['X_fp32 > Cast16 > X', 'X > Cast1 > f', 'f > Identity > maps']);
});
