import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeCredential, valueFault } from './secret-value.ts';

const cases: [value: string, bytes: number | undefined, fault: string | undefined][] = [
  ['AKIAIOSFODNN7EXAMPLE', 20, undefined],
  ['any thing "at all"', undefined, undefined],
  ['"', undefined, undefined],
  ['', undefined, 'it is empty'],
  ['AKIAIOSFODNN7EXAMPLE\n', 20, '21 bytes, the last one a line break'],
  ['AKIAIOSFODNN7EXAMPLE\r', 20, '21 bytes, the last one a line break'],
  [' secret', undefined, 'it begins or ends with a blank'],
  ['secret\t', undefined, 'it begins or ends with a blank'],
  ['"secret"', undefined, 'it stands in quotes'],
  ["'secret'", undefined, 'it stands in quotes'],
  ['AKIAIOSFODNN7EXAMPLEX', 20, '21 bytes: one more than expected, a trailing newline?'],
  ['AKIAIOSFODNN7EXAMPLEXX', 20, '22 bytes: two more than expected, quotes around it?'],
  ['AKIA', 20, '4 bytes, must be 20'],
];

for (const [value, bytes, fault] of cases) {
  test(`a value ${JSON.stringify(value)}: ${fault ?? 'fine'}`, () => {
    assert.equal(valueFault(Buffer.from(value), bytes), fault);
  });
}

test('credentials are told from names of keys', () => {
  assert.ok(looksLikeCredential('AKIAIOSFODNN7EXAMPLE'));
  assert.ok(looksLikeCredential('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'));
  assert.ok(!looksLikeCredential('AWS_SECRET_ACCESS_KEY'));
  assert.ok(!looksLikeCredential('tls.crt'));
});
