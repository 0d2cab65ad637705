/** What is typed, as a request of the Open Inference Protocol, or as sentences at the fields that are wrong. */
import { texts } from '../texts.ts';
import { parseScalar, type Scalar } from './datatype.ts';
import { type Json, printExact } from './exact.ts';
import type { Field, Form, TensorForm, Values } from './form.ts';
import { rowShape } from './form.ts';
import { flattenText } from './tensor-text.ts';

export interface InferInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  /** Flat, row-major. */
  readonly data: readonly Scalar[];
}

export interface InferRequest {
  readonly inputs: readonly InferInput[];
}

/** Field key → what is wrong with it. */
export type Problems = Readonly<Record<string, string>>;

export interface Built {
  /** Absent while anything is wrong. */
  readonly request?: InferRequest;
  readonly problems: Problems;
}

export function buildRequest(form: Form, values: Values): Built {
  const problems: Record<string, string> = {};
  const inputs = form.flatMap((one) => {
    const built = tensorOf(one, values, problems);
    return built === undefined ? [] : [built];
  });
  return Object.keys(problems).length > 0 ? { problems } : { request: { inputs }, problems };
}

/** The request as it is sent: 64-bit integers to the last digit. */
export function printRequest(request: InferRequest, indent = 0): string {
  return printExact(request as unknown as Json, indent);
}

function tensorOf(form: TensorForm, values: Values, problems: Record<string, string>): InferInput | undefined {
  const found = elementsOf(form, values, problems);
  if (found === undefined) return undefined;
  return { name: form.wire, shape: found.shape, datatype: form.datatype, data: found.data };
}

interface Elements {
  readonly shape: readonly number[];
  readonly data: readonly Scalar[];
}

function elementsOf(form: TensorForm, values: Values, problems: Record<string, string>): Elements | undefined {
  if (form.kind === 'fields') {
    const data = form.fields.map((field) => scalarOf(field, values[field.key] ?? field.initial, problems));
    return { shape: withSize(form.shape, form.fields.length), data };
  }
  const text = values[form.key] ?? form.initial;
  if (form.kind === 'image') {
    const data = text.split(',').map(Number);
    const { width, height, channels } = form.layout;
    if (data.length !== width * height * channels || data.some(Number.isNaN)) {
      problems[form.key] = texts.field.pixels(width * height * channels, data.length);
      return undefined;
    }
    return { shape: withSize(form.shape, data.length), data };
  }
  if (form.kind === 'list') return listOf(form, text, problems);
  const flat = flattenText(text, form.datatype, form.shape);
  if ('problem' in flat) {
    problems[form.key] = flat.problem;
    return undefined;
  }
  return flat;
}

/** A list's items, `key.0`, `key.1`, … in the problems. */
function listOf(
  form: TensorForm & { readonly kind: 'list' },
  text: string,
  problems: Record<string, string>,
): Elements | undefined {
  const items = listItems(text);
  if (items.length === 0) {
    problems[form.key] = texts.field.emptyList;
    return undefined;
  }
  const data = items.map((item, index) => scalarOf({ ...form.item, key: `${form.key}.${index}` }, item, problems));
  return { shape: withSize(form.shape, items.length), data };
}

/** The stored form of a list; what is not one counts as empty. */
export function listItems(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(String) : [];
  } catch {
    return [];
  }
}

function scalarOf(field: Field, text: string, problems: Record<string, string>): Scalar {
  const parsed = parseScalar(text, field.datatype);
  if ('problem' in parsed) {
    problems[field.key] = parsed.problem;
    return null;
  }
  return parsed.value;
}

/** One row's shape: the batch is 1, and another open dimension holds what the row has. */
function withSize(shape: readonly number[], size: number): number[] {
  const row = rowShape(shape);
  const known = row.reduce((product, one) => (one === -1 ? product : product * one), 1);
  const filled = row.map((one) => (one === -1 ? size / known : one));
  return row.length === shape.length ? filled : [1, ...filled];
}

/** A remark, not a fault: outside of what the model has seen it still answers. */
export function remarkOf(field: Field, text: string): string | undefined {
  const value = Number(text);
  if (field.kind !== 'number' || text.trim() === '' || Number.isNaN(value)) return undefined;
  const below = field.minimum !== undefined && value < field.minimum;
  const above = field.maximum !== undefined && value > field.maximum;
  return below || above ? texts.field.outside(field.minimum, field.maximum) : undefined;
}
