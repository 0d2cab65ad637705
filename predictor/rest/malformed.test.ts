/** Requests that are wrong in every place: each is a 4xx whose message names the fault, and the server goes on. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Datatype, datatypes } from '../protocol/datatype.ts';
import { type Running, serveTestModels } from '../testdata/models.ts';

let server: Running;
before(async () => {
  server = await serveTestModels(100_000);
});
after(() => server.stop());

interface Fault {
  readonly path: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message: RegExp;
}

const faults: Fault[] = [];

/** Wrong kinds of value, as JSON, with what a message calls them. */
const kinds: readonly (readonly [unknown, string])[] = [
  [null, 'null'],
  [true, 'a boolean'],
  [7, 'a number'],
  ['x', 'a string'],
  [[], 'an array'],
  [{}, 'an object'],
];

const valid = () => ({
  id: 'x',
  parameters: {},
  inputs: [{ name: 'in', shape: [2], datatype: 'FP32', data: [1, 2], parameters: {} }],
  outputs: [{ name: 'out', parameters: {} }],
});
const infer = (model: string) => `/v2/models/${model}/infer`;

/** Every member of a valid request, to be replaced by each kind of value that it is not. */
const members: readonly (readonly [string, string])[] = [
  ['id', 'a string'],
  ['inputs', 'an array'],
  ['outputs', 'an array'],
  ['parameters', 'an object'],
  ['inputs/0', 'an object'],
  ['inputs/0/name', 'a string'],
  ['inputs/0/datatype', 'a string'],
  ['inputs/0/shape', 'an array'],
  ['inputs/0/data', 'an array'],
  ['inputs/0/parameters', 'an object'],
  ['outputs/0', 'an object'],
  ['outputs/0/name', 'a string'],
  ['outputs/0/parameters', 'an object'],
];

function replaced(place: string, value: unknown): unknown {
  const body: unknown = valid();
  const steps = place.split('/');
  const last = steps.pop() ?? '';
  let holder = body as Record<string, unknown>;
  for (const step of steps) holder = holder[step] as Record<string, unknown>;
  holder[last] = value;
  return body;
}

for (const [place, wanted] of members) {
  for (const [value, kind] of kinds) {
    if (kind === wanted || (value === null && place.endsWith('parameters'))) continue;
    const message = new RegExp(`is ${kind}, expected ${wanted} \\(/${place}\\)$`);
    faults.push({ path: infer('identity-fp32'), body: JSON.stringify(replaced(place, value)), message });
  }
}

/** Elements that a datatype does not have. */
const wrongElements: Readonly<Record<Datatype, readonly unknown[]>> = {
  BOOL: [2, -1, 'true', null, [], {}],
  UINT8: [-1, 256, 0.5, '1', null, true],
  UINT16: [-1, 65_536, 0.5, '1', null, true],
  UINT32: [-1, 4_294_967_296, 0.5, '1', null, true],
  UINT64: [-1, 2 ** 64, 0.5, '1', null, true],
  INT8: [-129, 128, 0.5, '1', null, true],
  INT16: [-32_769, 32_768, 0.5, '1', null, true],
  INT32: [-2_147_483_649, 2_147_483_648, 0.5, '1', null, true],
  INT64: [-(2 ** 64), 2 ** 63, 0.5, '1', null, true],
  FP16: [65_520, -65_520, '1', true, [], {}],
  BF16: [3.397e38, -1e39, '1', true, [], {}],
  FP32: [3.5e38, -1e39, '1', true, [], {}],
  FP64: ['1', 'NaN', true, false, [], {}],
  BYTES: [1, null, true, [], {}, 0.5],
};

for (const datatype of datatypes) {
  for (const element of wrongElements[datatype]) {
    const fine = datatype === 'BYTES' ? '' : datatype === 'BOOL' ? true : 0;
    const body = JSON.stringify({ inputs: [{ name: 'in', shape: [2], datatype, data: [fine, element] }] });
    const message = /input 'in' of \w+ cannot take .*: expected .* \(\/inputs\/0\/data\/1\)$/;
    faults.push({ path: infer(`identity-${datatype.toLowerCase()}`), body, message });
  }
}

for (const shape of [
  [1],
  [3],
  [2, 1],
  [1, 2],
  [],
  [-2],
  [2.5],
  ['2'],
  [null],
  [2 ** 53],
  [1e300],
  new Array(33).fill(1),
]) {
  const body = JSON.stringify({ inputs: [{ name: 'in', shape, datatype: 'FP32', data: [1, 2] }] });
  faults.push({ path: infer('identity-fp32'), body, message: /input 'in'.*\(\/inputs\/0\/(shape|data)(\/0)?\)$/ });
}

