/** Tensors that people name themselves: for servers that do not tell their signature. */
import { texts } from '../texts.ts';
import { DATATYPES, type Datatype } from './datatype.ts';
import type { Form } from './form.ts';
import type { Built, InferInput } from './request.ts';
import { flattenText } from './tensor-text.ts';

export interface RawTensor {
  readonly name: string;
  readonly datatype: string;
  /** "1, 4"; empty for the shape of the data. */
  readonly shape: string;
  /** JSON. */
  readonly data: string;
}

/** The beginning, where nobody knows anything. */
export const FIRST_TENSORS: readonly RawTensor[] = [
  { name: 'input-0', datatype: 'FP32', shape: '1, 4', data: '[[0, 0, 0, 0]]' },
];

/** Tensors from JSON text; undefined for what this page did not write. */
export function parseTensors(text: string | null | undefined): readonly RawTensor[] | undefined {
  try {
    const list: unknown = JSON.parse(text ?? 'null');
    return Array.isArray(list) && list.length > 0 && list.every(isTensor) ? list.map(plainTensor) : undefined;
  } catch {
    return undefined;
  }
}

function isTensor(value: unknown): value is RawTensor {
  if (value === null || typeof value !== 'object') return false;
  return ['name', 'datatype', 'shape', 'data'].every(
    (key) => typeof (value as Record<string, unknown>)[key] === 'string',
  );
}

function plainTensor({ name, datatype, shape, data }: RawTensor): RawTensor {
  return { name, datatype, shape, data };
}

/** Problems are named `<index>.name`, `<index>.shape`, `<index>.data`. */
export function asTensors(tensors: readonly RawTensor[]): Built {
  const problems: Record<string, string> = {};
  const inputs = tensors.map(({ name, datatype, shape, data }, index): InferInput => {
    if (name.trim() === '') problems[`${index}.name`] = texts.raw.noName;
    if (tensors.findIndex((one) => one.name === name) < index) problems[`${index}.name`] = texts.raw.twice(name);
    const sizes = shapeOf(shape);
    if (sizes === undefined) problems[`${index}.shape`] = texts.raw.badShape(shape);
    const flat = flattenText(
      data,
      datatypeOf(datatype),
      sizes === undefined || sizes.length === 0 ? shapeOfData(data) : sizes,
    );
    if ('problem' in flat) {
      problems[`${index}.data`] ??= flat.problem;
      return { name, datatype, shape: [], data: [] };
    }
    const { shape: found, data: elements } = flat;
    return { name: name.trim(), datatype, shape: found, data: elements };
  });
  return Object.keys(problems).length > 0 ? { problems } : { request: { inputs }, problems };
}

/** The same tensors as a form, for what reads forms: sharing and tables. */
export function rawForm(tensors: readonly RawTensor[]): Form {
  return tensors.map(({ name, datatype, shape, data }) => ({
    key: name,
    wire: name,
    datatype: datatypeOf(datatype),
    shape: shapeOf(shape) ?? [],
    kind: 'json',
    initial: data,
  }));
}

function datatypeOf(text: string): Datatype {
  return DATATYPES.find((one) => one === text) ?? 'FP32';
}

function shapeOf(text: string): number[] | undefined {
  const parts = text.replace(/^\s*\[|\]\s*$/g, '').trim();
  if (parts === '') return [];
  const sizes = parts.split(/[\s,x×]+/).map(Number);
  return sizes.every((size) => Number.isInteger(size) && size >= 0) ? sizes : undefined;
}

/** Any size, in as many dimensions as the brackets are deep. */
function shapeOfData(data: string): number[] {
  const depth = /^[\s[]*/.exec(data)?.[0].replace(/\s/g, '').length ?? 0;
  return new Array<number>(Math.max(1, depth)).fill(-1);
}
