/** From the JSON body of an infer request to the request itself. */
import { limits } from '../operate/limits.ts';
import { datatypes, isDatatype } from '../protocol/datatype.ts';
import { ServeError } from '../protocol/error.ts';
import type { InferRequest } from '../protocol/messages.ts';
import { pointer } from '../protocol/pointer.ts';
import { type NamedTensor, shapeText } from '../protocol/tensor.ts';
import { decodeData } from './decode-data.ts';
import { parseJson } from './json.ts';

export interface Target {
  readonly modelName: string;
  readonly modelVersion?: string;
}

type Step = string | number;
type Fields = Readonly<Record<string, unknown>>;

/** Members that the protocol does not name are passed over. Throws ServeError for the first fault. */
export function decodeInfer(body: Uint8Array, target: Target): InferRequest {
  const { text, value } = parseJson(body);
  const fields = objectAt(value, []);
  const id = member(fields, 'id');
  if (id !== undefined && typeof id !== 'string') throw wrongKind('a string', id, ['id']);
  optionalObject(fields, 'parameters', []);
  const inputs = arrayAt(member(fields, 'inputs'), ['inputs']);
  const outputs = member(fields, 'outputs') === undefined ? [] : arrayAt(member(fields, 'outputs'), ['outputs']);
  return {
    ...target,
    ...(id === undefined ? {} : { id }),
    inputs: inputs.map((input, index) => decodeInput(input, index, text)),
    outputs: outputs.map((output, index) => nameAt(objectAt(output, ['outputs', index]), ['outputs', index])),
  };
}

function decodeInput(value: unknown, index: number, text: string): NamedTensor {
  const at: Step[] = ['inputs', index];
  const fields = objectAt(value, at);
  const name = nameAt(fields, at);
  const datatype = member(fields, 'datatype');
  if (typeof datatype !== 'string') throw wrongKind('a string', datatype, [...at, 'datatype']);
  if (!isDatatype(datatype)) {
    const message = `input '${name}' has unknown data-type '${datatype}', expected one of ${datatypes.join(', ')}`;
    throw new ServeError('INPUT_DATATYPE', message, { pointer: pointer(...at, 'datatype') });
  }
  const shape = shapeAt(member(fields, 'shape'), name, [...at, 'shape']);
  const parameters = optionalObject(fields, 'parameters', at);
  const base64 = parameters !== undefined && member(parameters, 'content_type') === 'base64';
  const data = arrayAt(member(fields, 'data'), [...at, 'data']);
  return { name, datatype, shape, data: decodeData(data, { name, datatype, shape, base64, index, text }) };
}

function shapeAt(value: unknown, name: string, at: readonly Step[]): number[] {
  const shape = arrayAt(value, at);
  const fault = (message: string, ...steps: Step[]) =>
    new ServeError('INPUT_SHAPE', message, { pointer: pointer(...at, ...steps) });
  if (shape.length > limits.tensorRank)
    throw fault(`input '${name}' has ${shape.length} dimensions, at most ${limits.tensorRank} are accepted`);
  const bad = shape.findIndex((dimension) => !Number.isSafeInteger(dimension) || Number(dimension) < 0);
  if (bad !== -1) {
    const shown = JSON.stringify(shape[bad]).slice(0, 40);
    throw fault(
      `input '${name}' has dimension ${shown} in shape ${shapeText(shape as number[])}, expected an integer of at least 0`,
      bad,
    );
  }
  return shape as number[];
}

function nameAt(fields: Fields, at: readonly Step[]): string {
  const name = member(fields, 'name');
  if (typeof name !== 'string') throw wrongKind('a string', name, [...at, 'name']);
  return name;
}

/** Own members only: a request may carry names such as `__proto__` and must not find what it did not send. */
function member(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function objectAt(value: unknown, at: readonly Step[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongKind('an object', value, at);
  return value as Fields;
}

function optionalObject(fields: Fields, name: string, at: readonly Step[]): Fields | undefined {
  const value = member(fields, name);
  return value === undefined || value === null ? undefined : objectAt(value, [...at, name]);
}

function arrayAt(value: unknown, at: readonly Step[]): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongKind('an array', value, at);
  return value;
}

function wrongKind(wanted: string, value: unknown, at: readonly Step[]): ServeError {
  const name = placeText(at);
  const found = value === undefined ? 'is missing' : `is ${kindOf(value)}`;
  return new ServeError('REQUEST_FIELD', `${name} ${found}, expected ${wanted}`, { pointer: pointer(...at) });
}

function placeText(at: readonly Step[]): string {
  const last = at.at(-1);
  if (last === undefined) return 'request body';
  return typeof last === 'number' ? `element ${last} of "${at.at(-2)}"` : `"${last}"`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
