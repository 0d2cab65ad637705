/** From the bytes of a ModelInferRequest to the request itself. */
import { limits } from '../operate/limits.ts';
import { type Datatype, datatypes, isDatatype, type TensorData } from '../protocol/datatype.ts';
import { ServeError } from '../protocol/error.ts';
import type { InferRequest, InputTensor, Parameters, RequestedOutput } from '../protocol/messages.ts';
import type { NarrowFloat } from '../protocol/narrow-float.ts';
import { pointer } from '../protocol/pointer.ts';
import { RawError, readRaw, textOf } from '../protocol/raw.ts';
import { countElements, shapeText } from '../protocol/tensor.ts';
import type { WireContents, WireInferRequest, WireInput, WireRequestedOutput } from './messages.ts';
import { integerParameter } from './parameters.ts';
import { countElementsOf, fieldNames, fieldOf, strangerBeside, unpack } from './typed.ts';
import { readInferRequest } from './wire/infer-request.ts';
import type { Form } from './wire/infer-response.ts';
import { WireError } from './wire/read.ts';

/** Smaller contents are copied: the memory of one read where it lies would hold a whole chunk of the connection. */
const shared = 4096;

export interface Decoded {
  readonly request: InferRequest;
  /** How the tensors came. */
  readonly form: Form;
}

/** Throws ServeError for the first fault. */
export function decodeInfer(bytes: Buffer): Decoded {
  const wire = readWire(bytes);
  checkForms(wire);
  const form = wire.raw.length > 0 ? 'raw' : 'typed';
  const request = {
    modelName: wire.modelName,
    ...(wire.modelVersion === '' ? {} : { modelVersion: wire.modelVersion }),
    ...(wire.id === '' ? {} : { id: wire.id }),
    ...given(wire.parameters),
    inputs: wire.inputs.map((input, index) => decodeInput(wire, input, index)),
    outputs: wire.outputs.map(decodeOutput),
  };
  return { request, form };
}

/** Nothing at all where nothing was sent. */
function given(parameters: Parameters): { readonly parameters?: Parameters } {
  for (const _ in parameters) return { parameters };
  return {};
}

function readWire(bytes: Buffer): WireInferRequest {
  try {
    return readInferRequest(bytes);
  } catch (error) {
    if (error instanceof WireError) {
      throw new ServeError('REQUEST_SYNTAX', `request is not a ModelInferRequest: ${error.message}`);
    }
    throw error;
  }
}

/** Raw contents are for every input or for none. The first message is worded as Triton's, which clients' tests look for. */
function checkForms({ raw, inputs, modelName }: WireInferRequest): void {
  if (raw.length === 0) return;
  const index = inputs.findIndex((input) => input.contents !== undefined);
  if (index !== -1) {
    const name = inputs[index]?.name;
    const message = `contents field must not be specified when using raw_input_contents for '${name}' for model '${modelName}'`;
    throw new ServeError('INPUT_DATA', message, { pointer: pointer('inputs', index, 'contents') });
  }
  if (raw.length === inputs.length) return;
  const message = `expected ${inputs.length} raw_input_contents, one for each input, but got ${raw.length} for model '${modelName}'`;
  throw new ServeError('INPUT_DATA', message, { pointer: pointer('raw_input_contents') });
}

function decodeInput(wire: WireInferRequest, input: WireInput, index: number): InputTensor {
  const { name, datatype, shape, parameters } = input;
  if (!isDatatype(datatype)) {
    const message = `input '${name}' has unknown data-type '${datatype}', expected one of ${datatypes.join(', ')}`;
    throw new ServeError('INPUT_DATATYPE', message, { pointer: pointer('inputs', index, 'datatype') });
  }
  checkShape(input, index);
  if (Object.hasOwn(parameters, 'shared_memory_region')) {
    throw new ServeError('UNIMPLEMENTED', `input '${name}' lies in shared memory, which this server does not read`);
  }
  const raw = wire.raw[index];
  const data =
    raw === undefined ? decodeTyped(input, datatype, wire.modelName, index) : decodeRaw(input, datatype, raw, index);
  return { name, datatype, shape, data, ...given(parameters) };
}

