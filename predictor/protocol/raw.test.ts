/** Elements through raw bytes and back, and where their memory lies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allocate, type Datatype, datatypes, type TensorData } from './datatype.ts';
import { RawError, type RawFault, readRaw, writeRaw } from './raw.ts';

type Sized = Exclude<Datatype, 'BYTES'>;
const sized = datatypes.filter((datatype): datatype is Sized => datatype !== 'BYTES');

/** Bytes of `count` elements, `offset` bytes into a larger piece of memory. */
function placed(bytes: Uint8Array, offset: number): Buffer {
  const memory = new ArrayBuffer(offset + bytes.length + 8);
  new Uint8Array(memory).set(bytes, offset);
  return Buffer.from(memory, offset, bytes.length);
}

const shares = (data: TensorData, raw: Buffer) => !Array.isArray(data) && data.buffer === raw.buffer;

test('every bit of every datatype comes back, wherever the bytes lie', () => {
  const elements = fc.tuple(fc.constantFrom(...sized), fc.nat(5), fc.nat(9), fc.nat(64));
  fc.assert(
    fc.property(elements, fc.infiniteStream(fc.nat(255)), ([datatype, count, offset, shared], random) => {
      const own = allocate(datatype, count) as Uint8Array;
      const bytes = new Uint8Array(own.buffer);
      for (let at = 0; at < bytes.length; at++)
        bytes[at] = Number(random.next().value) % (datatype === 'BOOL' ? 2 : 256);
      const raw = placed(bytes, offset);
      const read = readRaw(datatype, count, raw, shared);
      assert.equal(read.constructor, own.constructor);
      assert.deepEqual(writeRaw(read), Buffer.from(bytes));
      assert.equal(shares(read, raw), offset % own.BYTES_PER_ELEMENT === 0 && raw.length >= shared);
    }),
    { numRuns: 500 },
  );
});

test('texts come back, empty ones and those with a byte order mark too', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\uFEFFa'))), (texts) => {
      assert.deepEqual(readRaw('BYTES', texts.length, writeRaw(texts)), texts);
    }),
  );
});

test('elements are written where they lie', () => {
  const data = Float64Array.of(1, 2, 3).subarray(1);
  const raw = writeRaw(data);
  assert.deepEqual([raw.buffer === data.buffer, raw.byteOffset, raw.length], [true, 8, 16]);
});

const faults: [datatype: Datatype, count: number, raw: number[], fault: RawFault, words: string][] = [
  ['FP32', 1, [0, 0, 0], { kind: 'size', wanted: 4, got: 3 }, 'expected 4 bytes, got 3'],
  ['FP64', 0, [0], { kind: 'size', wanted: 0, got: 1 }, 'expected 0 bytes, got 1'],
  ['BOOL', 2, [1, 2], { kind: 'bool', element: 1, byte: 2 }, 'byte 1 is 2, expected 0 or 1'],
  ['BYTES', 1, [1, 0], { kind: 'length', element: 0 }, 'element 0 lacks its length in 4 bytes'],
  ['BYTES', 2, [0, 0, 0, 0, 9], { kind: 'length', element: 1 }, 'element 1 lacks its length in 4 bytes'],
  ['BYTES', 1, [9, 0, 0, 0, 65], { kind: 'end', element: 0, bytes: 9 }, 'element 0 of 9 bytes ends after the contents'],
  ['BYTES', 1, [1, 0, 0, 0, 255], { kind: 'text', element: 0 }, 'element 0 is not UTF-8'],
  ['BYTES', 2, [0, 0, 0, 0], { kind: 'count', wanted: 2, got: 1 }, 'expected 2 elements, got 1'],
  ['BYTES', 1, Array(12).fill(0), { kind: 'count', wanted: 1, got: 3 }, 'expected 1 elements, got more'],
  ['BYTES', 0, [1, 0, 0, 0, 65], { kind: 'count', wanted: 0, got: 1 }, 'expected 0 elements, got more'],
];
for (const [datatype, count, raw, fault, words] of faults) {
  test(`${count} of ${datatype} in the bytes ${raw.join(' ')}: ${words}`, () => {
    assert.throws(
      () => readRaw(datatype, count, Buffer.from(raw)),
      (error) => {
        assert.ok(error instanceof RawError);
        assert.deepEqual(error.fault, fault);
        assert.equal(error.message, words);
        return true;
      },
    );
  });
}
