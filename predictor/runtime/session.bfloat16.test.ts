/** Graphs with BF16 at their border, run by onnxruntime. Its kernels for BF16 move and cast values; none computes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fromBfloat16, narrowed, toBfloat16 } from '../protocol/bfloat16.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import {
  type Bytes,
  externalWeights,
  graph,
  identity,
  initializer,
  model,
  node,
  sequenceOfMaps,
  value,
  weights,
  write,
} from '../testdata/onnx.ts';
import { mlDomain } from './onnx.ts';
import { startProcess } from './process.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

const folder = mkdtempSync(join(tmpdir(), 'session-bfloat16-test-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'model.onnx');

async function withSession(bytes: Bytes, work: (session: Session) => void, more: Partial<SessionOptions> = {}) {
  const session = await openSession(file, bytes, { intraOpThreads: 1, ...more });
  try {
    work(session);
  } finally {
    session.release();
  }
}

const halves = (name: string, ...values: number[]): NamedTensor => ({
  name,
  datatype: 'BF16',
  shape: [values.length],
  data: Uint16Array.from(values, toBfloat16),
});
const io = { inputs: [value('X', 'BF16', [-1])], outputs: [value('Y', 'BF16', [-1])] };

test('every finite pattern, both infinities and both zeros go through a graph bit by bit, and NaN stays NaN', async () => {
  const every = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
  await withSession(identity('BF16', [-1]), (session) => {
    assert.deepEqual(session.inputs, [{ name: 'in', datatype: 'BF16', shape: [-1], anyRank: false }]);
    assert.deepEqual(session.outputs, [{ name: 'out', datatype: 'BF16', shape: [-1], anyRank: false }]);
    const feed = { name: 'in', datatype: 'BF16', shape: [0x10000], data: every } as const;
    const [tensor] = session.run([feed], ['out']).tensors;
    assert.deepEqual([tensor?.datatype, tensor?.shape], ['BF16', [0x10000]]);
    for (const bits of every) {
      const found = Number(tensor?.data[bits]);
      if (Number.isNaN(fromBfloat16(bits))) assert.ok(Number.isNaN(fromBfloat16(found)));
      else assert.equal(found, bits);
    }
  });
});

test('what the graph computes is rounded to BF16, whatever the optimizer makes of the casts', async () => {
  const nodes = [
    node('Cast', ['X'], ['f'], { to: 1 }),
    node('Add', ['f', 'c'], ['sum']),
    node('Cast', ['sum'], ['Y'], { to: 16 }),
  ];
  const added = 2 ** -8;
  const initializers = [initializer('c', 'FP32', [1], Float32Array.of(added))];
  const given = [1, 1 + 2 ** -7, 3, -1, 100];
  for (const optimization of ['disabled', 'all'] as const) {
    await withSession(
      model({ ...io, nodes, initializers }),
      (session) => {
        const { tensors } = session.run([halves('X', ...given)], ['Y']);
        assert.deepEqual(tensors[0]?.data, narrowed(Float32Array.from(given, (each) => each + added)));
      },
      { optimization },
    );
  }
});

test('BF16 beside other datatypes, in any order, and only what was asked for', async () => {
  const parts = {
    nodes: [node('Identity', ['n'], ['m']), node('Identity', ['X'], ['Y'])],
    inputs: [value('n', 'INT64', [-1]), ...io.inputs],
    outputs: [...io.outputs, value('m', 'INT64', [-1])],
  };
  await withSession(model(parts), (session) => {
    const feeds = [halves('X', 1.5), { name: 'n', datatype: 'INT64', shape: [1], data: BigInt64Array.of(7n) } as const];
    const { tensors } = session.run(feeds, ['m', 'Y']);
    assert.deepEqual(
      tensors.map(({ datatype, data }) => [datatype, data]),
      [
        ['INT64', BigInt64Array.of(7n)],
        ['BF16', Uint16Array.of(0x3fc0)],
      ],
    );
    assert.equal(session.run(feeds, ['m']).tensors.length, 1);
  });
});

test('an output that is an input or a constant, and an open rank', async () => {
  const constant = model({
    nodes: [node('Identity', ['X'], ['Z'])],
    inputs: io.inputs,
    outputs: [value('X', 'BF16', [-1]), value('w', 'BF16', [2]), value('Z', 'BF16')],
    initializers: [initializer('w', 'BF16', [2], Uint16Array.of(0x3f80, 0xc000))],
  });
  await withSession(constant, (session) => {
    assert.deepEqual(
      session.outputs.map(({ name }) => name),
      ['X', 'w', 'Z'],
    );
    const data = session.run([halves('X', 5)], ['X', 'w', 'Z']).tensors.map((tensor) => tensor.data);
    assert.deepEqual(data, [Uint16Array.of(0x40a0), Uint16Array.of(0x3f80, 0xc000), Uint16Array.of(0x40a0)]);
  });
  await withSession(identity('BF16'), (session) => {
    assert.deepEqual(session.inputs, [{ name: 'in', datatype: 'BF16', shape: [-1], anyRank: true }]);
    const feed = { ...halves('in', 1, 2), shape: [2, 1, 1] };
    assert.deepEqual(session.run([feed], ['out']).tensors, [{ datatype: 'BF16', shape: [2, 1, 1], data: feed.data }]);
  });
});

test('a subgraph sees the input around it', async () => {
  const branch = (name: string, nodes: Bytes[]) => ({
    graph: graph({ nodes, inputs: [], outputs: [value(name, 'BF16', [-1])] }),
  });
  const conditional = node('If', ['c'], ['Y'], {
    then_branch: branch('t', [node('Identity', ['X'], ['t'])]),
    else_branch: branch('e', [node('Concat', ['X', 'X'], ['e'], { axis: 0 })]),
  });
  const inputs = [...io.inputs, value('c', 'BOOL', [])];
  await withSession(model({ nodes: [conditional], inputs, outputs: io.outputs }), (session) => {
    const run = (bit: number) => {
      const condition = { name: 'c', datatype: 'BOOL', shape: [], data: Uint8Array.of(bit) } as const;
      return session.run([halves('X', 2), condition], ['Y']).tensors[0]?.data;
    };
    assert.deepEqual([run(1), run(0)], [Uint16Array.of(0x4000), Uint16Array.of(0x4000, 0x4000)]);
  });
});

test('with ZipMap and weights beside the model', async () => {
  write(folder, { 'w.data': externalWeights() });
  const zipped = model({
    nodes: [
      node('Cast', ['X'], ['f'], { to: 1 }),
      node('MatMul', ['f', 'W'], ['scores']),
      node('ZipMap', ['scores'], ['maps'], { classlabels_int64s: [0, 1] }, mlDomain),
    ],
    inputs: [value('X', 'BF16', [-1, 2])],
    outputs: [sequenceOfMaps('maps', 'INT64')],
    initializers: [weights('W', [2, 2], [2, 0, 0, 2], 'w.data')],
  });
  await withSession(zipped, (session) => {
    const { tensors } = session.run([{ ...halves('X', 1.5, -3), shape: [1, 2] }], ['maps']);
    assert.deepEqual(tensors, [{ datatype: 'FP32', shape: [1, 2], data: Float32Array.of(3, -6) }]);
  });
});

test('an operator set before BF16 is refused with the reason', async () => {
  const old = model({ ...io, nodes: [node('Identity', ['X'], ['Y'])], opsets: { '': 12 } });
  await assert.rejects(
    withSession(old, () => {}),
    /'X' is BFLOAT16, which takes opset 13 of ai\.onnx or a later one; the model has 12/,
  );
});

test('bits go to a process of its own and come back', async () => {
  write(folder, { 'process.onnx': identity('BF16', [-1]) });
  const process = startProcess({ openMs: 60_000, runMs: 60_000 });
  try {
    await process.open({ file: join(folder, 'process.onnx'), options: { intraOpThreads: 1 } });
    const feed = halves('in', 0.5, -65536);
    const { tensors } = await process.run([feed], ['out']);
    assert.deepEqual(tensors, [{ datatype: 'BF16', shape: [2], data: feed.data }]);
  } finally {
    await process.end();
  }
});
