/**
 * A table through a model: rows are read as they are needed, sent some thousand at a time, two requests at once, and come
 * out in their order. A request that the model refuses is halved until the rows that it refuses stand alone.
 */
import { type Answer, rowCount } from './answer.ts';
import {
  answerCells,
  answerColumns,
  type Mapping,
  type Need,
  type Row,
  type RowValues,
  requestOf,
  rowValues,
} from './csv.ts';
import type { Form } from './form.ts';
import type { InferRequest } from './request.ts';

export interface BatchOptions {
  readonly form: Form;
  readonly needs: readonly Need[];
  readonly mapping: Mapping;
  readonly rowsPerRequest: number;
  readonly infer: (request: InferRequest, signal: AbortSignal) => Promise<Answer>;
  /** The sentence of an error that the rows themselves cause; undefined for any other, which `trouble` is asked about. */
  readonly refusal: (error: unknown) => string | undefined;
  /** What to do when the model cannot be asked: again (after whatever this waits for), or stop by rejecting. */
  readonly trouble: (error: unknown, attempt: number) => Promise<void>;
  /** Called in the order of the rows. */
  readonly result: (result: BatchResult) => void;
  readonly signal: AbortSignal;
}

export interface BatchResult {
  /** Names of the answer's columns, known after the first answer. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly row: Row; readonly cells?: readonly string[]; readonly problem?: string }[];
}

type Outcome = { cells: readonly string[] } | { problem: string };

const IN_FLIGHT = 2;

export async function runBatch(options: BatchOptions, pieces: AsyncIterable<readonly Row[]>): Promise<void> {
  let columns: readonly string[] = [];
  const pending: Promise<() => void>[] = [];
  const settle = async (): Promise<void> => (await pending.shift())?.();
  // A request that fails while another is awaited must not count as unhandled.
  const push = (one: Promise<() => void>): void => {
    one.catch(() => undefined);
    pending.push(one);
  };
  const solve = async (rows: readonly Row[]): Promise<() => void> => {
    const outcomes = await solveRows(options, rows, (found) => {
      if (columns.length === 0) columns = found;
    });
    return () => options.result({ columns, rows: rows.map((row, at) => ({ row, ...outcomes[at] })) });
  };
  for await (const piece of inPieces(pieces, options.rowsPerRequest)) {
    options.signal.throwIfAborted();
    push(solve(piece));
    if (pending.length >= IN_FLIGHT) await settle();
  }
  while (pending.length > 0) await settle();
}

async function solveRows(
  options: BatchOptions,
  rows: readonly Row[],
  named: (columns: readonly string[]) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const good: { at: number; values: RowValues }[] = [];
  for (const [at, row] of rows.entries()) {
    const values = rowValues(options.needs, options.mapping, row);
    if ('problem' in values) outcomes[at] = values;
    else good.push({ at, values });
  }
  await divide(good);
  return outcomes;

  async function divide(part: typeof good): Promise<void> {
    if (part.length === 0) return;
    try {
      const answer = await persist(
        options,
        requestOf(
          options.form,
          options.needs,
          part.map(({ values }) => values),
        ),
      );
      if (rowCount(answer) !== part.length) throw new RowsMissing(part.length, rowCount(answer));
      named(answerColumns(answer));
      for (const [index, { at }] of part.entries()) outcomes[at] = { cells: answerCells(answer, index) };
    } catch (error) {
      const problem = options.refusal(error);
      if (problem === undefined) throw error;
      if (part.length === 1) {
        for (const { at } of part) outcomes[at] = { problem };
        return;
      }
      const middle = Math.ceil(part.length / 2);
      await divide(part.slice(0, middle));
      await divide(part.slice(middle));
    }
  }
}

/** The model gave another number of rows than it got: nothing says which belongs to which. */
export class RowsMissing extends Error {
  readonly sent: number;
  readonly got: number;

  constructor(sent: number, got: number) {
    super(`${sent} rows went to the model, ${got} came back`);
    this.sent = sent;
    this.got = got;
  }
}

async function persist(options: BatchOptions, request: InferRequest): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    options.signal.throwIfAborted();
    try {
      return await options.infer(request, options.signal);
    } catch (error) {
      if (options.signal.aborted || options.refusal(error) !== undefined) throw error;
      await options.trouble(error, attempt);
    }
  }
}

async function* inPieces(pieces: AsyncIterable<readonly Row[]>, size: number): AsyncGenerator<readonly Row[]> {
  let held: Row[] = [];
  for await (const piece of pieces) {
    for (const row of piece) {
      held.push(row);
      if (held.length < size) continue;
      yield held;
      held = [];
    }
  }
  if (held.length > 0) yield held;
}