function checkShape({ name, shape }: WireInput, index: number): void {
  const at = ['inputs', index, 'shape'];
  if (shape.length > limits.tensorRank) {
    const message = `input '${name}' has ${shape.length} dimensions, at most ${limits.tensorRank} are accepted`;
    throw new ServeError('INPUT_SHAPE', message, { pointer: pointer(...at) });
  }
  const bad = shape.findIndex((dimension) => !Number.isSafeInteger(dimension) || dimension < 0);
  if (bad === -1) return;
  const message = `input '${name}' has dimension ${shape[bad]} in shape ${shapeText(shape)}, expected an integer of at least 0`;
  throw new ServeError('INPUT_SHAPE', message, { pointer: pointer(...at, bad) });
}

function decodeRaw(input: WireInput, datatype: Datatype, raw: Buffer, index: number): TensorData {
  try {
    return readRaw(datatype, countElements(input.shape), raw, shared);
  } catch (error) {
    if (!(error instanceof RawError)) throw error;
    const message = `unexpected raw contents for input '${input.name}' of ${datatype} with shape ${shapeText(input.shape)}: ${error.message}`;
    throw new ServeError('INPUT_DATA', message, { pointer: pointer('raw_input_contents', index) });
  }
}

const nothing: WireContents = { packed: new Map(), bytes: [] };

function decodeTyped(input: WireInput, datatype: Datatype, model: string, index: number): TensorData {
  const { name, shape, contents = nothing } = input;
  const at = () => ({ pointer: pointer('inputs', index, 'contents') });
  const field = fieldOf[datatype];
  if (field === undefined) {
    const message = `input '${name}' of ${datatype} has no typed contents, expected raw_input_contents`;
    throw new ServeError('INPUT_DATA', message, at());
  }
  const stranger = strangerBeside(contents, field);
  if (stranger !== undefined) {
    const message = `unexpected ${fieldNames[stranger]} for input '${name}' of ${datatype} for model '${model}', expected ${fieldNames[field]}`;
    throw new ServeError('INPUT_DATA', message, at());
  }
  const found = countElementsOf(contents, field);
  const wanted = countElements(shape);
  if (found !== wanted) {
    const got = found ?? 'a part of one';
    const message = `unexpected number of elements in data of input '${name}' with shape ${shapeText(shape)}. Expected ${wanted}, got ${got}`;
    throw new ServeError('INPUT_DATA', message, at());
  }
  if (datatype === 'BYTES' || datatype === 'FP16' || datatype === 'BF16') return decodeTexts(name, contents.bytes, at);
  const elements = unpackInput(datatype, contents.packed.get(field) ?? Buffer.alloc(0), wanted, at);
  if (typeof elements !== 'number') return elements;
  throw new ServeError('INPUT_DATA', `element ${elements} of input '${name}' is out of the range of ${datatype}`, at());
}

/** Made for a refusal only: it costs as much as reading a small tensor. */
type Place = () => { readonly pointer: string };

function unpackInput(
  datatype: Exclude<Datatype, 'BYTES' | NarrowFloat>,
  packed: Buffer,
  count: number,
  at: Place,
): TensorData | number {
  try {
    return unpack(datatype, packed, count);
  } catch (error) {
    if (error instanceof WireError)
      throw new ServeError('REQUEST_SYNTAX', `contents are broken: ${error.message}`, at());
    throw error;
  }
}

function decodeTexts(name: string, bytes: readonly Buffer[], at: Place): string[] {
  return bytes.map((element, index) => {
    try {
      return textOf(element, index);
    } catch (error) {
      if (error instanceof RawError)
        throw new ServeError('INPUT_DATA', `data of input '${name}': ${error.message}`, at());
      throw error;
    }
  });
}

function decodeOutput({ name, parameters }: WireRequestedOutput, index: number): RequestedOutput {
  if (Object.hasOwn(parameters, 'shared_memory_region')) {
    const message = `output '${name}' is asked for in shared memory, which this server does not write`;
    throw new ServeError('UNIMPLEMENTED', message);
  }
  const classification = integerParameter(parameters, 'classification', 0, ['outputs', index]) ?? 0;
  return classification === 0 ? { name } : { name, classification };
}
