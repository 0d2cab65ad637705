/** Tensors as bytes behind the JSON of a request: Triton's binary tensor data extension. */
import { type Datatype, elementBytes, type TensorData } from '../protocol/datatype.ts';
import { ServeError } from '../protocol/error.ts';
import type { TensorMetadata } from '../protocol/messages.ts';
import { pointer } from '../protocol/pointer.ts';
import { RawError, type RawFault, readRaw, textOf } from '../protocol/raw.ts';
import { countElements, type NamedTensor, shapeText } from '../protocol/tensor.ts';

/** Bytes behind the JSON, taken in the order of inputs. */
export interface Tail {
  readonly bytes: Buffer;
  taken: number;
}

export interface BinaryPlace {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** Position in `inputs`. */
  readonly index: number;
}

const fault = (message: string, ...at: (string | number)[]) =>
  new ServeError('INPUT_DATA', message, { pointer: pointer(...at) });

/**
 * Length of the JSON at the start of a body, from the header `Inference-Header-Content-Length`; undefined without it.
 * Throws ServeError REQUEST_SYNTAX.
 */
export function jsonLength(header: string | string[] | undefined, bodyBytes: number): number | undefined {
  if (header === undefined) return undefined;
  const text = String(header);
  const length = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (length >= 0 && length <= bodyBytes) return length;
  const message = `Inference-Header-Content-Length is '${text.slice(0, 40)}', expected the length of the JSON, at most ${bodyBytes}`;
  throw new ServeError('REQUEST_SYNTAX', message);
}

/** Takes the next `size` bytes as this input. Shares their memory where it is aligned. Throws ServeError INPUT_DATA. */
export function takeBinary(tail: Tail, size: number, place: BinaryPlace): TensorData {
  const left = tail.bytes.length - tail.taken;
  if (size > left) {
    const message = `unexpected size for input '${place.name}': binary_data_size is ${size}, but ${left} bytes are left behind the JSON`;
    throw fault(message, 'inputs', place.index, 'parameters', 'binary_data_size');
  }
  const bytes = tail.bytes.subarray(tail.taken, tail.taken + size);
  tail.taken += size;
  return decodeBinary(bytes, place);
}

/** Throws ServeError INPUT_DATA when bytes are left that no input asked for. */
export function checkTaken(tail: Tail, model: string): void {
  const left = tail.bytes.length - tail.taken;
  if (left === 0) return;
  throw fault(`unexpected additional input data for model '${model}': ${left} bytes that no input claims`, 'inputs');
}

/** Shares the memory of `bytes` where they are aligned. Throws ServeError INPUT_DATA. */
function decodeBinary(bytes: Buffer, place: BinaryPlace): TensorData {
  return told(bytes, place, () => readRaw(place.datatype, countElements(place.shape), bytes));
}

function told<T>(bytes: Buffer, place: BinaryPlace, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RawError ? refusal(error.fault, bytes.length, place) : error;
  }
}

function refusal(found: RawFault, size: number, { name, datatype, shape, index }: BinaryPlace): ServeError {
  const input = `input '${name}'`;
  const ofSize = (message: string) => fault(message, 'inputs', index, 'parameters', 'binary_data_size');
  switch (found.kind) {
    case 'size': {
      const expected = `Expected ${found.wanted} bytes, got ${found.got}`;
      return ofSize(`unexpected size for ${input} of ${datatype} with shape ${shapeText(shape)}. ${expected}`);
    }
    case 'bool': {
      const message = `element ${found.element} of ${input} of BOOL is the byte ${found.byte}, expected 0 or 1`;
      return fault(message, 'inputs', index);
    }
    case 'length':
    case 'end':
      return ofSize(`element ${found.element} of ${input} of BYTES ends after its binary data of ${size} bytes`);
    case 'text':
      return fault(`element ${found.element} of ${input} of BYTES is not UTF-8`, 'inputs', index);
    case 'count': {
      const expected = `Expected ${found.wanted}, got ${found.got}`;
      return ofSize(
        `unexpected number of elements in binary data of ${input} with shape ${shapeText(shape)}. ${expected}`,
      );
    }
  }
}

/**
 * The one input of a body without JSON (header length 0). One dimension may be open and follows from the size; a BYTES
 * input is one element, written without a length. Throws ServeError.
 */
export function rawInput(body: Buffer, model: string, inputs: readonly TensorMetadata[]): NamedTensor {
  const [only] = inputs;
  const refuse = (reason: string) =>
    new ServeError('REQUEST_SYNTAX', `model '${model}' takes no raw binary request (JSON length 0): ${reason}`);
  if (only === undefined || inputs.length > 1) throw refuse(`it has ${inputs.length} inputs, expected one`);
  const { name, datatype, shape } = only;
  const open = shape.filter((dimension) => dimension === -1).length;
  if (open > 1) throw refuse(`shape ${shapeText(shape)} of input '${name}' has ${open} open dimensions, at most one`);
  const place = { name, datatype, shape: shape.map(() => 1), index: 0 };
  const width = elementBytes(datatype);
  if (width === undefined) {
    if (shape.some((dimension) => dimension !== 1 && dimension !== -1))
      throw refuse(`a BYTES input is one element, but '${name}' has shape ${shapeText(shape)}`);
    return { name, datatype, shape: place.shape, data: [told(body, place, () => textOf(body, 0))] };
  }
  const fixed = countElements(shape.filter((dimension) => dimension !== -1));
  const rows = fixed === 0 ? 0 : body.length / width / fixed;
  const full = shape.map((dimension) => (dimension === -1 ? rows : dimension));
  if (!Number.isInteger(rows)) {
    const message = `unexpected size for input '${name}' of ${datatype} with shape ${shapeText(shape)}. Expected a multiple of ${fixed * width} bytes, got ${body.length}`;
    throw new ServeError('INPUT_DATA', message);
  }
  return { name, datatype, shape: full, data: decodeBinary(body, { ...place, shape: full }) };
}
