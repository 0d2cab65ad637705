/**
 * Requests that name no tensors, and their answers: V1 `:predict` of KServe and TensorFlow Serving, and the bodies of
 * MLflow's `/invocations`.
 *
 * What is predicted is one output, as KServe's and MLflow's scikit-learn servers answer `predict`: a classifier's
 * labels, or the only output. A model without such an output answers all of them, each row an object, as TensorFlow
 * Serving does.
 */
import { ServeError } from '../protocol/error.ts';
import { columnsOf, type Frame, frameInputs } from '../protocol/frame.ts';
import type { InferResponse, ModelMetadata, TensorMetadata } from '../protocol/messages.ts';
import { pointer } from '../protocol/pointer.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import { arrayAt, type Fields, isObject, member, objectAt, type Step, textAt } from './fields.ts';
import { encodeRows, nestedTensor } from './nested.ts';

/** V1: `{"instances": [row, …]}` or `{"inputs": tensor | {name: tensor}}`. Throws ServeError. */
export function predictInputs(body: unknown, model: ModelMetadata): NamedTensor[] {
  const fields = objectAt(body, []);
  checkOneOf(fields, ['instances', 'inputs']);
  const instances = member(fields, 'instances');
  if (instances !== undefined) return rowInputs(arrayAt(instances, ['instances']), model, ['instances']);
  const inputs = member(fields, 'inputs');
  if (Array.isArray(inputs) && isObject(inputs[0]) && member(inputs[0], 'datatype') !== undefined) {
    const message = 'these inputs are of the V2 protocol; send them to /v2/models/<model>/infer';
    throw new ServeError('REQUEST_FIELD', message, { pointer: pointer('inputs') });
  }
  return isObject(inputs) ? namedInputs(inputs, model, ['inputs']) : [onlyInput(inputs, model, ['inputs'])];
}

/** MLflow: those of V1, `{"dataframe_split": {columns, data}}` or `{"dataframe_records": [row, …]}`. */
export function invocationInputs(body: unknown, model: ModelMetadata): NamedTensor[] {
  const fields = objectAt(body, []);
  checkOneOf(fields, ['dataframe_split', 'dataframe_records', 'instances', 'inputs']);
  const split = member(fields, 'dataframe_split');
  if (split !== undefined) return frameInputs(splitFrame(objectAt(split, ['dataframe_split'])), model);
  const records = member(fields, 'dataframe_records');
  if (records !== undefined) {
    const rows = arrayAt(records, ['dataframe_records']);
    return frameInputs(recordsFrame(rows, ['dataframe_records']), model);
  }
  return predictInputs(body, model);
}

/** A second form would have to be passed over, and nobody could say which. */
function checkOneOf(fields: Fields, names: readonly string[]): void {
  const given = names.filter((name) => member(fields, name) !== undefined);
  if (given.length === 1) return;
  const found = given.length === 0 ? 'none' : given.map((name) => `"${name}"`).join(' and ');
  const wanted = names.map((name) => `"${name}"`).join(', ');
  throw new ServeError('REQUEST_FIELD', `request has ${found} of ${wanted}, expected one`, { pointer: pointer() });
}

function splitFrame(split: Fields): Frame {
  const at: Step[] = ['dataframe_split'];
  const named = member(split, 'columns');
  const columns =
    named === undefined || named === null
      ? undefined
      : arrayAt(named, [...at, 'columns']).map((name, index) => textAt(name, [...at, 'columns', index]));
  const data = arrayAt(member(split, 'data'), [...at, 'data']);
  const rows = data.map((row, index) => arrayAt(row, [...at, 'data', index]));
  const width = columns?.length ?? rows[0]?.length ?? 0;
  checkNotEmpty(rows, [...at, 'data']);
  const odd = rows.findIndex((row) => row.length !== width);
  if (odd !== -1) {
    const message = `row ${odd} has ${rows[odd]?.length} values, expected ${width}`;
    throw new ServeError('INPUT_DATA', message, { pointer: pointer(...at, 'data', odd) });
  }
  const place = (row: number, column: number) => [...at, 'data', row, column];
  return { rows, place, ...(columns === undefined ? {} : { columns }) };
}

