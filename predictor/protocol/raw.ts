/**
 * Raw tensor contents ↔ elements, the same for both transports: little-endian, row-major and without padding, BYTES
 * elements each behind their length in 4 bytes. Source: Triton's binary tensor data extension and the raw contents of
 * the protocol's gRPC messages.
 *
 * The memory order of the machine is taken for little-endian, which holds wherever onnxruntime-node runs.
 */
import { isUtf8 } from 'node:buffer';
import { allocate, type Datatype, elementBytes, type TensorData } from './datatype.ts';

/** What is wrong with raw contents, for transports that word it themselves. Elements are counted from 0. */
export type RawFault =
  /** Bytes of all elements. */
  | { readonly kind: 'size'; readonly wanted: number; readonly got: number }
  /** A byte of BOOL that is neither 0 nor 1. */
  | { readonly kind: 'bool'; readonly element: number; readonly byte: number }
  /** Fewer than 4 bytes are left for the length. */
  | { readonly kind: 'length'; readonly element: number }
  /** The element's own `bytes` are more than are left. */
  | { readonly kind: 'end'; readonly element: number; readonly bytes: number }
  /** ONNX strings are text: bytes that are no UTF-8 would reach the model as something else. */
  | { readonly kind: 'text'; readonly element: number }
  /** BYTES elements. */
  | { readonly kind: 'count'; readonly wanted: number; readonly got: number };

/** Why raw bytes are not the elements that they are said to be. */
export class RawError extends Error {
  readonly fault: RawFault;

  constructor(fault: RawFault) {
    super(wordsOf(fault));
    this.fault = fault;
  }
}

function wordsOf(fault: RawFault): string {
  switch (fault.kind) {
    case 'size':
      return `expected ${fault.wanted} bytes, got ${fault.got}`;
    case 'bool':
      return `byte ${fault.element} is ${fault.byte}, expected 0 or 1`;
    case 'length':
      return `element ${fault.element} lacks its length in 4 bytes`;
    case 'end':
      return `element ${fault.element} of ${fault.bytes} bytes ends after the contents`;
    case 'text':
      return `element ${fault.element} is not UTF-8`;
    case 'count':
      return `expected ${fault.wanted} elements, got ${fault.got > fault.wanted ? 'more' : fault.got}`;
  }
}

const lengthBytes = 4;

/**
 * Elements of a tensor with `count` of them. Contents of at least `shared` bytes are read where they lie, if they lie as
 * the element type demands; others are copied. Throws RawError.
 */
export function readRaw(datatype: Datatype, count: number, raw: Buffer, shared = 0): TensorData {
  if (datatype === 'BYTES') return readTexts(count, raw);
  const width = elementBytes(datatype) ?? 0;
  const wanted = count * width;
  if (raw.length !== wanted) throw new RawError({ kind: 'size', wanted, got: raw.length });
  if (datatype === 'BOOL') checkBools(raw);
  if (raw.length < shared || raw.byteOffset % width !== 0) return copyOf(datatype, count, raw);
  const View = allocate(datatype, 0).constructor as Float32ArrayConstructor;
  return new View(raw.buffer as ArrayBuffer, raw.byteOffset, count);
}

function copyOf(datatype: Datatype, count: number, raw: Buffer): TensorData {
  const own = allocate(datatype, count) as Exclude<TensorData, string[]>;
  new Uint8Array(own.buffer).set(raw);
  return own;
}

function checkBools(raw: Buffer): void {
  const element = raw.findIndex((byte) => byte > 1);
  if (element !== -1) throw new RawError({ kind: 'bool', element, byte: raw[element] ?? 0 });
}

/** More than `count` are counted and no longer kept. */
function readTexts(count: number, raw: Buffer): string[] {
  const texts: string[] = [];
  let got = 0;
  for (let at = 0; at < raw.length; got++) {
    const from = at + lengthBytes;
    if (from > raw.length) throw new RawError({ kind: 'length', element: got });
    const bytes = raw.readUInt32LE(at);
    at = from + bytes;
    if (at > raw.length) throw new RawError({ kind: 'end', element: got, bytes });
    if (got < count) texts.push(textOf(raw.subarray(from, at), got));
  }
  if (got !== count) throw new RawError({ kind: 'count', wanted: count, got });
  return texts;
}

/** Text of one BYTES element. Throws RawError. */
export function textOf(bytes: Buffer, element: number): string {
  if (!isUtf8(bytes)) throw new RawError({ kind: 'text', element });
  return bytes.toString('utf8');
}

/** Bytes of these elements, sharing their memory except for BYTES. */
export function writeRaw(data: TensorData): Buffer {
  if (!Array.isArray(data)) return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  const lengths = data.map((text) => Buffer.byteLength(text));
  const raw = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + lengthBytes + length, 0));
  let at = 0;
  for (const [index, text] of data.entries()) {
    at = raw.writeUInt32LE(lengths[index] ?? 0, at);
    at += raw.write(text, at, 'utf8');
  }
  return raw;
}
