/** Forms from signatures, and what is typed into them as requests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { CatalogueInput, CatalogueTensor, Signature } from '../../contract.ts';
import { parseScalar } from './datatype.ts';
import { parseExact } from './exact.ts';
import { formOf, initialValues, isBatch, type TensorForm, words } from './form.ts';
import { buildRequest, printRequest, remarkOf } from './request.ts';
import { atStep, decimals, stepOf } from './step.ts';

type Entry = {
  name: string;
  format: string;
  signature: Signature;
  example: { inputs: [] };
  client?: { inputs?: Record<string, CatalogueInput>; widget?: 'image' };
};
const { models } = parse(readFileSync(join(import.meta.dirname, '../../../models.yaml'), 'utf8')) as {
  models: Entry[];
};
const sample = (name: string) => {
  const entry = models.find((one) => one.name === name);
  assert.ok(entry);
  const { widget } = entry.client ?? {};
  return formOf(entry.signature, {
    inputs: entry.client?.inputs ?? {},
    example: entry.example,
    ...(widget ? { widget } : {}),
  });
};
const formFor = (tensor: Partial<CatalogueTensor>, inputs: Record<string, CatalogueInput> = {}): TensorForm => {
  const [one] = formOf(
    { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4], ...tensor }], outputs: [] },
    { inputs },
  );
  assert.ok(one);
  return one;
};

test('every sample model begins with its example', () => {
  for (const { name, example } of models) {
    const form = sample(name);
    const { request, problems } = buildRequest(form, initialValues(form));
    assert.deepEqual(problems, {}, name);
    const flat = (example.inputs as { data: unknown[]; shape: number[] }[]).map(({ data, shape }) => [
      shape,
      data.flat(9),
    ]);
    assert.deepEqual(
      request?.inputs.map(({ data, shape }) => [shape, data]),
      flat,
      name,
    );
    assert.ok(isBatch(form));
  }
});

test('the iris form has names, units, ranges and steps', () => {
  const [one] = sample('iris-classifier');
  assert.equal(one?.wire, 'input-0');
  assert.ok(one?.kind === 'fields');
  assert.deepEqual(one.fields[0], {
    key: 'X.sepal_length',
    title: 'Sepal length',
    datatype: 'FP32',
    kind: 'number',
    initial: '4',
    unit: 'cm',
    minimum: 4,
    maximum: 7.9,
    step: 0.1,
  });
});

test('choices are a select, and the diabetes form has one', () => {
  const [one] = sample('diabetes-progression');
  assert.ok(one?.kind === 'fields');
  const sex = one.fields.find(({ key }) => key === 'X.sex');
  assert.equal(sex?.kind, 'choice');
  assert.deepEqual(sex?.choices, ['1', '2']);
});

test('the digits form is a picture of 8 by 8, from 0 to 16', () => {
  const [one] = sample('digits');
  assert.ok(one?.kind === 'image');
  assert.deepEqual(one.layout, { width: 8, height: 8, channels: 1, order: 'hwc', most: 16 });
});

const kinds: [title: string, tensor: Partial<CatalogueTensor>, kind: string][] = [
  ['one tensor a column', { shape: [-1, 1] }, 'fields'],
  ['a batch of scalars', { shape: [-1] }, 'fields'],
  ['a scalar', { shape: [] }, 'fields'],
  ['a few columns without names', { shape: [-1, 5] }, 'fields'],
  ['many columns without names', { shape: [-1, 500] }, 'json'],
  ['a list of any length', { shape: [-1, -1] }, 'list'],
  ['any length, but named', { shape: [-1, -1], columns: ['a', 'b'] }, 'fields'],
  ['more dimensions', { shape: [-1, 2, 3] }, 'json'],
  ['a fixed batch of one', { shape: [1, 3] }, 'fields'],
];
for (const [title, tensor, kind] of kinds) {
  test(`${title}: ${kind}`, () => {
    const one = formFor(tensor);
    assert.equal(one.kind, kind);
    assert.deepEqual(buildRequest([one], initialValues([one])).problems, {});
  });
}

test('each datatype has its control', () => {
  const kindOf = (datatype: CatalogueTensor['datatype']) => {
    const one = formFor({ datatype, shape: [-1] });
    return one.kind === 'fields' ? one.fields[0]?.kind : one.kind;
  };
  assert.deepEqual(
    [kindOf('BOOL'), kindOf('BYTES'), kindOf('INT64'), kindOf('FP16')],
    ['switch', 'text', 'number', 'number'],
  );
});

test('a shape with an open dimension is filled from what is typed', () => {
  const one = formFor({ shape: [-1, -1], datatype: 'INT64' });
  assert.deepEqual(buildRequest([one], { x: '["1","2","3"]' }).request?.inputs[0], {
    name: 'x',
    shape: [1, 3],
    datatype: 'INT64',
    data: [1, 2, 3],
  });
  assert.match(buildRequest([one], { x: '["1","two"]' }).problems['x.1'] ?? '', /“two” is not a whole number/);
  assert.match(buildRequest([one], { x: '[]' }).problems['x'] ?? '', /at least one/);
});

const json: [title: string, shape: number[], text: string, expected: number[] | RegExp][] = [
  ['nested', [-1, 2, 2], '[[[1,2],[3,4]]]', [1, 2, 2]],
  ['without the batch', [-1, 2, 2], '[[1,2],[3,4]]', [1, 2, 2]],
  ['flat', [-1, 2, 2], '[1,2,3,4,5,6,7,8]', [2, 2, 2]],
  ['ragged', [-1, 2, 2], '[[1,2],[3]]', /different lengths/],
  ['wrong size', [-1, 2, 2], '[[1,2,3]]', /takes any × 2 × 2; this is 1 × 3/],
  ['no JSON', [-1, 2, 2], '[1,', /not JSON/],
  ['an object', [-1, 2, 2], '[{"a":1}]', /no objects/],
  ['a string', [-1, 2, 2], '["1"]', /does not fit FP32/],
  ['flat, no multiple', [-1, 2, 2], '[1,2,3]', /takes/],
];
for (const [title, shape, text, expected] of json) {
  test(`JSON text: ${title}`, () => {
    const built = buildRequest([formFor({ shape })], { x: text });
    if (expected instanceof RegExp) assert.match(built.problems['x'] ?? '', expected);
    else assert.deepEqual(built.request?.inputs[0]?.shape, expected);
  });
}

test('integers of 64 bits go to the wire with every digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const one = formFor({ shape: [-1], datatype: 'INT64' });
      const { request } = buildRequest([one], { x: String(value) });
      assert.ok(request);
      assert.ok(printRequest(request).includes(`"data":[${value}]`));
      const { inputs } = parseExact(printRequest(request)) as { inputs: [{ data: [number | bigint] }] };
      assert.equal(BigInt(inputs[0].data[0]), value);
    }),
  );
});

const scalars: [text: string, datatype: CatalogueTensor['datatype'], expected: unknown][] = [
  ['4.5', 'INT32', /not a whole/],
  ['300', 'UINT8', /0 to 255/],
  ['-1', 'UINT64', /0 to 18446744073709551615/],
  ['4.0', 'INT8', 4],
  ['+7', 'INT8', 7],
  ['9223372036854775808', 'INT64', /9223372036854775807/],
  ['4,5', 'FP32', /4\.5 with a point/],
  ['', 'FP32', /Enter/],
  ['1e39', 'FP32', /Too large/],
  ['7e4', 'FP16', /Too large/],
  [' 1e-3 ', 'FP64', 0.001],
  ['.5', 'FP32', 0.5],
  ['0x10', 'FP32', /not a number/],
  ['Infinity', 'FP32', /not a number/],
  ['yes', 'BOOL', /neither/],
  ['True', 'BOOL', true],
  ['', 'BYTES', ''],
  [' é ', 'BYTES', ' é '],
];
for (const [text, datatype, expected] of scalars) {
  test(`“${text}” as ${datatype}`, () => {
    const parsed = parseScalar(text, datatype);
    if (expected instanceof RegExp) assert.match('problem' in parsed ? parsed.problem : '', expected);
    else assert.deepEqual(parsed, { value: expected });
  });
}

test('outside of the range is a remark, not a fault', () => {
  const one = formFor({ shape: [-1] }, { x: { minimum: 0, maximum: 1, default: 0.5 } });
  assert.ok(one.kind === 'fields' && one.fields[0]);
  assert.match(remarkOf(one.fields[0], '2') ?? '', /a guess/);
  assert.equal(remarkOf(one.fields[0], '1'), undefined);
  assert.deepEqual(buildRequest([one], { x: '2' }).problems, {});
});

test('steps follow the precision that the range is written in', () => {
  const step = (minimum: number, maximum: number, first: number) =>
    stepOf('FP32', { minimum, maximum, step: undefined, first });
  assert.deepEqual(
    [step(4, 7.9, 4), step(278, 1515, 920), step(3.2581, 6.107, 4.9972), step(0, 1, 0)],
    [0.1, 5, 0.01, 0.005],
  );
  assert.equal(stepOf('INT64', { minimum: 0, maximum: 1, step: undefined, first: 0 }), 1);
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.constantFrom(1, 0.1, 0.005, 1e-7),
      (value, size) => {
        assert.ok(decimals(Number(atStep(value, size))) <= decimals(size));
      },
    ),
  );
});

test('names become words', () => {
  assert.deepEqual(['sepal_length', 'X', 'Total Phenols', 'od280_od315'].map(words), [
    'Sepal length',
    'X',
    'Total Phenols',
    'Od280 od315',
  ]);
});
