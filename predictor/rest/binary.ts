/**
 * Tensors as bytes behind the JSON of a request or an answer: Triton's binary tensor data extension.
 *
 * Elements are little-endian, row-major and without padding; BYTES elements carry a 32-bit length before them. This
 * code takes the memory order of the machine for little-endian, which holds wherever onnxruntime-node runs.
 */
import { allocate, type Datatype, elementBytes, type TensorData } from '../protocol/datatype.ts';
import { ServeError } from '../protocol/error.ts';
import type { TensorMetadata } from '../protocol/messages.ts';
import { pointer } from '../protocol/pointer.ts';
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

/** Throws ServeError INPUT_DATA. */
export function decodeBinary(bytes: Buffer, place: BinaryPlace): TensorData {
  const count = countElements(place.shape);
  const width = elementBytes(place.datatype);
  if (width === undefined) return decodeTexts(bytes, count, place);
  if (bytes.length !== count * width) {
    const message = `unexpected size for input '${place.name}' of ${place.datatype} with shape ${shapeText(place.shape)}. Expected ${count * width} bytes, got ${bytes.length}`;
    throw fault(message, 'inputs', place.index, 'parameters', 'binary_data_size');
  }
  if (place.datatype === 'BOOL') checkTruth(bytes, place);
  return elementsOver(bytes, place.datatype, count, width);
}

/** A view where the bytes lie as the element type demands, else a copy that does. */
function elementsOver(bytes: Buffer, datatype: Datatype, count: number, width: number): TensorData {
  const Elements = (allocate(datatype, 0) as Uint8Array).constructor as Uint8ArrayConstructor;
  if (bytes.byteOffset % width === 0) return new Elements(bytes.buffer as ArrayBuffer, bytes.byteOffset, count);
  return new Elements(new Uint8Array(bytes).buffer, 0, count);
}

function checkTruth(bytes: Buffer, place: BinaryPlace): void {
  const bad = bytes.findIndex((byte) => byte > 1);
  if (bad === -1) return;
  const message = `element ${bad} of input '${place.name}' of BOOL is the byte ${bytes[bad]}, expected 0 or 1`;
  throw fault(message, 'inputs', place.index);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lengthBytes = 4;

function decodeTexts(bytes: Buffer, count: number, place: BinaryPlace): string[] {
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at + lengthBytes;
    const end = start <= bytes.length ? start + bytes.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) {
      const message = `element ${texts.length} of input '${place.name}' of BYTES ends after its binary data of ${bytes.length} bytes`;
      throw fault(message, 'inputs', place.index, 'parameters', 'binary_data_size');
    }
    texts.push(decodeText(bytes.subarray(start, end), texts.length, place));
    at = end;
  }
  if (texts.length === count) return texts;
  const message = `unexpected number of elements in binary data of input '${place.name}' with shape ${shapeText(place.shape)}. Expected ${count}, got ${texts.length}`;
  throw fault(message, 'inputs', place.index, 'parameters', 'binary_data_size');
}

/** ONNX strings are text: bytes that are no UTF-8 would reach the model as something else. */
function decodeText(bytes: Uint8Array, element: number, place: BinaryPlace): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw fault(`element ${element} of input '${place.name}' of BYTES is not UTF-8`, 'inputs', place.index);
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
    return { name, datatype, shape: place.shape, data: [decodeText(body, 0, place)] };
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

/** The tensor's bytes, sharing its memory except for BYTES. */
export function encodeBinary({ data }: NamedTensor): Buffer {
  if (!Array.isArray(data)) return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  const sizes = data.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + lengthBytes + size, 0));
  let at = 0;
  for (const [index, text] of data.entries()) {
    at = bytes.writeUInt32LE(sizes[index] ?? 0, at);
    at += bytes.write(text, at);
  }
  return bytes;
}