for (const text of [
  '',
  ' ',
  '{',
  '[',
  '{"inputs":}',
  '{"inputs":[,]}',
  "{'inputs':[]}",
  '{"inputs":[NaN]}',
  '\u0000',
  '{}x',
]) {
  faults.push({ path: infer('add'), body: text, message: /^request body is (not JSON|empty)/ });
  faults.push({ path: '/v1/models/add:predict', body: text, message: /^request body is (not JSON|empty)/ });
}
faults.push({ path: infer('add'), body: Uint8Array.of(0x7b, 0xff, 0x7d), message: /^request body is not UTF-8$/ });
faults.push({ path: infer('add'), body: '['.repeat(90_000), message: /nesting deeper than 100/ });
faults.push({
  path: infer('add'),
  body: gzipSync('{}').subarray(0, 12),
  headers: { 'content-encoding': 'gzip' },
  message: /^request body is not valid gzip/,
});

const v1 = (model: string, body: unknown, message: RegExp) =>
  faults.push({ path: `/v1/models/${model}:predict`, body: JSON.stringify(body), message });
v1('pets', {}, /^request has none of "instances", "inputs", expected one \(\/\)$/);
v1(
  'pets',
  { instances: [[1, 2]], inputs: 'x' },
  /^request has "instances" and "inputs" of "instances", "inputs", expected one/,
);
v1('pets', { instances: {} }, /^"instances" is an object, expected an array \(\/instances\)$/);
v1('pets', { instances: [] }, /^"instances" is empty, expected at least one row/);
v1('pets', { instances: [[1]] }, /unexpected shape for input 'X'.*Expected \[-1,2\], got \[1,1\]/);
v1('pets', { instances: [[1, 2], [3]] }, /unexpected number of elements.*Expected 2, got 1 \(\/instances\/1\)$/);
v1('pets', { instances: [[1, 2], 3] }, /nested unevenly.*\(\/instances\/1\)$/);
v1('pets', { instances: [[1, 'x']] }, /cannot take "x".*\(\/instances\/0\/1\)$/);
v1('pets', { instances: [{ Y: [1, 2] }] }, /unexpected inference input 'Y' for model 'pets'.*\(\/instances\/Y\)$/);
v1('pets', { inputs: 'x' }, /cannot take "x": expected a number/);
v1('pets', { inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 2], data: [1, 2] }] }, /are of the V2 protocol/);
v1('pets', [], /^request body is an array, expected an object/);
v1('add', { instances: [[1, 2]] }, /has several inputs, so each must be named: 'a', 'b'/);
v1('add', { instances: [{ a: [1, 2] }] }, /expected 2 inputs but got 1.*Missing 'b'/);
v1(
  'add',
  { instances: [{ a: [1, 2], b: [1, 2] }, { a: [1, 2] }] },
  /row 1 has no 'b', which the first row has \(\/instances\/1\)$/,
);
v1('add', { instances: [{ a: [1, 2], b: [1, 2] }, 7] }, /^element 1 of "instances" is a number, expected an object/);
v1('identity-int64', { instances: [2 ** 60] }, /an integer beyond 2\^53, whose digits only the V2 protocol keeps/);
v1('identity-bytes', { instances: [{ b64: 7 }] }, /cannot take \{"b64":7\}: expected a string/);
v1('nobody', { instances: [] }, /^Request for unknown model: 'nobody' is not found$/);

const invoke = (body: unknown, message: RegExp, type = 'application/json', model = 'pets') =>
  faults.push({
    path: '/invocations',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': type, 'x-model-name': model },
    message,
  });
