import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bytesField,
  bytesOf,
  type Field,
  floatField,
  integerField,
  integersOf,
  readFields,
  textOf,
  WireError,
  writeFields,
} from './wire.ts';

const number = fc.integer({ min: 1, max: 2 ** 29 - 1 });
const field: fc.Arbitrary<Field> = fc.oneof(
  fc.tuple(number, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map(([at, value]) => integerField(at, value)),
  fc.tuple(number, fc.uint8Array({ maxLength: 300 })).map(([at, bytes]) => bytesField(at, bytes)),
  fc.tuple(number, fc.float()).map(([at, value]) => floatField(at, value)),
);

test('what is read is written back byte for byte', () => {
  fc.assert(
    fc.property(fc.array(field), (fields) => {
      const bytes = writeFields(fields);
      const read = readFields(bytes);
      assert.deepEqual(
        read.map((one) => [one.number, one.type]),
        fields.map((one) => [one.number, one.type]),
      );
      assert.deepEqual(Buffer.from(writeFields(read)), Buffer.from(bytes));
    }),
  );
});

test('integers keep sign and all 64 bits, packed or not', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values) => {
      const single = values.map((value) => integerField(3, value));
      assert.deepEqual(single.flatMap(integersOf), values);
      const packed = bytesField(3, Buffer.concat(single.map((one) => one.raw.subarray(one.start))));
      assert.deepEqual(integersOf(packed), values);
    }),
  );
});

test('content comes back, and text as UTF-8', () => {
  fc.assert(
    fc.property(number, fc.uint8Array(), (at, bytes) =>
      assert.deepEqual(Buffer.from(bytesOf(bytesField(at, bytes))), Buffer.from(bytes)),
    ),
  );
  assert.equal(textOf(bytesField(1, 'größe')), 'größe');
});

test('bytes that are no message are refused, never misread or looped over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        assert.deepEqual(Buffer.from(writeFields(readFields(bytes))), Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof WireError);
      }
    }),
    { numRuns: 500 },
  );
  assert.throws(() => readFields(Uint8Array.of(0x0a, 0x05, 0x01)), WireError);
  assert.throws(() => readFields(Uint8Array.of(0x0b)), WireError);
  assert.throws(() => readFields(new Uint8Array(11).fill(0xff)), WireError);
  assert.throws(() => bytesOf(integerField(1, 1)), WireError);
});
