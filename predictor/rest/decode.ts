/** From the body of an infer request, JSON with or without binary tensors behind it, to the request itself. */
import { limits } from '../operate/limits.ts';
import { type Datatype, datatypes, isDatatype, type TensorData } from '../protocol/datatype.ts';
import type { TextForm } from '../protocol/elements.ts';
import { ServeError } from '../protocol/error.ts';
import type { InferRequest, InputTensor, Parameters, RequestedOutput } from '../protocol/messages.ts';
import { pointer } from '../protocol/pointer.ts';
import { shapeText } from '../protocol/tensor.ts';
import { checkTaken, type Tail, takeBinary } from './binary.ts';
import { decodeData } from './decode-data.ts';
import type { OutputForm, OutputForms } from './encode.ts';
import { arrayAt, type Fields, member, objectAt, type Step, textAt } from './fields.ts';
import { parseJson } from './json.ts';
import { booleanParameter, integerParameter, parametersAt } from './parameters.ts';

export interface Target {
  readonly modelName: string;
  readonly modelVersion?: string;
}

export interface Decoded {
  readonly request: InferRequest;
  /** How outputs are to be written; absent when all are JSON. */
  readonly forms?: OutputForms;
}

/**
 * `jsonBytes` is the length of the JSON when binary tensors may follow. Members that the protocol does not name are
 * passed over. Throws ServeError for the first fault.
 */
