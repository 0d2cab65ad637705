/** Tensors through JSON and back, for every datatype. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromBfloat16 } from '../protocol/bfloat16.ts';
import { allocate, type Datatype, datatypes, type TensorData } from '../protocol/datatype.ts';
import { ServeError } from '../protocol/error.ts';
import { fromFloat16 } from '../protocol/float16.ts';
import { narrowFloat } from '../protocol/narrow-float.ts';
import { countElements, type NamedTensor } from '../protocol/tensor.ts';
import { decodeInfer } from './decode.ts';
import { encodeInfer } from './encode.ts';

const elements: Readonly<Record<Datatype, fc.Arbitrary<number | bigint | string>>> = {
  BOOL: fc.integer({ min: 0, max: 1 }),
  UINT8: fc.integer({ min: 0, max: 255 }),
  UINT16: fc.integer({ min: 0, max: 65535 }),
  UINT32: fc.integer({ min: 0, max: 4294967295 }),
  UINT64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  INT8: fc.integer({ min: -128, max: 127 }),
  INT16: fc.integer({ min: -32768, max: 32767 }),
  INT32: fc.integer({ min: -2147483648, max: 2147483647 }),
  INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  FP16: fc.integer({ min: 0, max: 65535 }).filter((bits) => Number.isFinite(fromFloat16(bits)) || bits === 0x7e00),
  BF16: fc.integer({ min: 0, max: 65535 }).filter((bits) => Number.isFinite(fromBfloat16(bits)) || bits === 0x7fc0),
  FP32: fc.float({ noDefaultInfinity: true }),
  FP64: fc.double({ noDefaultInfinity: true }),
  BYTES: fc.string({ unit: 'binary' }),
};

const tensor: fc.Arbitrary<NamedTensor> = fc
  .tuple(fc.string({ unit: 'binary' }), fc.constantFrom(...datatypes), fc.array(fc.nat(3), { maxLength: 4 }))
  .chain(([name, datatype, shape]) => {
    const count = countElements(shape);
    return fc.array(elements[datatype], { minLength: count, maxLength: count }).map((values) => {
      const data = allocate(datatype, count) as unknown[];
      for (const [index, value] of values.entries()) data[index] = value;
      return { name, datatype, shape, data: data as unknown as TensorData };
    });
  });

const target = { modelName: 'm', modelVersion: '1' };

/** An answer's outputs are written as a request's inputs are read. */
function roundTrip(text: string): readonly NamedTensor[] {
  return decodeInfer(Buffer.from(text.replace('"outputs":[', '"inputs":[')), target).request.inputs;
}

test('flat data comes back with every bit', () => {
  fc.assert(
    fc.property(fc.array(tensor, { maxLength: 3 }), (outputs) => {
      assert.deepEqual(roundTrip(encodeInfer({ ...target, outputs })), outputs);
    }),
    { numRuns: 400 },
  );
});

test('nested data comes back as flat data does', () => {
  fc.assert(
    fc.property(
      tensor.filter((one) => one.shape.length > 0),
      (one) => {
        const { outputs } = JSON.parse(encodeInfer({ ...target, outputs: [one] }), (_, value: unknown) => value) as {
          outputs: [{ data: unknown[] }];
        };
        if (one.datatype.endsWith('INT64')) return;
        const nested = nest(outputs[0].data, one.shape);
        const text = JSON.stringify({ inputs: [{ ...one, data: nested }] }).replaceAll(/(?<=[[,])-0(?=[\],])/g, '-0');
        const [back] = decodeInfer(Buffer.from(text), target).request.inputs;
        // JSON.stringify writes -0 as 0, which encodeInfer does not.
        const plain = (data: unknown) => Array.from(data as number[], (value) => (value === 0 ? 0 : value));
        if (narrowFloat(one.datatype) !== undefined)
          assert.deepEqual(plain(back?.data).map(unsigned), plain(one.data).map(unsigned));
        else assert.deepEqual(plain(back?.data), plain(one.data));
      },
    ),
    { numRuns: 400 },
  );
});

const unsigned = (bits: number) => (bits === 0x8000 ? 0 : bits);

function nest(flat: unknown[], shape: readonly number[]): unknown[] {
  if (shape.length <= 1) return flat;
  const [count = 0, ...rest] = shape;
  const size = countElements(rest);
  return Array.from({ length: count }, (_, index) => nest(flat.slice(index * size, (index + 1) * size), rest));
}

test('an answer has no member without a value, and no number that JSON lacks', () => {
  const data = Float32Array.of(0.1, Number.NaN, Infinity, -0);
  const text = encodeInfer({ ...target, outputs: [{ name: 'y', datatype: 'FP32', shape: [4], data }] });
  assert.equal(
    text,
    '{"model_name":"m","model_version":"1","outputs":[{"name":"y","shape":[4],"datatype":"FP32","data":[0.10000000149011612,null,null,-0]}]}',
  );
});

test('whatever the body, it is decoded or refused, never a fault of this program', () => {
  const decode = (text: string) => {
    try {
      for (const { shape, data } of decodeInfer(Buffer.from(text), target).request.inputs)
        assert.equal(data.length, countElements(shape));
    } catch (error) {
      assert.ok(error instanceof ServeError, String(error));
      assert.match(error.code, /^(REQUEST|INPUT)_/);
    }
  };
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(2 ** 53, -1, 1e300, '', '__proto__', [[]]));
  const shape = fc.oneof(fc.array(fc.nat(3), { maxLength: 3 }), odd);
  const input = fc.record(
    { name: fc.oneof(fc.string(), odd), datatype: fc.constantFrom(...datatypes), shape, data: odd, parameters: odd },
    { requiredKeys: [] },
  );
  const body = fc.record(
    { id: odd, inputs: fc.oneof(fc.array(input, { maxLength: 2 }), odd), outputs: odd },
    { requiredKeys: ['inputs'] },
  );
  fc.assert(
    fc.property(body, (value) => decode(JSON.stringify(value))),
    { numRuns: 1000 },
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), decode));
});