/** The first record names the columns. */
function recordsFrame(records: readonly unknown[], at: readonly Step[]): Frame {
  checkNotEmpty(records, at);
  const objects = records.map((record, index) => objectAt(record, [...at, index]));
  const columns = Object.keys(objects[0] ?? {});
  const rows = objects.map((record, index) =>
    columns.map((column) => {
      if (Object.hasOwn(record, column)) return record[column];
      const message = `row ${index} has no '${column}', which the first row has`;
      throw new ServeError('INPUT_DATA', message, { pointer: pointer(...at, index) });
    }),
  );
  return { columns, rows, place: (row, column) => [...at, row, columns[column] ?? ''] };
}

function checkNotEmpty(rows: readonly unknown[], at: readonly Step[]): void {
  if (rows.length > 0) return;
  throw new ServeError('INPUT_DATA', `"${at.at(-1)}" is empty, expected at least one row`, { pointer: pointer(...at) });
}

/** Rows that are objects name columns of a matrix or inputs; any other rows are the model's one input. */
function rowInputs(rows: readonly unknown[], model: ModelMetadata, at: readonly Step[]): NamedTensor[] {
  checkNotEmpty(rows, at);
  const [first] = rows;
  const named = isObject(first) && member(first, 'b64') === undefined;
  if (!named) return [onlyInput(rows, model, at)];
  const frame = recordsFrame(rows, at);
  const [only] = model.inputs;
  const columns = only === undefined ? undefined : columnsOf(model, only.name);
  if (frame.columns?.some((name) => columns?.includes(name)) === true) return frameInputs(frame, model);
  const entries = frame.columns?.map((name, column) => [name, frame.rows.map((row) => row[column])] as const) ?? [];
  return namedInputs(Object.fromEntries(entries), model, at);
}

function onlyInput(value: unknown, model: ModelMetadata, at: readonly Step[]): NamedTensor {
  const [only] = model.inputs;
  if (only !== undefined && model.inputs.length === 1) return nestedTensor(value, only, at);
  const names = model.inputs.map((input) => `'${input.name}'`).join(', ');
  const message = `model '${model.name}' has several inputs, so each must be named: ${names}`;
  throw new ServeError('INPUT_MISSING', message, { pointer: pointer(...at) });
}

function namedInputs(inputs: Fields, model: ModelMetadata, at: readonly Step[]): NamedTensor[] {
  return Object.entries(inputs).map(([name, value]) => ({
    ...nestedTensor(value, inputNamed(name, model, at), [...at, name]),
    name,
  }));
}

/** By its own name or its position; other names are the data plane's to judge, once the datatype is known. */
function inputNamed(name: string, model: ModelMetadata, at: readonly Step[]): TensorMetadata {
  const found =
    model.inputs.find((input) => input.name === name) ??
    model.inputs.find((_, index) => name === `input-${index}`) ??
    (model.inputs.length === 1 && name === 'predict' ? model.inputs[0] : undefined);
  if (found !== undefined) return found;
  const expected = model.inputs.map((input) => `'${input.name}'`).join(', ');
  const message = `unexpected inference input '${name}' for model '${model.name}'. Expected ${expected}`;
  throw new ServeError('INPUT_UNKNOWN', message, { pointer: pointer(...at, name) });
}

/** `{"predictions":[…]}`. */
export function encodePredictions({ outputs }: InferResponse): string {
  const columns = outputs.map(encodeRows);
  const [first = []] = columns;
  if (outputs.length === 1) return `{"predictions":[${first.join(',')}]}`;
  if (columns.some((column) => column.length !== first.length)) {
    const members = outputs.map((output, index) => `${JSON.stringify(output.name)}:[${columns[index]?.join(',')}]`);
    return `{"predictions":{${members.join(',')}}}`;
  }
  const rows = first.map((_, row) => {
    const members = outputs.map((output, index) => `${JSON.stringify(output.name)}:${columns[index]?.[row]}`);
    return `{${members.join(',')}}`;
  });
  return `{"predictions":[${rows.join(',')}]}`;
}
