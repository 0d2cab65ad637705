import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Json, parseExact, printExact } from './exact.ts';

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
    fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

/** Large whole doubles are written with all their digits, and so come back as the integers that they are. */
function whole(value: Json): Json {
  if (typeof value === 'number') {
    const text = JSON.stringify(value);
    return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value;
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(whole);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, whole(item)]));
}

test('what is printed is read again, whatever it is', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
      assert.deepEqual(parseExact(printExact(value, indent)), parseExact(printExact(whole(value))));
      assert.deepEqual(parseExact(printExact(whole(value), indent)), { ...{ v: whole(value) } }.v);
    }),
  );
});

test('64-bit integers keep every digit, also beside digits in strings', () => {
  const text = '{"a":[9223372036854775807,-9223372036854775808,1],"b":"9223372036854775807 \\" 9223372036854775807"}';
  assert.equal(printExact(parseExact(text)), text);
  assert.deepEqual((parseExact(text) as { a: unknown[] }).a[0], 9223372036854775807n);
});

test('a string that looks like the mark of an integer stays a string only where it is one', () => {
  assert.deepEqual(parseExact('["int:5", 5]'), ['int:5', 5]);
});

test('lists of scalars stay on one line', () => {
  assert.equal(
    printExact({ data: [1, 2], more: [[1], [2]] }, 2),
    '{\n  "data": [1, 2],\n  "more": [\n    [1],\n    [2]\n  ]\n}',
  );
});

test('what is not JSON is refused', () => {
  for (const text of ['', '[1', '{"a":}', '01', 'NaN', '[1,]']) assert.throws(() => parseExact(text), SyntaxError);
});