invoke({}, /^request has none of "dataframe_split", "dataframe_records", "instances", "inputs", expected one/);
invoke({ inputs: [], dataframe_records: [] }, /^request has "dataframe_records" and "inputs" of /);
invoke([], /^request body is an array, expected an object/);
invoke({ dataframe_split: [] }, /^"dataframe_split" is an array, expected an object/);
invoke({ dataframe_split: {} }, /^"data" is missing, expected an array \(\/dataframe_split\/data\)$/);
invoke({ dataframe_split: { data: [] } }, /^"data" is empty/);
invoke({ dataframe_split: { data: [1] } }, /^element 0 of "data" is a number, expected an array/);
invoke({ dataframe_split: { columns: 'x', data: [[1]] } }, /^"columns" is a string, expected an array/);
invoke({ dataframe_split: { columns: [1], data: [[1]] } }, /^element 0 of "columns" is a number, expected a string/);
invoke({ dataframe_split: { columns: ['a', 'b'], data: [[1, 2], [1]] } }, /^row 1 has 1 values, expected 2/);
invoke(
  { dataframe_split: { data: [[1, 'x']] } },
  /row 0, column 1: input 'X' of FP32 cannot take "x".*\(\/dataframe_split\/data\/0\/1\)$/,
);
invoke({ dataframe_split: { data: [[1, 2, 3]] } }, /unexpected shape for input 'X'/);
invoke({ dataframe_records: {} }, /^"dataframe_records" is an object, expected an array/);
invoke({ dataframe_records: [] }, /^"dataframe_records" is empty/);
invoke({ dataframe_records: [{ a: 1, b: 2 }, { a: 1 }] }, /^row 1 has no 'b'/);
invoke({ dataframe_records: [1] }, /^element 0 of "dataframe_records" is a number/);
invoke(
  { dataframe_split: { columns: ['z'], data: [[1]] } },
  /^column 'a' of model 'add' is missing, got 'z'/,
  undefined,
  'add',
);
invoke('', /^CSV has no rows/, 'text/csv');
invoke('a,b\n', /^CSV has no rows/, 'text/csv');
invoke('a,b\n1\n', /^row 0 of the CSV has 1 values, expected 2/, 'text/csv');
invoke('a,b\n1,x\n', /row 0, column 'b': input 'X' of FP32 cannot take "x"/, 'text/csv');
invoke('a,b\n"1,2\n', /quote at character 4 that nothing closes/, 'text/csv');
invoke('a,b\n"1"2,3\n', /text after the closing quote/, 'text/csv');

faults.push({
  path: '/invocations',
  body: '{}',
  message: /^which model is meant\? Name one in the header X-Model-Name: /,
});
faults.push({ path: '/v2/repository/index', body: '[]', message: /^request body is an array, expected an object/ });
faults.push({
  path: '/v2/repository/index',
  body: '{"ready":1}',
  message: /^"ready" is a number, expected true or false/,
});

test('there are enough of them', () => assert.ok(faults.length >= 200, `${faults.length}`));

for (const [index, { path, body, headers = {}, message }] of faults.entries()) {
  test(`${index} ${path} ${String(body).slice(0, 60)}`, async () => {
    const response = await fetch(server.url + path, { method: 'POST', body: body as string, headers });
    const { error } = (await response.json()) as { error: string };
    assert.ok(response.status >= 400 && response.status < 500, `${response.status} ${error}`);
    assert.match(error, message);
  });
}

/** Bytes turned, cut out or doubled at random in a request of both halves. */
test('damaged binary requests are refused or answered, never a fault of this program', async () => {
  const json = '{"inputs":[{"name":"in","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":11}}]}';
  const whole = Buffer.concat([Buffer.from(json), Buffer.from([1, 0, 0, 0, 97, 2, 0, 0, 0, 98, 99])]);
  const length = fc.oneof(fc.constant(String(json.length)), fc.nat(whole.length + 3).map(String), fc.string());
  const damage = fc.tuple(fc.nat(whole.length), fc.nat(4), fc.uint8Array({ maxLength: 4 }), length);
  await fc.assert(
    fc.asyncProperty(damage, async ([at, dropped, added, header]) => {
      const body = Buffer.concat([whole.subarray(0, at), added, whole.subarray(at + dropped)]);
      const value = /^[\x20-\x7e]*$/.test(header) ? header : '?';
      const init = { method: 'POST', body, headers: { 'inference-header-content-length': value } };
      const response = await fetch(server.url + infer('identity-bytes'), init);
      const text = await response.text();
      assert.ok(response.status === 200 || (response.status >= 400 && response.status < 500), text);
    }),
    { numRuns: 300 },
  );
});

test('the server still answers, and logged no fault of its own', async () => {
  const body = JSON.stringify({ inputs: [{ name: 'in', shape: [1], datatype: 'FP32', data: [1] }] });
  assert.equal((await fetch(server.url + infer('identity-fp32'), { method: 'POST', body })).status, 200);
  assert.deepEqual(server.log, []);
});
