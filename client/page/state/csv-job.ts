/** A table on its way through a model: progress, cancelling, waiting out trouble, and the file that comes out. */
import { batch, type Signal, signal } from '@preact/signals';
import { type BatchResult, RowsMissing, runBatch } from '../model/batch.ts';
import type { Mapping, Need, Row } from '../model/csv.ts';
import { texts } from '../texts.ts';
import { ApiError } from './api.ts';
import type { CsvFiles } from './csv-file.ts';
import type { ModelState } from './model.ts';
import { asApiError, askModel } from './side.ts';
import { catalogue } from './site.ts';

export interface CsvJob {
  readonly phase: Signal<'running' | 'waiting' | 'done' | 'cancelled' | 'failed'>;
  readonly rows: Signal<number>;
  readonly failed: Signal<number>;
  /** 0 to 1. */
  readonly share: Signal<number>;
  /** What stands in the way, while waiting or failed. */
  readonly error: Signal<ApiError | undefined>;
  /** First rows that failed: number in the file and why. */
  readonly faults: Signal<readonly { readonly row: number; readonly problem: string }[]>;
  readonly result: Signal<Blob | undefined>;
  cancel(): void;
  again(): void;
}

export interface JobOptions {
  readonly state: ModelState;
  readonly file: File;
  readonly csv: CsvFiles;
  readonly needs: readonly Need[];
  readonly mapping: Mapping;
  readonly header: boolean;
}

const MOST_ROWS = 4000;
const MOST_FAULTS = 20;
/** Trouble that passes: waited out this often before people are asked. */
const ATTEMPTS = 4;
/** Bytes that a number takes in JSON, at most. */
const BYTES_EACH = 26;

export function startJob({ state, file, csv, needs, mapping, header }: JobOptions): CsvJob {
  const abort = new AbortController();
  const job = {
    phase: signal<'running' | 'waiting' | 'done' | 'cancelled' | 'failed'>('running'),
    rows: signal(0),
    failed: signal(0),
    share: signal(0),
    error: signal<ApiError | undefined>(undefined),
    faults: signal<readonly { row: number; problem: string }[]>([]),
    result: signal<Blob | undefined>(undefined),
  };
  const target = state.target.peek();
  const output = createOutput(csv);
  let proceed: (() => void) | undefined;
  let head: Row | undefined;

  const result = ({ columns, rows }: BatchResult): void => {
    const from = job.rows.peek();
    const bad = rows.flatMap(({ problem }, at) => (problem === undefined ? [] : [{ row: from + at + 1, problem }]));
    output.add(head, columns, rows);
    batch(() => {
      job.rows.value = from + rows.length;
      job.failed.value += bad.length;
      if (job.faults.peek().length < MOST_FAULTS)
        job.faults.value = [...job.faults.peek(), ...bad].slice(0, MOST_FAULTS);
    });
  };
  const trouble = async (reason: unknown, attempt: number): Promise<void> => {
    const error = asApiError(reason);
    const passes = error.code === 'RATE_LIMITED' || (attempt <= ATTEMPTS && PASSING.has(error.code));
    job.error.value = error;
    if (passes) await sleep((error.retryAfterSeconds ?? 2 ** attempt / 4) * 1000, abort.signal);
    else {
      job.phase.value = 'waiting';
      await new Promise<void>((resolve, reject) => {
        proceed = resolve;
        abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
      });
      job.phase.value = 'running';
    }
    job.error.value = undefined;
  };
  async function* pieces(): AsyncGenerator<readonly Row[]> {
    let first = true;
    for await (const { rows, read } of csv.streamRows(file)) {
      job.share.value = Math.min(1, read / Math.max(1, file.size));
      if (first && header) head = rows[0];
      yield first && header ? rows.slice(1) : rows;
      first = false;
    }
  }
  const most = catalogue.peek()?.limits.bodyBytes ?? Number.POSITIVE_INFINITY;
  const rowsPerRequest = Math.max(1, Math.min(MOST_ROWS, Math.floor(most / 2 / (needs.length * BYTES_EACH))));
  const infer = async (request: Parameters<typeof askModel>[2], signal: AbortSignal) =>
    (await askModel(state.model, target, request, signal)).answer;
  runBatch(
    { form: state.form.peek(), needs, mapping, rowsPerRequest, infer, refusal, trouble, result, signal: abort.signal },
    pieces(),
  ).then(
    () => finish('done'),
    (error: unknown) => {
      if (abort.signal.aborted) return finish('cancelled');
      job.error.value =
        error instanceof Error && !(error instanceof ApiError)
          ? new ApiError('INTERNAL', error.message)
          : asApiError(error);
      abort.abort();
      finish('failed');
    },
  );
  /** What is done is kept, whatever ended it. */
  const finish = (phase: 'done' | 'cancelled' | 'failed'): void => {
    batch(() => {
      job.phase.value = phase;
      if (phase === 'done') job.share.value = 1;
      job.result.value = job.rows.peek() > 0 ? output.blob() : undefined;
    });
  };
  return {
    ...job,
    cancel: () => abort.abort(),
    again: () => proceed?.(),
  };
}

const PASSING: ReadonlySet<string> = new Set(['MODEL_DOWN', 'MODEL_TIMEOUT', 'MODEL_FAILED', 'OFFLINE', 'STOPPING']);

/** Errors that smaller requests can isolate; a timeout or a lost server is not the rows' fault. */
function refusal(error: unknown): string | undefined {
  if (error instanceof RowsMissing) return texts.csv.rowsMissing(error.sent, error.got);
  if (!(error instanceof ApiError)) return undefined;
  return ['MODEL_REFUSED', 'TOO_LARGE', 'BAD_REQUEST'].includes(error.code) ? error.message : undefined;
}

interface Output {
  add(head: Row | undefined, columns: readonly string[], rows: BatchResult['rows']): void;
  blob(): Blob;
}

/** Text becomes a Blob piece by piece: browsers keep those on disk when memory is short. */
function createOutput({ printRows }: CsvFiles): Output {
  const parts: Blob[] = [];
  /** Rows before the first answer: how many columns they need is not known yet. */
  let early: BatchResult['rows'][number][] = [];
  let started = false;
  const print = (columns: number, rows: BatchResult['rows']): void => {
    const cells = rows.map(({ row, cells: found, problem }) => [
      ...row,
      ...(found ?? new Array<string>(columns).fill('')),
      problem ?? '',
    ]);
    parts.push(new Blob([printRows(cells)]));
  };
  const begin = (head: Row | undefined, columns: readonly string[], width: number): void => {
    const names = head ?? Array.from({ length: width }, (_, index) => texts.csv.column(index + 1));
    parts.push(new Blob([printRows([[...names, ...columns, 'error']])]));
    started = true;
  };
  let names: Row | undefined;
  let count = 0;
  return {
    add(head, columns, rows) {
      names = head;
      count = columns.length;
      if (columns.length === 0) {
        early.push(...rows);
        return;
      }
      if (!started) begin(head, columns, (early[0] ?? rows[0])?.row.length ?? 0);
      if (early.length > 0) print(columns.length, early);
      early = [];
      print(columns.length, rows);
    },
    blob() {
      if (!started) begin(names, [], early[0]?.row.length ?? 0);
      if (early.length > 0) print(count, early);
      early = [];
      return new Blob(parts, { type: 'text/csv;charset=utf-8' });
    },
  };
}

function sleep(ms: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    abort.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(abort.reason);
      },
      { once: true },
    );
  });
}
