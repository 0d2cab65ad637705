/** Memory that is used again goes to one at a time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Memory } from './pool.ts';

const large = 602_112;

test('memory that was given back is taken again, and only then', () => {
  const memory = new Memory();
  const first = memory.take(large);
  const second = memory.take(large);
  assert.equal(first.length, large);
  assert.equal(first.byteOffset % 8, 0);
  assert.notEqual(first.buffer, second.buffer);
  memory.give(first.subarray(100));
  assert.equal(memory.take(large - 1).buffer, first.buffer);
  assert.notEqual(memory.take(large).buffer, first.buffer);
});

test('what is given back twice is taken once', () => {
  const memory = new Memory();
  const first = memory.take(large);
  memory.give(first);
  memory.give(first);
  assert.notEqual(memory.take(large).buffer, memory.take(large).buffer);
});

test('what is kept, small or from elsewhere is not given to others', () => {
  const memory = new Memory();
  const kept = memory.take(large);
  memory.keep(kept);
  memory.give(kept);
  const foreign = Buffer.alloc(large);
  memory.give(foreign);
  const small = memory.take(100);
  memory.give(small);
  const next = [memory.take(large).buffer, memory.take(100).buffer];
  for (const bytes of [kept, foreign, small]) assert.ok(!next.includes(bytes.buffer));
});

test('only so much waits', () => {
  const memory = new Memory();
  const taken = Array.from({ length: 40 }, () => memory.take(1024 ** 2));
  for (const bytes of taken) memory.give(bytes);
  const before = new Set(taken.map(({ buffer }) => buffer));
  const again = Array.from({ length: 40 }, () => memory.take(1024 ** 2));
  assert.equal(again.filter(({ buffer }) => before.has(buffer)).length, 32);
});
