import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Datatype, datatypes, type TensorData } from '../protocol/datatype.ts';
import { zeros } from '../protocol/tensor.ts';
import {
  add,
  type Bytes,
  classifier,
  doubled,
  externalWeights,
  identity,
  model,
  node,
  sequenceOfTensors,
  value,
  write,
} from '../testdata/onnx.ts';
import { openSession, type Session } from './session.ts';

const folder = mkdtempSync(join(tmpdir(), 'session-test-'));
after(() => rmSync(folder, { recursive: true }));

async function withSession(bytes: Bytes, work: (session: Session) => Promise<void>): Promise<void> {
  const session = await openSession(join(folder, 'model.onnx'), bytes, { intraOpThreads: 1 });
  try {
    await work(session);
  } finally {
    await session.release();
  }
}

const rows = { name: 'X', datatype: 'FP32', shape: [2, 2], data: Float32Array.of(3, 1, 0, 5) } as const;

const samples: Readonly<Record<Datatype, TensorData>> = {
  BOOL: Uint8Array.of(1, 0),
  UINT8: Uint8Array.of(0, 255),
  UINT16: Uint16Array.of(0, 65535),
  UINT32: Uint32Array.of(0, 4294967295),
  UINT64: BigUint64Array.of(0n, 18446744073709551615n),
  INT8: Int8Array.of(-128, 127),
  INT16: Int16Array.of(-32768, 32767),
  INT32: Int32Array.of(-2147483648, 2147483647),
  INT64: BigInt64Array.of(-9223372036854775808n, 9007199254740993n),
  FP16: Uint16Array.of(0x3c00, 0xfbff),
  BF16: Uint16Array.of(0x3f81, 0xff7f),
  FP32: Float32Array.of(0.1, Number.NaN),
  FP64: Float64Array.of(0.1, -Infinity),
  BYTES: ['größe', ''],
};

test('every datatype goes through the runtime unchanged', async () => {
  for (const datatype of datatypes) {
    await withSession(identity(datatype, [-1]), async (session) => {
      assert.deepEqual(session.inputs, [{ name: 'in', datatype, shape: [-1], anyRank: false }]);
      const result = await session.run([{ name: 'in', datatype, shape: [2], data: samples[datatype] }], ['out']);
      assert.deepEqual(result.tensors[0], { datatype, shape: [2], data: samples[datatype] });
    });
  }
});

test('zero rows, scalars and open ranks', async () => {
  await withSession(identity('FP32', [-1, 2]), async (session) => {
    assert.deepEqual(
      (await session.run([{ name: 'in', ...zeros('FP32', [0, 2]) }], ['out'])).tensors[0]?.shape,
      [0, 2],
    );
  });
  await withSession(identity('INT64', []), async (session) => {
    assert.deepEqual(
      (await session.run([{ name: 'in', ...zeros('INT64', []) }], ['out'])).tensors[0],
      zeros('INT64', []),
    );
  });
  await withSession(identity('FP32'), async (session) => {
    assert.deepEqual(session.inputs, [{ name: 'in', datatype: 'FP32', shape: [-1], anyRank: true }]);
    assert.deepEqual(
      (await session.run([{ name: 'in', ...zeros('FP32', [1, 2, 1]) }], ['out'])).tensors[0]?.shape,
      [1, 2, 1],
    );
  });
});

test('a ZipMap classifier gives label and probabilities, for integer and text labels', async () => {
  for (const [labels, chosen] of [
    [[0, 1], BigInt64Array.of(0n, 1n)],
    [
      ['cat', 'dog'],
      ['cat', 'dog'],
    ],
  ] as const) {
    for (const onlyMl of [false, true]) {
      await withSession(classifier({ labels, onlyMl }), async (session) => {
        assert.deepEqual(
          session.outputs.map((spec) => [spec.name, spec.shape]),
          [
            ['label', [-1]],
            ['probabilities', [-1, 2]],
          ],
        );
        const result = await session.run([rows], ['label', 'probabilities']);
        assert.deepEqual(result.tensors[0]?.data, chosen);
        const scores = result.tensors[1];
        assert.deepEqual(scores?.shape, [2, 2]);
        const [first = 0, second = 0, third = 0, fourth = 0] = (scores?.data ?? []) as Float32Array;
        assert.ok(first > 0.9 && fourth > 0.9);
        assert.ok(Math.abs(first + second - 1) < 1e-6 && Math.abs(third + fourth - 1) < 1e-6);
      });
    }
  }
});

test('weights beside the model are found, with and without a rewrite', async () => {
  write(folder, { 'w.data': externalWeights(), 'model.onnx': doubled('w.data') });
  await withSession(doubled('w.data'), async (session) => {
    assert.deepEqual((await session.run([rows], ['Y'])).tensors[0]?.data, Float32Array.of(6, 2, 0, 10));
  });
  await withSession(classifier({ labels: [0, 1], external: 'w.data' }), async (session) => {
    assert.deepEqual((await session.run([rows], ['label'])).tensors[0]?.data, BigInt64Array.of(0n, 1n));
  });
});

test('a rewritten model cannot name files outside its folder', async () => {
  for (const file of ['../secret', '/etc/hostname']) {
    await assert.rejects(
      withSession(classifier({ labels: [0, 1], external: file }), async () => {}),
      /lies outside the model's folder/,
    );
  }
});

test('outputs that are no tensors are not served', async () => {
  const nodes = [node('SequenceConstruct', ['X'], ['s']), node('Identity', ['X'], ['Y'])];
  const sequence = sequenceOfTensors('s');
  const both = model({ nodes, inputs: [value('X', 'FP32', [1])], outputs: [sequence, value('Y', 'FP32', [1])] });
  await withSession(both, async (session) => {
    assert.deepEqual([session.outputs.map((spec) => spec.name), session.hiddenOutputs], [['Y'], ['s']]);
  });
  const only = model({ nodes, inputs: [value('X', 'FP32', [1])], outputs: [sequence] });
  await assert.rejects(
    withSession(only, async () => {}),
    /no output is a tensor: s/,
  );
  const inputs = [sequenceOfTensors('in')];
  const fed = model({ nodes: [node('SequenceLength', ['in'], ['n'])], inputs, outputs: [value('n', 'INT64', [])] });
  await assert.rejects(
    withSession(fed, async () => {}),
    /input 'in' is not a tensor/,
  );
});

test('what cannot be opened says why', async () => {
  await assert.rejects(
    withSession(Buffer.from('not a model at all'), async () => {}),
    /not an ONNX file/,
  );
  await assert.rejects(
    withSession(
      model({
        nodes: [node('NoSuchOperator', ['a'], ['b'])],
        inputs: [value('a', 'FP32', [1])],
        outputs: [value('b', 'FP32', [1])],
      }),
      async () => {},
    ),
    /NoSuchOperator/,
  );
});

test('a run on shapes that only the graph can refuse throws, and the session lives on', async () => {
  await withSession(add(), async (session) => {
    const feed = (name: string, count: number) => ({ name, ...zeros('FP32', [count, 2]) });
    assert.throws(() => session.run([feed('a', 2), feed('b', 3)], ['sum']));
    assert.deepEqual((await session.run([feed('a', 2), feed('b', 2)], ['sum'])).tensors[0]?.shape, [2, 2]);
  });
});
