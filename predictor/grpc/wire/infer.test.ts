/** Our own codec against reflection over inference.proto, in both directions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Datatype, datatypes, type TensorData } from '../../protocol/datatype.ts';
import type { InferResponse, Parameters } from '../../protocol/messages.ts';
import type { NarrowFloat } from '../../protocol/narrow-float.ts';
import { method } from '../../testdata/grpc.ts';
import { decodeInfer } from '../decode.ts';
import type { Answer } from '../messages.ts';
import { PREFIX } from '../rpc/message-reader.ts';
import { fieldNames, fieldOf } from '../typed.ts';
import { readInferRequest } from './infer-request.ts';
import { type Form, writeInferResponse, writeStreamResponse } from './infer-response.ts';
import { WireError } from './read.ts';

const infer = method('ModelInfer');

/** An answer as it goes out, without the prefix that is filled there. */
const wholeOf = ({ pieces }: Answer) => Buffer.concat(pieces).subarray(PREFIX);

type Elements = (number | bigint | string)[];

const elements: Readonly<Record<Exclude<Datatype, NarrowFloat>, fc.Arbitrary<number | bigint | string>>> = {
  BOOL: fc.integer({ min: 0, max: 1 }),
  UINT8: fc.integer({ min: 0, max: 255 }),
  UINT16: fc.integer({ min: 0, max: 65535 }),
  UINT32: fc.integer({ min: 0, max: 4294967295 }),
  UINT64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  INT8: fc.integer({ min: -128, max: 127 }),
  INT16: fc.integer({ min: -32768, max: 32767 }),
  INT32: fc.integer({ min: -2147483648, max: 2147483647 }),
  INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  FP32: fc.float(),
  FP64: fc.double(),
  BYTES: fc.string({ unit: 'binary' }).filter((text) => !/\p{Surrogate}/u.test(text)),
};

const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const parameters: fc.Arbitrary<Parameters> = fc.dictionary(
  text.filter((name) => !name.startsWith('triton_')),
  fc.oneof(text, fc.boolean(), fc.maxSafeInteger(), fc.double({ noInteger: true, noNaN: true })),
  { maxKeys: 3 },
);

const tensor = fc
  .constantFrom(...(Object.keys(elements) as (keyof typeof elements)[]))
  .chain((datatype) =>
    fc.record({ name: text, datatype: fc.constant(datatype), data: fc.array(elements[datatype], { maxLength: 20 }) }),
  );

const parameterMessage = (value: unknown) => {
  if (typeof value === 'string') return { string_param: value };
  if (typeof value === 'boolean') return { bool_param: value };
  return Number.isSafeInteger(value) ? { int64_param: value } : { double_param: value };
};

const mapMessage = (values: Parameters) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, parameterMessage(value)]));

/** As reflection takes and gives them: 64-bit integers as text, BOOL as true and false, BYTES as bytes. */
function contentsMessage(datatype: Exclude<Datatype, NarrowFloat>, data: Elements) {
  const plain = data.map((value) => {
    if (typeof value === 'bigint') return value.toString();
    if (datatype === 'BOOL') return value === 1;
    return datatype === 'BYTES' ? Buffer.from(String(value)) : value;
  });
  return { [fieldNames[fieldOf[datatype]]]: plain };
}

