/** What a model answered, in the words that people use: a class and how sure, a number, or the tensors as they are. */
import type { CatalogueTensor, CatalogueVersion } from '../../contract.ts';
import { texts } from '../texts.ts';
import { type Datatype, isFloat, isInteger, type Scalar } from './datatype.ts';
import { type Json, parseExact } from './exact.ts';

export interface OutputTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** Flat, row-major. */
  readonly data: readonly Scalar[];
  /** Class names by index, where the signature has them. */
  readonly labels?: readonly string[];
}

export interface Answer {
  readonly model: string;
  readonly version?: string;
  readonly outputs: readonly OutputTensor[];
}

export interface Share {
  readonly label: string;
  /** 0 to 1. */
  readonly share: number;
}

/** One row's answer. */
export interface Reading {
  /** The class, where the model names one. */
  readonly label?: string;
  /** Probability per class, in the model's order. */
  readonly shares?: readonly Share[];
  /** The value of a regression. */
  readonly numbers: readonly { readonly name: string; readonly value: Scalar }[];
  /** What is none of these. */
  readonly rest: readonly OutputTensor[];
}

/** Body text as an answer; throws a SyntaxError with a sentence where it is none. */
export function readAnswer(text: string, outputs: readonly CatalogueTensor[]): Answer {
  const body = parseExact(text) as { readonly [name: string]: Json } | null;
  const list = body !== null && typeof body === 'object' ? body['outputs'] : undefined;
  if (!Array.isArray(list)) throw new SyntaxError(texts.failure.noOutputs);
  const version = body?.['model_version'];
  return {
    model: String(body?.['model_name'] ?? ''),
    ...(typeof version === 'string' ? { version } : {}),
    outputs: (list as unknown as Readonly<Record<string, Json>>[]).map((one, index) => tensorOf(one, outputs, index)),
  };
}

function tensorOf(one: Readonly<Record<string, Json>>, known: readonly CatalogueTensor[], index: number): OutputTensor {
  const { name, datatype, shape, data } = one;
  if (typeof name !== 'string' || typeof datatype !== 'string' || !Array.isArray(shape) || !Array.isArray(data)) {
    throw new SyntaxError(texts.failure.badOutput(index));
  }
  const same =
    known.find((tensor) => tensor.name === name || tensor.alias === name) ??
    (known.length === 1 ? known[0] : undefined);
  return {
    name,
    datatype: datatype as Datatype,
    shape: (shape as readonly Json[]).map(Number),
    data: (data as unknown[]).flat(Number.POSITIVE_INFINITY) as Scalar[],
    ...(same?.labels === undefined ? {} : { labels: same.labels }),
  };
}

/** Rows in an answer: the first dimension that its tensors share. */
export function rowCount({ outputs }: Answer): number {
  const firsts = new Set(outputs.map(({ shape }) => shape[0] ?? 1));
  return firsts.size === 1 ? ([...firsts][0] ?? 1) : 1;
}

/** One row of an answer of `rows`. */
export function readRow(answer: Answer, row = 0, rows = rowCount(answer)): Reading {
  let label: string | undefined;
  let shares: readonly Share[] | undefined;
  const numbers: { name: string; value: Scalar }[] = [];
  const rest: OutputTensor[] = [];
  for (const output of answer.outputs) {
    const size = output.data.length / rows;
    const values = output.data.slice(row * size, (row + 1) * size);
    const found = shares === undefined ? sharesOf(output, values) : undefined;
    const [value] = values;
    if (found !== undefined) shares = found;
    else if (values.length === 1 && label === undefined && isClass(output)) label = className(output, value ?? null);
    else if (values.length === 1 && typeof value !== 'string' && value !== undefined)
      numbers.push({ name: output.name, value });
    else rest.push({ ...output, data: values });
  }
  if (shares !== undefined && label === undefined) label = [...shares].sort((a, b) => b.share - a.share)[0]?.label;
  // A lone integer is a class only beside probabilities or with names: else it is a count.
  return { ...(label === undefined ? {} : { label }), ...(shares === undefined ? {} : { shares }), numbers, rest };
}

function isClass({ datatype, labels, name }: OutputTensor): boolean {
  if (datatype === 'BYTES') return true;
  return isInteger(datatype) && (labels !== undefined || /label|class/i.test(name));
}

function className({ labels }: OutputTensor, value: Scalar): string {
  return labels?.[Number(value)] ?? (typeof value === 'string' ? value : texts.answer.classNumber(String(value)));
}

/** Probabilities: as many as there are class names, or numbers from 0 to 1 that make 1 together. */
function sharesOf({ datatype, labels }: OutputTensor, values: readonly Scalar[]): readonly Share[] | undefined {
  if (!isFloat(datatype) || values.length < 2 || values.some((value) => typeof value !== 'number')) return undefined;
  const numbers = values as readonly number[];
  const sum = numbers.reduce((total, value) => total + value, 0);
  const whole = numbers.every((value) => value >= -1e-6 && value <= 1 + 1e-6) && Math.abs(sum - 1) < 1e-2;
  if (!whole) return undefined;
  return numbers.map((share, index) => ({
    label: labels?.length === values.length ? (labels[index] ?? '') : texts.answer.classNumber(String(index)),
    share: Math.min(1, Math.max(0, share)),
  }));
}

/** The usual error of a regression, as it was measured: shown beside its value. */
export function usualError(versions: readonly CatalogueVersion[], version: string | undefined): number | undefined {
  const metrics = versions.find((one) => one.version === version)?.metrics ?? {};
  return metrics['rmse'] ?? metrics['mae'];
}
