import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutShift, type Shift } from './mobile.ts';

const at = (...pairs: [seconds: number, value: number][]): Shift[] =>
  pairs.map(([seconds, value]) => ({ startTime: seconds * 1000, value }));

test('shifts add up while they are close, and the worst window counts', () => {
  assert.equal(layoutShift([]), 0);
  assert.equal(layoutShift(at([0, 0.25], [0.9, 0.25], [3, 0.125])), 0.5);
  assert.equal(layoutShift(at([0, 0.125], [2, 0.25], [2.5, 0.25])), 0.5);
});

test('a window ends after five seconds', () => {
  assert.equal(
    layoutShift(at([0, 0.125], [1, 0.125], [2, 0.125], [3, 0.125], [4, 0.125], [5, 0.125], [5.5, 0.125])),
    0.75,
  );
});
