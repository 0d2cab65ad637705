import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromFloat16, toFloat16 } from './float16.ts';

test('every half goes to a number and back', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromFloat16(bits);
    if (Number.isNaN(value)) assert.ok(Number.isNaN(fromFloat16(toFloat16(value))));
    else assert.equal(toFloat16(value), bits);
  }
});

test('numbers between two halves go to the nearer one, ties to the even one', () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const low = fromFloat16(bits);
    const high = fromFloat16(bits + 1);
    const middle = (low + high) / 2;
    assert.equal(toFloat16(middle), bits % 2 === 0 ? bits : bits + 1);
    assert.equal(toFloat16(low + (middle - low) * 0.99), bits);
    assert.equal(toFloat16(high - (high - middle) * 0.99), bits + 1);
  }
});

test('what is too large becomes an infinity', () => {
  assert.equal(fromFloat16(toFloat16(65519)), 65504);
  assert.equal(fromFloat16(toFloat16(65520)), Infinity);
  assert.equal(fromFloat16(toFloat16(-1e9)), -Infinity);
});