export function decodeInfer(body: Buffer, target: Target, jsonBytes?: number): Decoded {
  const { text, value } = parseJson(jsonBytes === undefined ? body : body.subarray(0, jsonBytes));
  const tail: Tail | undefined = jsonBytes === undefined ? undefined : { bytes: body.subarray(jsonBytes), taken: 0 };
  const fields = objectAt(value, []);
  const id = member(fields, 'id');
  if (id !== undefined) textAt(id, ['id']);
  const parameters = parametersAt(fields, []);
  const inputs = arrayAt(member(fields, 'inputs'), ['inputs']).map((input, index) =>
    decodeInput(input, index, text, tail),
  );
  if (tail !== undefined) checkTaken(tail, target.modelName);
  const { outputs, forms } = decodeOutputs(fields, parameters);
  const request = requestOf(target, id as string | undefined, parameters, inputs, outputs);
  return forms === undefined ? { request } : { request, forms };
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Members are added one by one: an object that is spread into another gets a hidden class of its own each time. */
function requestOf(
  { modelName, modelVersion }: Target,
  id: string | undefined,
  parameters: Parameters | undefined,
  inputs: readonly InputTensor[],
  outputs: readonly RequestedOutput[],
): InferRequest {
  const request: Writable<InferRequest> = { modelName, inputs, outputs };
  if (modelVersion !== undefined) request.modelVersion = modelVersion;
  if (id !== undefined) request.id = id;
  if (parameters !== undefined) request.parameters = parameters;
  return request;
}

function decodeInput(value: unknown, index: number, text: string, tail: Tail | undefined): InputTensor {
  const at: Step[] = ['inputs', index];
  const fields = objectAt(value, at);
  const name = nameAt(fields, at);
  const datatype = datatypeAt(fields, name, at);
  const shape = shapeAt(member(fields, 'shape'), name, at);
  const parameters = parametersAt(fields, at);
  const size = integerParameter(parameters, 'binary_data_size', 0, at);
  const data =
    size === undefined
      ? decodeData(dataAt(fields, at), { name, datatype, shape, index, form: textForm(parameters), text })
      : binaryData(fields, tail, size, { name, datatype, shape, index });
  return parameters === undefined ? { name, datatype, shape, data } : { name, datatype, shape, data, parameters };
}

/** Content types of MLServer; those that say nothing about the text of elements are passed over. */
function textForm(parameters: Parameters | undefined): TextForm {
  const type = parameters?.['content_type'];
  return type === 'base64' || type === 'datetime' ? type : 'text';
}

function dataAt(fields: Fields, at: readonly Step[]): readonly unknown[] {
  const data = member(fields, 'data');
  return Array.isArray(data) ? data : arrayAt(data, [...at, 'data']);
}

function binaryData(
  fields: Fields,
  tail: Tail | undefined,
  size: number,
  place: { name: string; datatype: Datatype; shape: readonly number[]; index: number },
): TensorData {
  const at = { pointer: pointer('inputs', place.index, 'parameters', 'binary_data_size') };
  if (tail === undefined) {
    const message = `input '${place.name}' has binary_data_size, but the request has no header Inference-Header-Content-Length`;
    throw new ServeError('REQUEST_FIELD', message, at);
  }
  if (member(fields, 'data') !== undefined)
    throw new ServeError('REQUEST_FIELD', `input '${place.name}' has both data and binary_data_size`, at);
  return takeBinary(tail, size, place);
}

function datatypeAt(fields: Fields, name: string, at: readonly Step[]): Datatype {
  const named = member(fields, 'datatype');
  if (isDatatype(named)) return named;
  const datatype = textAt(named, [...at, 'datatype']);
  const message = `input '${name}' has unknown data-type '${datatype.slice(0, 40)}', expected one of ${datatypes.join(', ')}`;
  throw new ServeError('INPUT_DATATYPE', message, { pointer: pointer(...at, 'datatype') });
}

function shapeAt(value: unknown, name: string, at: readonly Step[]): number[] {
  const shape = Array.isArray(value) ? (value as unknown[]) : arrayAt(value, [...at, 'shape']);
  const fault = (message: string, ...steps: Step[]) =>
    new ServeError('INPUT_SHAPE', message, { pointer: pointer(...at, 'shape', ...steps) });
  if (shape.length > limits.tensorRank)
    throw fault(`input '${name}' has ${shape.length} dimensions, at most ${limits.tensorRank} are accepted`);
  for (let axis = 0; axis < shape.length; axis++) {
    const dimension = shape[axis];
    if (Number.isSafeInteger(dimension) && (dimension as number) >= 0) continue;
    const shown = JSON.stringify(dimension).slice(0, 40);
    const whole = shapeText(shape as number[]).slice(0, 100);
    throw fault(`input '${name}' has dimension ${shown} in shape ${whole}, expected an integer of at least 0`, axis);
  }
  return shape as number[];
}

function nameAt(fields: Fields, at: readonly Step[]): string {
  const name = member(fields, 'name');
  return typeof name === 'string' ? name : textAt(name, [...at, 'name']);
}

function decodeOutputs(
  fields: Fields,
  parameters: Parameters | undefined,
): { readonly outputs: readonly RequestedOutput[]; readonly forms?: OutputForms } {
  const binary = booleanParameter(parameters, 'binary_data_output', []) === true;
  const others: OutputForm = binary ? 'binary' : 'json';
  const listed = member(fields, 'outputs');
  if (listed === undefined) return binary ? { outputs: [], forms: { others, named: new Map() } } : { outputs: [] };
  const named = new Map<string, OutputForm>();
  const outputs = arrayAt(listed, ['outputs']).map((value, index) => {
    const at: Step[] = ['outputs', index];
    const output = objectAt(value, at);
    const name = nameAt(output, at);
    const own = parametersAt(output, at);
    const classification = integerParameter(own, 'classification', 1, at);
    named.set(name, outputForm(own, others, at));
    return classification === undefined ? { name } : { name, classification };
  });
  const plain = others === 'json' && [...named.values()].every((form) => form === 'json');
  return plain ? { outputs } : { outputs, forms: { others, named } };
}

function outputForm(parameters: Parameters | undefined, others: OutputForm, at: readonly Step[]): OutputForm {
  const binary = booleanParameter(parameters, 'binary_data', at);
  if (binary ?? others === 'binary') return 'binary';
  return parameters?.['content_type'] === 'base64' ? 'base64' : 'json';
}
