/** Tables: columns found, rows cut, trouble isolated. The model is a function here: what is tested is who asks it what. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRows, printRows } from '../state/csv-file.ts';
import type { Answer } from './answer.ts';
import { type BatchResult, runBatch } from './batch.ts';
import { answerCells, answerColumns, guessMapping, needsOf, type Row } from './csv.ts';
import { formOf } from './form.ts';
import type { InferRequest } from './request.ts';

const form = formOf(
  { inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 2], columns: ['sepal_length', 'width'] }], outputs: [] },
  { inputs: {} },
);
const needs = needsOf(form) ?? [];

test('tables come back as they were printed', () => {
  const cell = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\r/g, ''));
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          cell,
          cell.map((text) => `${text}.`),
        ),
        { minLength: 1, maxLength: 20 },
      ),
      (rows) => {
        assert.deepEqual(parseRows(printRows(rows)), rows);
      },
    ),
  );
});

test('columns are found by name, spelt any way, else by order', () => {
  assert.deepEqual(guessMapping(needs, ['id', 'Width (cm)', 'Sepal Length']), { mapping: [2, 1], header: true });
  assert.deepEqual(guessMapping(needs, ['1', '2', '3']), { mapping: [0, 1], header: false });
  assert.deepEqual(guessMapping(needs, ['foo', 'bar']), { mapping: [0, 1], header: true });
  assert.deepEqual(guessMapping(needs, ['sepal_length']), { mapping: [0, -1], header: true });
  // Without names of their own the fields are called by their places, as the columns of pandas are.
  const four = needsOf(
    formOf({ inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }], outputs: [] }, { inputs: {} }),
  );
  assert.deepEqual(guessMapping(four ?? [], ['4', '3', '5', '2']), { mapping: [0, 1, 2, 3], header: false });
  assert.deepEqual(guessMapping(four ?? [], ['3', '2', '1', '0']), { mapping: [3, 2, 1, 0], header: true });
});

/** Doubles the first column; refuses rows below zero. */
class Refused extends Error {}
function model(calls: InferRequest[]) {
  return async (request: InferRequest): Promise<Answer> => {
    calls.push(request);
    const { data = [], shape = [] } = request.inputs[0] ?? {};
    if (data.some((value) => Number(value) < 0)) throw new Refused('no negatives');
    const ys = Array.from({ length: shape[0] ?? 0 }, (_, row) => Number(data[row * 2]) * 2);
    return { model: 'm', outputs: [{ name: 'y', datatype: 'FP32', shape: [ys.length], data: ys }] };
  };
}

async function* piecesOf(rows: readonly Row[], size = 7): AsyncGenerator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

async function run(rows: readonly Row[], more: Partial<Parameters<typeof runBatch>[0]> = {}) {
  const calls: InferRequest[] = [];
  const results: BatchResult['rows'][number][] = [];
  let most = 0;
  let now = 0;
  const ask = more.infer ?? model(calls);
  await runBatch(
    {
      form,
      needs,
      mapping: [0, 1],
      rowsPerRequest: 10,
      refusal: (error) => (error instanceof Refused ? error.message : undefined),
      trouble: (error) => Promise.reject(error),
      result: ({ rows: done }) => results.push(...done),
      signal: new AbortController().signal,
      ...more,
      infer: async (request, signal) => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        return ask(request, signal).finally(() => {
          now -= 1;
        });
      },
    },
    piecesOf(rows),
  );
  return { calls, results, most };
}

test('every row is answered once, in order, two requests at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 15 }),
      async (count, rowsPerRequest) => {
        const rows = Array.from({ length: count }, (_, index) => [String(index), '1']);
        const { results, most } = await run(rows, { rowsPerRequest });
        assert.deepEqual(
          results.map(({ cells }) => cells?.[0]),
          rows.map(([x]) => String(Number(x) * 2)),
        );
        assert.ok(most <= 2);
      },
    ),
    { numRuns: 30 },
  );
});

test('rows that the model refuses stand alone; the others are answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (bad) => {
      const rows = bad.map((is, index) => [is ? '-1' : String(index), '1']);
      const { results } = await run(rows);
      assert.deepEqual(
        results.map(({ problem }) => problem),
        bad.map((is) => (is ? 'no negatives' : undefined)),
      );
    }),
    { numRuns: 30 },
  );
});

test('a cell that is no number never reaches the model', async () => {
  const { results, calls } = await run([['1', '2'], ['x', '2'], ['3']]);
  assert.deepEqual(
    results.map(({ problem, cells }) => problem ?? cells?.[0]),
    ['2', 'Sepal length: “x” is not a number.', 'Width: the row has no such column'],
  );
  assert.equal(calls[0]?.inputs[0]?.shape[0], 1);
});

test('trouble that passes is waited out; trouble that does not ends the run with its reason', async () => {
  let fails = 3;
  const calls: InferRequest[] = [];
  const good = model(calls);
  const infer = async (request: InferRequest): Promise<Answer> => {
    fails -= 1;
    if (fails >= 0) throw new Error('down');
    return good(request);
  };
  const waits: number[] = [];
  const { results } = await run([['1', '1']], { infer, trouble: async (_error, attempt) => void waits.push(attempt) });
  assert.deepEqual([waits, results[0]?.cells], [[1, 2, 3], ['2']]);
  fails = 3;
  await assert.rejects(run([['1', '1']], { infer }), /down/);
});

test('a cancelled run asks nothing more', async () => {
  const abort = new AbortController();
  let asked = 0;
  const infer = async (): Promise<Answer> => {
    asked += 1;
    abort.abort();
    throw new Error('aborted');
  };
  const rows = Array.from({ length: 100 }, () => ['1', '1']);
  await assert.rejects(run(rows, { infer, signal: abort.signal }));
  assert.ok(asked <= 2);
});

test('a model that loses rows is not believed', async () => {
  const infer = async (): Promise<Answer> => ({
    model: 'm',
    outputs: [{ name: 'y', datatype: 'FP32', shape: [1], data: [0] }],
  });
  await assert.rejects(
    run(
      [
        ['1', '1'],
        ['2', '1'],
      ],
      { infer },
    ),
    /2 rows went to the model, 1 came back/,
  );
});

test('answers become columns with class names', () => {
  const answer: Answer = {
    model: 'm',
    outputs: [
      { name: 'label', datatype: 'INT64', shape: [2], data: [0, 1], labels: ['no', 'yes'] },
      { name: 'p', datatype: 'FP32', shape: [2, 2], data: [1, 0, 0.25, 0.75], labels: ['no', 'yes'] },
    ],
  };
  assert.deepEqual(answerColumns(answer), ['label', 'label_label', 'p.no', 'p.yes']);
  assert.deepEqual(answerCells(answer, 1), ['1', 'yes', '0.25', '0.75']);
});
