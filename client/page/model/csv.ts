/** Tables for a model: which column feeds which field, rows as one request, and its answer as columns. */

import { texts } from '../texts.ts';
import { type Answer, rowCount } from './answer.ts';
import { isInteger, parseScalar, type Scalar } from './datatype.ts';
import { printExact } from './exact.ts';
import { type Field, type Form, isBatch, rowShape } from './form.ts';
import type { InferInput, InferRequest } from './request.ts';

export type Row = readonly string[];

/** What a table must have: one entry for each element of a row, tensor by tensor. */
export interface Need {
  readonly tensor: number;
  readonly field: Pick<Field, 'key' | 'title' | 'datatype'> & { readonly names: readonly string[] };
}

/** More elements than this are no table. */
const MOST_COLUMNS = 4096;

/** Undefined where the model cannot take many rows at once. */
export function needsOf(form: Form): readonly Need[] | undefined {
  if (!isBatch(form)) return undefined;
  const needs = form.flatMap((one, tensor) => {
    if (one.kind === 'fields') {
      return one.fields.map((field) => {
        const short = field.key.startsWith(`${one.key}.`) ? field.key.slice(one.key.length + 1) : field.key;
        return { tensor, field: { ...field, names: [short, field.title, field.key] } };
      });
    }
    const size = rowShape(one.shape).reduce((product, dim) => product * dim, 1);
    return Array.from({ length: size }, (_, index) => {
      const key = `${one.key}.${index}`;
      return {
        tensor,
        field: {
          key,
          title: `${one.key} [${index}]`,
          datatype: one.datatype,
          names: [key, `pixel_${index}`, String(index)],
        },
      };
    });
  });
  return needs.length <= MOST_COLUMNS ? needs : undefined;
}

/** For each need the index of its column; -1 where there is none. */
export type Mapping = readonly number[];

export interface Guess {
  readonly mapping: Mapping;
  /** Whether the first row names columns. */
  readonly header: boolean;
}

/** By name where the first row has names, else by order. */
export function guessMapping(needs: readonly Need[], first: Row): Guess {
  const found = needs.map(({ field }) =>
    first.findIndex((cell) => field.names.some((name) => plain(name) === plain(cell))),
  );
  // Columns may be called 0, 1, 2, …, as pandas does; among numbers, a few that match by chance are no names.
  const named = isNumbers(first) ? found.every((index) => index >= 0) : found.some((index) => index >= 0);
  if (named) return { mapping: found, header: true };
  const header =
    needs.every(({ field }) => field.datatype !== 'BYTES') &&
    first.every((cell) => 'problem' in parseScalar(cell, 'FP64'));
  return { mapping: needs.map((_, index) => (index < first.length ? index : -1)), header };
}

function isNumbers(row: Row): boolean {
  return row.every((cell) => !('problem' in parseScalar(cell, 'FP64')));
}

/** `Sepal Length (cm)` and `sepal_length` are the same. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/\([^)]*\)/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

export interface RowValues {
  /** Elements in the order of the needs. */
  readonly values: readonly Scalar[];
}

/** One row's elements, or what is wrong with it. */
export function rowValues(
  needs: readonly Need[],
  mapping: Mapping,
  row: Row,
): RowValues | { readonly problem: string } {
  const values: Scalar[] = [];
  for (const [at, { field }] of needs.entries()) {
    const cell = row[mapping[at] ?? -1];
    if (cell === undefined) return { problem: texts.csv.noCell(field.title) };
    const parsed = parseScalar(cell, field.datatype);
    if ('problem' in parsed) return { problem: `${field.title}: ${parsed.problem}` };
    values.push(parsed.value);
  }
  return { values };
}

/** Many rows in one request. */
export function requestOf(form: Form, needs: readonly Need[], rows: readonly RowValues[]): InferRequest {
  const inputs = form.map((one, tensor): InferInput => {
    const columns = needs.flatMap((need, at) => (need.tensor === tensor ? [at] : []));
    const data = rows.flatMap(({ values }) => columns.map((at) => values[at] ?? null));
    const row = rowShape(one.shape).map((size) => (size === -1 ? columns.length : size));
    return { name: one.wire, shape: [rows.length, ...row], datatype: one.datatype, data };
  });
  return { inputs };
}

/** Names of the columns that an answer adds. */
export function answerColumns(answer: Answer): string[] {
  const rows = rowCount(answer);
  return answer.outputs.flatMap(({ name, data, labels, datatype }) => {
    const size = data.length / rows;
    if (size === 1) return labels !== undefined && isInteger(datatype) ? [name, `${name}_label`] : [name];
    return Array.from({ length: size }, (_, index) => `${name}.${labels?.length === size ? labels[index] : index}`);
  });
}

/** One row of an answer as cells, in the order of `answerColumns`. */
export function answerCells(answer: Answer, row: number): string[] {
  const rows = rowCount(answer);
  return answer.outputs.flatMap(({ data, labels, datatype }) => {
    const size = data.length / rows;
    const cells = data.slice(row * size, (row + 1) * size).map(cellText);
    const named = size === 1 && labels !== undefined && isInteger(datatype);
    return named ? [...cells, labels[Number(data[row])] ?? ''] : cells;
  });
}

function cellText(value: Scalar): string {
  return value === null ? '' : typeof value === 'string' ? value : printExact(value);
}
