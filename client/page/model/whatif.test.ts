import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, initialValues } from './form.ts';
import { createLatest } from './latest.ts';
import { curvesOf, sweepOf, valueAt } from './whatif.ts';

const inputs = {
  a: { minimum: 0, maximum: 10, default: 5 },
  b: { minimum: 0, maximum: 1, default: 1 },
  c: { choices: ['1'] },
};
const form = formOf(
  { inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 3], columns: ['a', 'b', 'c'] }], outputs: [] },
  { inputs },
);
const values = initialValues(form);

test('one request goes through every range while the others stay', () => {
  const sweep = sweepOf(form, values, 5);
  assert.deepEqual(sweep?.request.inputs[0]?.shape, [10, 3]);
  const data = sweep?.request.inputs[0]?.data ?? [];
  const rows = Array.from({ length: 10 }, (_, row) => data.slice(row * 3, row * 3 + 3));
  assert.deepEqual(
    rows.slice(0, 5),
    [0, 2.5, 5, 7.5, 10].map((a) => [a, 1, 1]),
  );
  assert.deepEqual(
    rows.slice(5),
    [0, 0.25, 0.5, 0.75, 1].map((b) => [5, b, 1]),
  );
});

test('the answer becomes curves', () => {
  const sweep = sweepOf(form, values, 5);
  assert.ok(sweep);
  const curves = curvesOf(sweep, {
    model: 'm',
    outputs: [{ name: 'y', datatype: 'FP32', shape: [10], data: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }],
  });
  assert.deepEqual(
    curves.map(({ field, series }) => [field.key, series[0]?.ys]),
    [
      ['X.a', [0, 1, 2, 3, 4]],
      ['X.b', [5, 6, 7, 8, 9]],
    ],
  );
});

test('no curves while a value is wrong or rows cannot go together', () => {
  assert.equal(sweepOf(form, { ...values, 'X.a': 'x' }), undefined);
  assert.equal(
    sweepOf(
      formOf({ inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 1], columns: ['a'] }], outputs: [] }, { inputs }),
      {},
    ),
    undefined,
  );
});

test('a place on a curve is a value at a step', () => {
  const [one] = form;
  assert.ok(one?.kind === 'fields' && one.fields[0]);
  assert.deepEqual(
    [-1, 0.333, 2].map((share) => valueAt({ ...one.fields[0], step: 0.1 } as never, share)),
    ['0', '3.3', '10'],
  );
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('one question at a time, and the newest wins', async () => {
  const asked: number[] = [];
  const done: number[] = [];
  let open: (() => void) | undefined;
  const latest = createLatest<number, number>({
    delay: 0,
    patience: 1e9,
    run: (question) =>
      new Promise((resolve) => {
        asked.push(question);
        open = () => resolve(question);
      }),
    done: (question) => done.push(question),
    failed: assert.fail,
  });
  latest.ask(1);
  await pause(5);
  for (const question of [2, 3, 4]) latest.ask(question);
  await pause(5);
  assert.deepEqual(asked, [1]);
  open?.();
  await pause(5);
  assert.deepEqual(asked, [1, 4]);
  open?.();
  await pause(5);
  assert.deepEqual(done, [1, 4]);
});

test('an answer that was overtaken or stopped is dropped', async () => {
  const done: number[] = [];
  const opens: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const latest = createLatest<number, number>({
    delay: 0,
    patience: -1,
    run: (question, signal) =>
      new Promise((resolve) => {
        signals.push(signal);
        opens.push(() => resolve(question));
      }),
    done: (question) => done.push(question),
    failed: assert.fail,
  });
  latest.ask(1);
  await pause(5);
  latest.ask(2);
  await pause(5);
  assert.ok(signals[0]?.aborted);
  opens[1]?.();
  opens[0]?.();
  await pause(5);
  assert.deepEqual(done, [2]);
  latest.ask(3);
  await pause(5);
  latest.stop();
  opens[2]?.();
  await pause(5);
  assert.deepEqual(done, [2]);
});

test('an error is reported, and the next question is asked', async () => {
  const failed: unknown[] = [];
  const done: number[] = [];
  const latest = createLatest<number, number>({
    delay: 0,
    patience: 1e9,
    run: async (question) => {
      if (question === 1) throw new Error('down');
      return question;
    },
    done: (question) => done.push(question),
    failed: (question, error) => failed.push([question, String(error)]),
  });
  latest.ask(1);
  await pause(5);
  latest.ask(2);
  await pause(5);
  assert.deepEqual([failed, done], [[[1, 'Error: down']], [2]]);
});
