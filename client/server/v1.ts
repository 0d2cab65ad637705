/**
 * The Open Inference Protocol V2 in the words of KServe's V1: `inputs` become `instances`, `predictions` become
 * `outputs`. V1 has neither datatypes nor shapes, so these are read off the values where no signature tells them.
 */
import type { CatalogueTensor } from '../../schemas/types/client-catalogue.d.ts';
import { isRecord, nonsense } from './answer.ts';
import { ClientFailure } from './failure.ts';

type Datatype = CatalogueTensor['datatype'];

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly unknown[];
}

/** The body of `:predict` for a V2 request. One tensor gives rows, several give an object a row. Throws ClientFailure. */
export function predictBody(body: Buffer): Buffer {
  const tensors = tensorsOf(body);
  const rows = tensors.map((tensor, index) => nest(tensor, index));
  const [first] = rows;
  if (first === undefined) throw wrong('/inputs', 'is empty');
  const other = rows.findIndex((one) => one.length !== first.length);
  if (other > 0)
    throw wrong(`/inputs/${other}/shape`, `has ${rows[other]?.length} rows, that of the first tensor ${first.length}`);
  const instances =
    rows.length === 1
      ? first
      : first.map((_, row) => Object.fromEntries(tensors.map(({ name }, index) => [name, rows[index]?.[row]])));
  return Buffer.from(JSON.stringify({ instances }));
}

function wrong(field: string, what: string): ClientFailure {
  return new ClientFailure('BAD_REQUEST', `${field} ${what}.`, { field });
}

function tensorsOf(body: Buffer): Tensor[] {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new ClientFailure('BAD_REQUEST', `The request is not JSON: ${(error as Error).message}.`);
  }
  const inputs = isRecord(value) ? value['inputs'] : undefined;
  if (!Array.isArray(inputs)) throw wrong('/inputs', 'is not a list');
  return inputs.map((input: unknown, index) => {
    if (!isRecord(input) || typeof input['name'] !== 'string') throw wrong(`/inputs/${index}/name`, 'is not a text');
    const { name, shape, datatype, data } = input;
    if (!Array.isArray(shape) || shape.length === 0 || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
      throw wrong(`/inputs/${index}/shape`, 'is not a list of whole numbers');
    if (!Array.isArray(data)) throw wrong(`/inputs/${index}/data`, 'is not a list; V1 models take no binary tensors');
    return { name, shape: shape as number[], datatype: String(datatype), data };
  });
}

/** Data in the tensor's shape: a list a dimension. */
function nest({ shape, datatype, data }: Tensor, index: number): unknown[] {
  const flat = data.flat(shape.length) as unknown[];
  const size = shape.reduce((product, length) => product * length, 1);
  if (flat.length !== size) throw wrong(`/inputs/${index}/data`, `has ${flat.length} values, its shape ${size}`);
  // JSON.parse has rounded them already.
  if (/^U?INT64$/.test(datatype) && flat.some((one) => typeof one === 'number' && !Number.isSafeInteger(one)))
    throw wrong(
      `/inputs/${index}/data`,
      'has whole numbers beyond 2^53, which the V1 protocol cannot carry through here',
    );
  let level = flat;
  for (const length of shape.slice(1).reverse()) {
    const groups: unknown[] = [];
    for (let at = 0; at < level.length; at += length) groups.push(level.slice(at, at + length));
    level = groups;
  }
  return level;
}

/** A V2 answer for the answer of `:predict`. Throws ClientFailure for what is none. */
export function inferAnswer(model: string, body: Buffer, outputs: readonly CatalogueTensor[]): Buffer {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw nonsense(model, 'it is not JSON');
  }
  const predictions = isRecord(value) ? value['predictions'] : undefined;
  if (!Array.isArray(predictions)) throw nonsense(model, 'it has no list "predictions"');
  const named = isRecord(predictions[0])
    ? Object.keys(predictions[0]).map(
        (name) => [name, predictions.map((row) => (isRecord(row) ? row[name] : null))] as const,
      )
    : [[outputs.length === 1 ? (outputs[0]?.name ?? 'output-0') : 'output-0', predictions] as const];
  return Buffer.from(
    JSON.stringify({ model_name: model, outputs: named.map(([name, rows]) => tensorOf(model, name, rows, outputs)) }),
  );
}

function tensorOf(model: string, name: string, rows: readonly unknown[], outputs: readonly CatalogueTensor[]): Tensor {
  const shape: number[] = [];
  for (let level: unknown = rows; Array.isArray(level); level = level[0]) shape.push(level.length);
  const data = rows.flat(shape.length) as unknown[];
  if (data.length !== shape.reduce((product, length) => product * length, 1))
    throw nonsense(model, `the predictions of "${name}" are of different lengths`);
  const known = outputs.find((output) => output.name === name || output.alias === name)?.datatype;
  return { name, shape, datatype: known ?? datatypeOf(data), data };
}

function datatypeOf(values: readonly unknown[]): Datatype {
  if (values.every((value) => typeof value === 'boolean')) return 'BOOL';
  if (values.every((value) => Number.isSafeInteger(value))) return 'INT64';
  return values.every((value) => typeof value === 'number') ? 'FP64' : 'BYTES';
}
