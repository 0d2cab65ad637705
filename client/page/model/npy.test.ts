import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNpy } from './npy.ts';

/** A `.npy` file of version 1 or 2 around these bytes. */
function npy(descr: string, shape: string, data: Uint8Array, { fortran = false, version = 1 } = {}): ArrayBuffer {
  const header = Buffer.from(
    `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape}), }\n`,
  );
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  const bytes = Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]), length, header, data]);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}
const bytesOf = (array: NodeJS.TypedArray): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

test('every numeric type, both orders of bytes', () => {
  assert.deepEqual(readNpy(npy('<f4', '2, 2', bytesOf(new Float32Array([1, 2.5, Number.NaN, -4])))), {
    shape: [2, 2],
    data: [1, 2.5, null, -4],
  });
  assert.deepEqual(readNpy(npy('<i8', '2,', bytesOf(new BigInt64Array([5n, -(2n ** 62n)])))), {
    shape: [2],
    data: [5, -(2n ** 62n)],
  });
  assert.deepEqual(readNpy(npy('>u2', '2,', Uint8Array.of(1, 0, 0, 2))), { shape: [2], data: [256, 2] });
  assert.deepEqual(readNpy(npy('|b1', '3,', Uint8Array.of(1, 0, 1))), { shape: [3], data: [true, false, true] });
  assert.deepEqual(readNpy(npy('<f2', '3,', bytesOf(new Uint16Array([0x3c00, 0xc000, 0x0001])))), {
    shape: [3],
    data: [1, -2, 2 ** -24],
  });
  assert.deepEqual(readNpy(npy('<f8', '', bytesOf(new Float64Array([7])), { version: 2 })), { shape: [], data: [7] });
});

test('columns first becomes rows first', () => {
  assert.deepEqual(readNpy(npy('|u1', '2, 3', Uint8Array.of(1, 4, 2, 5, 3, 6), { fortran: true })), {
    shape: [2, 3],
    data: [1, 2, 3, 4, 5, 6],
  });
});

test('faults are told', () => {
  const problem = (bytes: ArrayBuffer): string => {
    const read = readNpy(bytes);
    return 'problem' in read ? read.problem : 'none';
  };
  assert.match(problem(new ArrayBuffer(3)), /not a NumPy file/);
  assert.match(problem(new TextEncoder().encode('just some words here').buffer as ArrayBuffer), /not a NumPy file/);
  assert.match(problem(npy('<f4', '3,', new Uint8Array(8))), /shorter or longer/);
  assert.match(problem(npy('<c8', '1,', new Uint8Array(8))), /type c8/);
  assert.match(problem(npy('|O', '1,', new Uint8Array(8))), /header cannot be read/);
});
