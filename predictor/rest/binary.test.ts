/** Faults of binary tensors, in the words of REST and with their place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Datatype } from '../protocol/datatype.ts';
import { ServeError } from '../protocol/error.ts';
import { rawInput, takeBinary } from './binary.ts';

const size = '/inputs/1/parameters/binary_data_size';
const faults: [datatype: Datatype, bytes: number[], message: string, pointer: string][] = [
  ['FP32', [0, 0, 0], "unexpected size for input 'x' of FP32 with shape [2]. Expected 8 bytes, got 3", size],
  ['BOOL', [1, 2], "element 1 of input 'x' of BOOL is the byte 2, expected 0 or 1", '/inputs/1'],
  ['BYTES', [1, 0], "element 0 of input 'x' of BYTES ends after its binary data of 2 bytes", size],
  ['BYTES', [9, 0, 0, 0, 65], "element 0 of input 'x' of BYTES ends after its binary data of 5 bytes", size],
  ['BYTES', [1, 0, 0, 0, 255], "element 0 of input 'x' of BYTES is not UTF-8", '/inputs/1'],
  [
    'BYTES',
    Array(12).fill(0),
    "unexpected number of elements in binary data of input 'x' with shape [2]. Expected 2, got 3",
    size,
  ],
];
for (const [datatype, bytes, message, pointer] of faults) {
  test(`${datatype} of the bytes ${bytes.join(' ')}`, () => {
    const tail = { bytes: Buffer.from([7, ...bytes, 7]), taken: 1 };
    assert.throws(
      () => takeBinary(tail, bytes.length, { name: 'x', datatype, shape: [2], index: 1 }),
      (error) =>
        error instanceof ServeError && error.code === 'INPUT_DATA' && error.message === `${message} (${pointer})`,
    );
  });
}

test('a body without JSON that is no text is told so', () => {
  const inputs = [{ name: 'x', datatype: 'BYTES' as const, shape: [-1] }];
  assert.throws(
    () => rawInput(Buffer.from([255]), 'm', inputs),
    (error) =>
      error instanceof ServeError && error.message === "element 0 of input 'x' of BYTES is not UTF-8 (/inputs/0)",
  );
});
