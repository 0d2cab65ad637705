/** Binary requests, byte by byte; client/e2e/input.test.ts sends them to the predictor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BINARY_FROM, binaryBody } from './binary.ts';
import type { InferRequest } from './request.ts';

const request = (datatype: string, data: InferRequest['inputs'][number]['data']): InferRequest => ({
  inputs: [{ name: 'ä', shape: [data.length], datatype, data }],
});

test('a header with the sizes, then the elements, little-endian', () => {
  const found = binaryBody(
    {
      inputs: [
        { name: 'ä', shape: [1, 2], datatype: 'FP32', data: [1.5, -2] },
        { name: 'id', shape: [1], datatype: 'INT64', data: [-9007199254740993n] },
        { name: 'on', shape: [2], datatype: 'BOOL', data: [true, false] },
      ],
    },
    0,
  );
  assert.ok(found);
  const head = Buffer.from(found.bytes.subarray(0, found.headBytes)).toString('utf8');
  assert.equal(head, found.head);
  assert.deepEqual(JSON.parse(head), {
    inputs: [
      { name: 'ä', shape: [1, 2], datatype: 'FP32', parameters: { binary_data_size: 8 } },
      { name: 'id', shape: [1], datatype: 'INT64', parameters: { binary_data_size: 8 } },
      { name: 'on', shape: [2], datatype: 'BOOL', parameters: { binary_data_size: 2 } },
    ],
  });
  const data = Buffer.from(found.bytes.subarray(found.headBytes));
  assert.equal(data.length, 18);
  assert.deepEqual([data.readFloatLE(0), data.readFloatLE(4)], [1.5, -2]);
  assert.equal(data.readBigInt64LE(8), -9007199254740993n);
  assert.deepEqual([data[16], data[17]], [1, 0]);
});

test('small requests, texts, halves and missing values stay JSON', () => {
  const many = Array.from({ length: BINARY_FROM }, () => 1);
  assert.equal(binaryBody(request('FP32', many.slice(1))), undefined);
  assert.ok(binaryBody(request('FP32', many)));
  assert.equal(binaryBody(request('FP16', many)), undefined);
  assert.equal(binaryBody(request('BYTES', many.map(String))), undefined);
  assert.equal(binaryBody(request('FP32', [...many, null])), undefined);
});

test('every integer goes to its last digit', () => {
  for (const [datatype, values, read] of [
    ['UINT64', [18446744073709551615n, 0], (data: Buffer) => [data.readBigUInt64LE(0), data.readBigUInt64LE(8)]],
    ['INT8', [-128, 127], (data: Buffer) => [data.readInt8(0), data.readInt8(1)]],
    ['UINT16', [65535, 1], (data: Buffer) => [data.readUInt16LE(0), data.readUInt16LE(2)]],
    ['INT32', [-2147483648, 7], (data: Buffer) => [data.readInt32LE(0), data.readInt32LE(4)]],
  ] as const) {
    const found = binaryBody(request(datatype, values), 0);
    assert.ok(found);
    assert.deepEqual(read(Buffer.from(found.bytes.subarray(found.headBytes))).map(String), values.map(String));
  }
});