test('typed requests are read as reflection writes them', () => {
  const request = fc.record({
    name: text,
    version: text,
    id: text,
    parameters,
    tensors: fc.array(tensor, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(request, ({ name, version, id, parameters, tensors }) => {
      const bytes = infer.requestSerialize({
        model_name: name,
        model_version: version,
        id,
        parameters: mapMessage(parameters),
        inputs: tensors.map(({ name, datatype, data }) => ({
          name,
          datatype,
          shape: [data.length],
          parameters: mapMessage(parameters),
          contents: contentsMessage(datatype, data),
        })),
        outputs: [{ name, parameters: { classification: { int64_param: 3 } } }],
      });
      const { request, form } = decodeInfer(bytes);
      assert.equal(form, 'typed');
      assert.deepEqual([request.modelName, request.modelVersion ?? '', request.id ?? ''], [name, version, id]);
      assert.deepEqual({ ...request.parameters }, { ...parameters });
      assert.deepEqual(request.outputs, [{ name, classification: 3 }]);
      for (const [index, input] of request.inputs.entries()) {
        assert.equal(input.name, tensors[index]?.name);
        assert.deepEqual(input.shape, [tensors[index]?.data.length]);
        assert.deepEqual({ ...input.parameters }, { ...parameters });
        assert.deepEqual(Array.from(input.data as unknown as Elements), tensors[index]?.data);
      }
    }),
    { numRuns: 300 },
  );
});

/** The same elements, as the data plane holds them. */
function stored(datatype: Exclude<Datatype, NarrowFloat>, data: Elements): TensorData {
  const bytes = infer.requestSerialize({
    inputs: [{ datatype, shape: [data.length], contents: contentsMessage(datatype, data) }],
  });
  return decodeInfer(bytes).request.inputs[0]?.data ?? [];
}

test('answers are written as reflection reads them, typed and raw', () => {
  const answer = fc.record({
    name: text,
    version: text,
    id: text,
    parameters,
    tensors: fc.array(tensor, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(answer, fc.constantFrom<Form>('typed', 'raw'), ({ name, version, id, parameters, tensors }, form) => {
      const outputs = tensors.map(({ name, datatype, data }) => ({
        name,
        datatype,
        shape: [data.length],
        data: stored(datatype, data),
      }));
      const response: InferResponse = { modelName: name, modelVersion: version, id, parameters, outputs };
      const wanted = {
        model_name: name,
        model_version: version,
        id,
        parameters: mapMessage(parameters),
        outputs: tensors.map(({ name, datatype, data }) => ({
          name,
          datatype,
          shape: [data.length],
          ...(form === 'typed' ? { contents: contentsMessage(datatype, data) } : {}),
        })),
        raw_output_contents: form === 'raw' ? rawOf(outputs) : [],
      };
      const read = (bytes: Buffer) => infer.responseDeserialize(bytes);
      assert.deepEqual(read(wholeOf(writeInferResponse(response, form))), read(serialize(wanted)));
      const streamed = method('ModelStreamInfer').responseDeserialize(wholeOf(writeStreamResponse({ response, form })));
      assert.deepEqual(streamed, { error_message: '', infer_response: read(serialize(wanted)) });
    }),
    { numRuns: 300 },
  );
});

const serialize = (message: object): Buffer => infer.responseSerialize(message);

function rawOf(outputs: InferResponse['outputs']): Buffer[] {
  return outputs.map(({ data }) => {
    if (!Array.isArray(data)) return Buffer.from(data.buffer);
    return Buffer.concat(
      data.map((text) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(Buffer.byteLength(text));
        return Buffer.concat([length, Buffer.from(text)]);
      }),
    );
  });
}

test('raw contents come back bit by bit, for every datatype', () => {
  for (const datatype of datatypes.filter((each) => each !== 'BYTES')) {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
        const bytes = datatype === 'BOOL' ? random.map((byte) => byte & 1) : random;
        const shape = [16 / Number(/\d+$/.exec(datatype)?.[0] ?? 8) / 0.125];
        const sent = { inputs: [{ datatype, shape }], raw_input_contents: [bytes] };
        const { request, form } = decodeInfer(infer.requestSerialize(sent));
        assert.equal(form, 'raw');
        const { data } = request.inputs[0] ?? { data: [] };
        const answer = writeInferResponse(
          { modelName: 'm', modelVersion: '1', outputs: [{ name: '', datatype, shape, data }] },
          'raw',
        );
        assert.deepEqual(
          [...(infer.responseDeserialize(wholeOf(answer)) as { raw_output_contents: Buffer[] }).raw_output_contents],
          [Buffer.from(bytes)],
        );
      }),
      { numRuns: 20 },
    );
  }
});

test('elements that are not packed, and contents in pieces, are the same elements', () => {
  const loose = Buffer.from([0x10, 0x05, 0x12, 0x02, 0x06, 0x07]);
  const contents = (bytes: Buffer) => Buffer.concat([Buffer.from([0x2a, bytes.length]), bytes]);
  const input = Buffer.concat([
    Buffer.from('1205494e543332', 'hex'),
    Buffer.from([0x18, 4]),
    contents(loose),
    contents(Buffer.from([0x10, 0x08])),
  ]);
  const { inputs } = readInferRequest(Buffer.concat([Buffer.from([0x2a, input.length]), input]));
  assert.deepEqual([inputs[0]?.datatype, inputs[0]?.shape], ['INT32', [4]]);
  assert.deepEqual([...(inputs[0]?.contents?.packed.get(2) ?? [])], [5, 6, 7, 8]);
});

test('unknown fields are passed over', () => {
  const known = infer.requestSerialize({ model_name: 'm' });
  const unknown = Buffer.from('f80601f10601020304050607087a03616263fd0601020304', 'hex');
  assert.equal(readInferRequest(Buffer.concat([unknown, known, unknown])).modelName, 'm');
});

test('whatever the bytes, they are read or refused, and only what reflection takes is read', () => {
  const valid = infer.requestSerialize({
    model_name: 'model',
    parameters: { p: { double_param: 1.5 } },
    inputs: [{ name: 'x', datatype: 'INT64', shape: [2], contents: { int64_contents: ['1', '-1'] } }],
    outputs: [{ name: 'y' }],
  });
  const broken = fc.tuple(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length)).map(([at, byte, end]) => {
    const bytes = Buffer.from(valid);
    bytes[at] = byte;
    return bytes.subarray(0, Math.max(1, end));
  });
  fc.assert(
    fc.property(
      fc.oneof(
        broken,
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => {
        try {
          readInferRequest(bytes);
        } catch (error) {
          assert.ok(error instanceof WireError, String(error));
        }
      },
    ),
    { numRuns: 3000 },
  );
});
