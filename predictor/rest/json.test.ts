import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { integerOf } from '../protocol/elements.ts';
import { ServeError } from '../protocol/error.ts';
import { numberTexts, parseJson } from './json.ts';

const refused = (body: Uint8Array | string, message: RegExp) =>
  assert.throws(
    () => parseJson(Buffer.from(body)),
    (error) => error instanceof ServeError && message.test(error.message),
  );

test('what is not JSON in UTF-8 is refused', () => {
  refused('', /is empty/);
  refused('{', /is not JSON/);
  refused('{"a":NaN}', /is not JSON/);
  refused(Uint8Array.of(0x22, 0xff, 0x22), /is not UTF-8/);
  assert.deepEqual(parseJson(Buffer.from('\ufeff{"a":1}')).value, { a: 1 });
});

test('large bodies of brackets are refused before they become objects', () => {
  refused('['.repeat(100_000), /nesting deeper than 100/);
  refused(`[${'[],'.repeat(2_000_000)}[]]`, /more than 2000000 arrays, objects and members/);
  refused(`{${'"a":0,'.repeat(2_000_000)}"b":0}`, /more than 2000000 arrays, objects and members/);
  const text = JSON.stringify({ a: '[{'.repeat(50_000), b: '\\"[' });
  assert.equal(parseJson(Buffer.from(text)).text, text);
});

test('numbers of one input are found as written', () => {
  const text =
    ' { "inputs" : [ {"data":[1],"x":"]}\\"" , "y":{"data":[9]}}, {"data":[0],"da\\u0074a": [ [9007199254740993 , -2],[3e2, 4.0]] } ], "z":[] } ';
  assert.deepEqual(numberTexts(text, 0), ['1']);
  assert.deepEqual(numberTexts(text, 1), ['9007199254740993', '-2', '3e2', '4.0']);
});

test('numbers are found whatever stands around them', () => {
  const noise = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(
      noise,
      noise,
      fc.array(fc.array(fc.maxSafeInteger(), { minLength: 2, maxLength: 2 })),
      fc.nat(2),
      fc.boolean(),
      (first, second, data, index, spaced) => {
        const input = { before: first, data, after: second };
        const inputs = [...Array.from({ length: index }, () => ({ data: [7], noise: first })), input];
        const text = JSON.stringify({ first, inputs, second }, undefined, spaced ? 2 : 0);
        assert.deepEqual(numberTexts(text, index).map(Number), data.flat());
      },
    ),
  );
});

test('an integer keeps every digit in each notation of JSON', () => {
  assert.equal(integerOf('9007199254740993'), 9007199254740993n);
  assert.equal(integerOf('-9223372036854775808'), -9223372036854775808n);
  assert.equal(integerOf('9007199254740993.000'), 9007199254740993n);
  assert.equal(integerOf('1.8446744073709551615e19'), 18446744073709551615n);
  assert.equal(integerOf('1e18'), 10n ** 18n);
  assert.equal(integerOf('90071992547409930e-1'), 9007199254740993n);
  for (const text of ['4.5', '1e-1', '1e999999999', 'x', '']) assert.equal(integerOf(text), undefined);
});
