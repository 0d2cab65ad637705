/**
 * Rows and named columns, as data frames are sent, to the tensors of a model.
 *
 * A model with one matrix input takes the columns side by side, in the order of its `columns.<input>` property where it
 * has one; a model with several inputs takes each column as the input of that name.
 */
import { allocate, type TensorData } from './datatype.ts';
import { type ElementRule, elementRule } from './elements.ts';
import { ServeError } from './error.ts';
import type { ModelMetadata, TensorMetadata } from './messages.ts';
import { narrowFloat } from './narrow-float.ts';
import { pointer } from './pointer.ts';
import type { NamedTensor } from './tensor.ts';

export interface Frame {
  /** Absent: columns are known by their position only. */
  readonly columns?: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Where the element stands in the request. */
  readonly place: (row: number, column: number) => readonly (string | number)[];
}

/** What is known of a model that takes columns. */
export type FrameModel = Pick<ModelMetadata, 'name' | 'inputs' | 'properties'>;

/** Extra columns are dropped, as MLflow does where a model has a signature. Throws ServeError INPUT_*. */
export function frameInputs(frame: Frame, model: FrameModel): NamedTensor[] {
  const [only] = model.inputs;
  if (only !== undefined && model.inputs.length === 1) return [oneInput(frame, only, model)];
  return model.inputs.map((spec) => {
    const column = frame.columns?.indexOf(spec.name) ?? -1;
    if (column === -1) throw missing(spec.name, frame, model.name);
    return { ...columnTensor(frame, [column], spec, spec.shape.length), name: spec.name };
  });
}

function oneInput(frame: Frame, spec: TensorMetadata, model: FrameModel): NamedTensor {
  const order = columnOrder(frame, columnsOf(model, spec.name), model.name);
  return columnTensor(frame, order, spec, spec.shape.length === 1 && order.length === 1 ? 1 : 2);
}

/** Positions of the wanted columns; every column as it comes where no name is known on one of the two sides. */
function columnOrder(
  { columns, rows, ...rest }: Frame,
  wanted: readonly string[] | undefined,
  model: string,
): number[] {
  if (columns === undefined || wanted === undefined || !columns.some((name) => wanted.includes(name)))
    return [...new Array(columns?.length ?? rows[0]?.length ?? 0).keys()];
  return wanted.map((name) => {
    const column = columns.indexOf(name);
    if (column === -1) throw missing(name, { columns, rows, ...rest }, model);
    return column;
  });
}

/** Column names of a matrix input, where the model has them. */
export function columnsOf(model: FrameModel, input: string): readonly string[] | undefined {
  const text = Object.hasOwn(model.properties, `columns.${input}`) ? model.properties[`columns.${input}`] : undefined;
  return text === undefined ? undefined : (JSON.parse(text) as string[]);
}

function columnTensor(frame: Frame, order: readonly number[], spec: TensorMetadata, rank: number): NamedTensor {
  const { name, datatype } = spec;
  const shape = rank === 1 ? [frame.rows.length] : [frame.rows.length, order.length];
  const data = allocate(datatype, frame.rows.length * order.length);
  const rule = elementRule(datatype, 'text');
  for (const [row, values] of frame.rows.entries()) {
    for (const [index, column] of order.entries())
      write(data, row * order.length + index, values[column], rule, () => ({ frame, row, column, spec }));
  }
  return { name, datatype, shape, data };
}

type Where = () => { frame: Frame; row: number; column: number; spec: TensorMetadata };

function write(data: TensorData, at: number, value: unknown, rule: ElementRule, where: Where): void {
  const element = rule.read(value);
  if (
    element !== undefined &&
    !(typeof value === 'number' && typeof element === 'bigint' && !Number.isSafeInteger(value))
  ) {
    (data as unknown[])[at] = element;
    return;
  }
  const { frame, row, column, spec } = where();
  const shown = value === undefined ? 'nothing' : String(JSON.stringify(value, bigintText)).slice(0, 40);
  const named = frame.columns?.[column] === undefined ? `column ${column}` : `column '${frame.columns[column]}'`;
  const message = `row ${row}, ${named}: input '${spec.name}' of ${spec.datatype} cannot take ${shown}: expected ${rule.wanted}`;
  throw new ServeError('INPUT_DATA', message, { pointer: pointer(...frame.place(row, column)) });
}

const bigintText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

function missing(column: string, frame: Frame, model: string): ServeError {
  const found = frame.columns === undefined ? 'no column names' : frame.columns.map((name) => `'${name}'`).join(', ');
  return new ServeError('INPUT_MISSING', `column '${column}' of model '${model}' is missing, got ${found}`);
}

/** A V2 request whose inputs are columns of one data frame (content type `pd`). Throws ServeError INPUT_SHAPE. */
export function columnsFrame(inputs: readonly NamedTensor[]): Frame {
  const [first] = inputs;
  const rows = first?.data.length ?? 0;
  const columns = inputs.map((input, index) => {
    const [length = 1, width = 1] = input.shape;
    if (input.shape.length <= 2 && width === 1 && length === rows) return plainElements(input);
    const message = `column '${input.name}' has shape [${input.shape.join(',')}], but content type pd takes [${rows}] or [${rows},1] here`;
    throw new ServeError('INPUT_SHAPE', message, { pointer: pointer('inputs', index, 'shape') });
  });
  return {
    columns: inputs.map((input) => input.name),
    rows: Array.from({ length: rows }, (_, row) => columns.map((column) => column[row])),
    place: (row, column) => ['inputs', column, 'data', row],
  };
}

/** Elements as JSON would have them; 64-bit integers as numbers where these are exact. */
function plainElements({ datatype, data }: NamedTensor): readonly unknown[] {
  const narrow = narrowFloat(datatype);
  if (narrow !== undefined) return Array.from(data as Uint16Array, (bits) => orNull(narrow.from(bits)));
  if (data instanceof Float32Array || data instanceof Float64Array) return Array.from(data, orNull);
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return Array.from(data as ArrayLike<unknown>);
  return Array.from(data as BigInt64Array, (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
}

const orNull = (value: number) => (Number.isNaN(value) ? null : value);
