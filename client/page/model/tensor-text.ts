/** Tensors as text: nested or flat JSON, or rows of CSV. */
import { texts } from '../texts.ts';
import { type Datatype, parseScalar, type Scalar } from './datatype.ts';
import { type Json, parseExact, printExact } from './exact.ts';
import { rowShape } from './form.ts';

export interface FlatTensor {
  readonly shape: readonly number[];
  readonly data: readonly Scalar[];
}

export type Flattened = FlatTensor | { readonly problem: string };

/** JSON text as a tensor; `shape` is what the model takes, -1 where the size varies. */
export function flattenText(text: string, datatype: Datatype, shape: readonly number[]): Flattened {
  let value: Json;
  try {
    value = parseExact(text);
  } catch (error) {
    return { problem: texts.field.notJson(error instanceof Error ? error.message : String(error)) };
  }
  if (!Array.isArray(value)) value = [value];
  const found: number[] = [];
  const data: Scalar[] = [];
  const problem = walk(value, 0, found, datatype, data);
  if (problem !== undefined) return { problem };
  const fitted = fitShape(found, data.length, shape);
  if (fitted === undefined) return { problem: texts.field.shape(shape, found) };
  return { shape: fitted, data };
}

/** Fills `shape` from the outside in and `data` in row-major order; a text says what is wrong. */
function walk(value: Json, depth: number, shape: number[], datatype: Datatype, data: Scalar[]): string | undefined {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    if (shape[depth] === undefined) {
      if (data.length > 0) return texts.field.ragged;
      shape[depth] = list.length;
    }
    if (shape[depth] !== list.length) return texts.field.ragged;
    for (const item of list) {
      const problem = walk(item, depth + 1, shape, datatype, data);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (depth !== shape.length) return texts.field.ragged;
  if (value !== null && typeof value === 'object') return texts.field.object;
  if (value === null) {
    data.push(null);
    return undefined;
  }
  if ((datatype === 'BYTES') !== (typeof value === 'string')) return texts.field.element(printExact(value), datatype);
  const parsed = parseScalar(String(value), datatype);
  if ('problem' in parsed) return parsed.problem;
  data.push(parsed.value);
  return undefined;
}

/** The shape to send: what was found where it fits, else without or with the batch, else a flat list cut as the model needs. */
export function fitShape(found: readonly number[], count: number, shape: readonly number[]): number[] | undefined {
  if (shape.length === 0 && count === 1) return [];
  for (const candidate of [[...found], [1, ...found]]) {
    if (candidate.length === shape.length && candidate.every((size, at) => shape[at] === -1 || shape[at] === size)) {
      return candidate;
    }
  }
  if (found.length !== 1) return undefined;
  const row = rowShape(shape);
  if (row.includes(-1)) return undefined;
  const size = row.reduce((product, one) => product * one, 1);
  if (size === 0 || count % size !== 0) return undefined;
  if (row.length === shape.length) return count === size ? [...row] : undefined;
  return shape[0] === 1 && count !== size ? undefined : [count / size, ...row];
}

/** Rows of a table as the JSON text that the editor shows; numbers stay as they are written. */
export function rowsAsText(rows: readonly (readonly string[])[], datatype: Datatype): string {
  const cell = (text: string): string =>
    datatype === 'BYTES' || Number.isNaN(Number(text)) || text.trim() === '' ? JSON.stringify(text) : text.trim();
  return `[${rows.map((row) => `[${row.map(cell).join(', ')}]`).join(',\n')}]`;
}
