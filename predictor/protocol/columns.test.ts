import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBfloat16 } from './bfloat16.ts';
import { createChecker } from './check.ts';
import type { Datatype, TensorData } from './datatype.ts';
import { ServeError } from './error.ts';
import { toFloat16 } from './float16.ts';
import type { InputTensor } from './messages.ts';
import type { Signature, TensorSpec } from './signature.ts';

function checker(datatype: Datatype) {
  const matrix: TensorSpec = { name: 'X', datatype, shape: [-1, 2], anyRank: false };
  const names = new Map([['X', { spec: matrix, positional: false }]]);
  const columns = { spec: matrix, names: ['width', 'height'] };
  const signature: Signature = { inputs: [matrix], outputs: [matrix], inputNames: names, outputNames: names, columns };
  const check = createChecker(signature);
  return (...inputs: InputTensor[]) => check({ modelName: 'M', inputs, outputs: [] }).feeds;
}
const column = (name: string, datatype: Datatype, data: TensorData, shape = [data.length]): InputTensor => ({
  name,
  datatype,
  shape,
  data,
});
const width = column('width', 'FP64', Float64Array.of(1, 2));
const height = column('height', 'FP32', Float32Array.of(0.5, 0.25), [2, 1]);

const refuses = (work: () => unknown, code: string, message: string) =>
  assert.throws(work, (error) => {
    assert.ok(error instanceof ServeError);
    assert.deepEqual([error.code, error.message], [code, message]);
    return true;
  });

test('columns become the matrix, in the order of the signature', () => {
  const whole = [{ name: 'X', datatype: 'FP32', shape: [2, 2], data: Float32Array.of(1, 0.5, 2, 0.25) }];
  assert.deepEqual(checker('FP32')(height, width), whole);
  const matrix = column('X', 'FP32', Float32Array.of(1, 2), [1, 2]);
  assert.deepEqual(checker('FP32')(matrix), [matrix]);
});

test('numbers are brought to the datatype of the matrix, without loss of integers', () => {
  const pair = (datatype: Datatype, a: TensorData, b: TensorData, to: Datatype) =>
    checker(to)(column('width', datatype, a), column('height', datatype, b))[0]?.data;
  assert.deepEqual(pair('INT64', BigInt64Array.of(3n), BigInt64Array.of(-4n), 'FP32'), Float32Array.of(3, -4));
  assert.deepEqual(pair('FP64', Float64Array.of(3), Float64Array.of(4), 'INT64'), BigInt64Array.of(3n, 4n));
  assert.deepEqual(pair('FP16', Uint16Array.of(toFloat16(1.5)), Uint16Array.of(0), 'FP64'), Float64Array.of(1.5, 0));
  const halves = Uint16Array.of(toBfloat16(1.5), toBfloat16(-3));
  assert.deepEqual(pair('BF16', halves.slice(0, 1), halves.slice(1), 'FP32'), Float32Array.of(1.5, -3));
  assert.deepEqual(pair('FP64', Float64Array.of(1.5), Float64Array.of(-3), 'BF16'), halves);
  assert.deepEqual(pair('BYTES', ['a'], ['b'], 'BYTES'), ['a', 'b']);
  refuses(
    () => pair('FP64', Float64Array.of(0.5), Float64Array.of(1), 'INT32'),
    'INPUT_DATA',
    "column 'width' of FP64 holds 0.5, which INT32 cannot (/inputs/0/data/0)",
  );
  refuses(
    () => pair('BF16', Uint16Array.of(toBfloat16(0.5)), Uint16Array.of(0), 'INT32'),
    'INPUT_DATA',
    "column 'width' of BF16 holds 0.5, which INT32 cannot (/inputs/0/data/0)",
  );
  refuses(
    () => pair('INT64', BigInt64Array.of(1n), BigInt64Array.of(300n), 'UINT8'),
    'INPUT_DATA',
    "column 'height' of INT64 holds 300, which UINT8 cannot (/inputs/1/data/0)",
  );
});

test('each fault names its place', () => {
  const check = checker('FP32');
  refuses(
    () => check(width),
    'INPUT_MISSING',
    "expected 2 inputs but got 1 inputs for model 'M'. Missing columns 'height' (/inputs)",
  );
  refuses(
    () => check(width, { ...height, name: 'depth' }),
    'INPUT_UNKNOWN',
    "unexpected inference input 'depth' for model 'M'. Expected columns 'width', 'height' (/inputs/1/name)",
  );
  refuses(
    () => check(width, width, height),
    'INPUT_REPEATED',
    "input 'width' already exists in request (/inputs/1/name)",
  );
  refuses(
    () => check(width, column('height', 'FP32', new Float32Array(3))),
    'INPUT_SHAPE',
    "unexpected shape for column 'height'. Expected [2] or [2,1], got [3] (/inputs/1/shape)",
  );
  refuses(
    () => check(width, column('height', 'BYTES', ['a', 'b'])),
    'INPUT_DATATYPE',
    "column 'height' has data-type 'BYTES', but model 'M' expects 'FP32' (/inputs/1/datatype)",
  );
});
