/** A form from a signature: which tensors are shown as sliders, lists, pictures or text, and with what they begin. */
import type { CatalogueInput, CatalogueTensor, ModelDetail, Signature } from '../../contract.ts';
import { type Datatype, isFloat, isInteger } from './datatype.ts';
import { printExact } from './exact.ts';
import { type ImageLayout, imageLayout } from './image.ts';
import { stepOf } from './step.ts';

/** One value. `key` names it in the stored values and in shared addresses. */
export interface Field {
  readonly key: string;
  readonly title: string;
  readonly datatype: Datatype;
  readonly kind: 'number' | 'choice' | 'switch' | 'text';
  readonly initial: string;
  readonly unit?: string;
  readonly description?: string;
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly step?: number;
}

interface Common {
  /** Name in the form and in `values`. */
  readonly key: string;
  /** Name in requests: the alias where there is one, as other servers of the protocol call it. */
  readonly wire: string;
  readonly datatype: Datatype;
  /** -1 where the size varies. */
  readonly shape: readonly number[];
}

export type TensorForm = Common &
  (
    | { readonly kind: 'fields'; readonly fields: readonly Field[] }
    /** One dimension of any length; the value is a JSON list of texts. */
    | { readonly kind: 'list'; readonly item: Field; readonly initial: string }
    /** The value is the pixels, separated by commas. */
    | { readonly kind: 'image'; readonly layout: ImageLayout; readonly initial: string }
    /** The value is JSON. */
    | { readonly kind: 'json'; readonly initial: string }
  );

export type Form = readonly TensorForm[];
export type Values = Readonly<Record<string, string>>;

/** More elements than this without names are not fields but text. */
const MOST_FIELDS = 32;

type Source = Pick<ModelDetail, 'inputs' | 'example' | 'widget'>;

export function formOf(signature: Signature, source: Source): Form {
  return signature.inputs.map((tensor) => tensorForm(tensor, source));
}

export function initialValues(form: Form): Values {
  return Object.fromEntries(
    form.flatMap((one) =>
      one.kind === 'fields'
        ? one.fields.map((field) => [field.key, field.initial] as const)
        : [[one.key, one.initial] as const],
    ),
  );
}

/** Dimensions of one row: without the batch. */
export function rowShape(shape: readonly number[]): readonly number[] {
  const [first, ...rest] = shape;
  return first === -1 || (first === 1 && rest.length > 0) ? rest : shape;
}

/** Whether many rows can go in one request. */
export function isBatch(form: Form): boolean {
  return form.length > 0 && form.every(({ shape, kind }) => shape[0] === -1 && kind !== 'list' && kind !== 'json');
}

function tensorForm(tensor: CatalogueTensor, source: Source): TensorForm {
  const { name, datatype, shape } = tensor;
  const common: Common = { key: name, wire: tensor.alias ?? name, datatype, shape };
  const example = exampleOf(tensor, source);
  const row = rowShape(shape);
  const size = row.reduce((product, one) => product * one, 1);
  const about = source.inputs[name] ?? source.inputs[tensor.alias ?? ''];
  if (source.widget === 'image' && !row.includes(-1)) {
    const layout = imageLayout(row, datatype, about?.maximum, example?.map(Number));
    if (layout !== undefined) {
      const pixels = example?.slice(0, size) ?? new Array<number>(size).fill(0);
      return { ...common, kind: 'image', layout, initial: pixels.join(',') };
    }
  }
  const columns = tensor.columns ?? [];
  const varies = row.length === 1 && row[0] === -1;
  if (columns.length > 0 && row.length <= 1 && (varies || size === columns.length)) {
    const fields = columns.map((column, index) =>
      fieldOf(
        `${name}.${column}`,
        source.inputs[column]?.title ?? words(column),
        datatype,
        source.inputs[column],
        example?.[index],
      ),
    );
    return { ...common, kind: 'fields', fields };
  }
  if (size === 1) {
    return {
      ...common,
      kind: 'fields',
      fields: [fieldOf(name, about?.title ?? words(name), datatype, about, example?.[0])],
    };
  }
  if (row.length === 1 && size > 1 && size <= MOST_FIELDS) {
    const fields = Array.from({ length: size }, (_, index) =>
      fieldOf(`${name}.${index}`, `${about?.title ?? name} [${index}]`, datatype, about, example?.[index]),
    );
    return { ...common, kind: 'fields', fields };
  }
  if (varies) {
    const item = fieldOf(name, about?.title ?? words(name), datatype, about, undefined);
    return { ...common, kind: 'list', item, initial: JSON.stringify((example ?? [item.initial]).map(String)) };
  }
  return { ...common, kind: 'json', initial: printExact(nested(example, row, size)) };
}

/** The example's elements in row-major order. */
function exampleOf(tensor: CatalogueTensor, { example }: Source): readonly unknown[] | undefined {
  const found = example?.inputs.find(({ name }) => name === tensor.name || name === tensor.alias);
  return found === undefined ? undefined : (found.data as unknown[]).flat(Number.POSITIVE_INFINITY);
}

/** A starting point for text: the example, or zeros in the right nesting where that is short. */
function nested(example: readonly unknown[] | undefined, row: readonly number[], size: number): [] {
  if (example !== undefined) return example.slice(0, size > 0 ? size : undefined) as [];
  if (size < 0 || size > 256) return [];
  return row.reduceRight<unknown>((inner, one) => new Array<unknown>(one).fill(inner), 0) as [];
}

function fieldOf(
  key: string,
  title: string,
  datatype: Datatype,
  about: CatalogueInput | undefined,
  example: unknown,
): Field {
  const choices = about?.choices?.map(String);
  const { minimum, maximum } = about ?? {};
  const first = about?.default ?? example ?? choices?.[0] ?? startOf(datatype, minimum, maximum);
  const numeric = isFloat(datatype) || isInteger(datatype);
  const step = numeric ? stepOf(datatype, { minimum, maximum, step: about?.step, first: Number(first) }) : undefined;
  const kind = choices !== undefined ? 'choice' : numeric ? 'number' : datatype === 'BOOL' ? 'switch' : 'text';
  return {
    key,
    title,
    datatype,
    kind,
    initial: String(first),
    ...(about?.unit === undefined ? {} : { unit: about.unit }),
    ...(about?.description === undefined ? {} : { description: about.description }),
    ...(choices === undefined ? {} : { choices }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(step === undefined ? {} : { step }),
  };
}

function startOf(datatype: Datatype, minimum: number | undefined, maximum: number | undefined): unknown {
  if (datatype === 'BYTES') return '';
  if (datatype === 'BOOL') return false;
  if (minimum === undefined || maximum === undefined) return minimum ?? maximum ?? 0;
  const middle = (minimum + maximum) / 2;
  return isInteger(datatype) ? Math.round(middle) : Number(middle.toPrecision(3));
}

/** `sepal_length` → `Sepal length`; what has capitals or spaces of its own stays. */
export function words(name: string): string {
  if (!/^[a-z0-9]+(?:_[a-z0-9]+)*$/.test(name)) return name;
  const spaced = name.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
