/** Raw tensor contents ↔ elements: little-endian, row-major, BYTES elements each behind their length in 4 bytes. */
import { isUtf8 } from 'node:buffer';
import { allocate, type Datatype, elementBytes, type TensorData } from '../protocol/datatype.ts';

/** Why raw bytes are not the elements that they are said to be. */
export class RawError extends Error {}

/** Larger contents are read where they lie, if they lie right: the memory of a small one would hold a whole chunk. */
const VIEWED = 4096;

/** Elements of a tensor with `count` of them, which share the memory of large contents. Throws RawError. */
export function readRaw(datatype: Datatype, count: number, raw: Buffer): TensorData {
  if (datatype === 'BYTES') return readTexts(count, raw);
  const wanted = count * (elementBytes(datatype) ?? 0);
  if (raw.length !== wanted) throw new RawError(`expected ${wanted} bytes, got ${raw.length}`);
  if (datatype === 'BOOL') checkBools(raw);
  const elements = raw.length < VIEWED ? undefined : viewOf(datatype, raw);
  if (elements !== undefined) return elements;
  const own = allocate(datatype, count) as Exclude<TensorData, string[]>;
  new Uint8Array(own.buffer).set(raw);
  return own;
}

/** Undefined when the bytes do not begin at a multiple of an element. */
function viewOf(datatype: Exclude<Datatype, 'BYTES'>, raw: Buffer): TensorData | undefined {
  const View = allocate(datatype, 0).constructor as Float32ArrayConstructor;
  if (raw.byteOffset % View.BYTES_PER_ELEMENT !== 0) return undefined;
  return new View(raw.buffer as ArrayBuffer, raw.byteOffset, raw.length / View.BYTES_PER_ELEMENT);
}

function checkBools(raw: Buffer): void {
  const odd = raw.findIndex((byte) => byte > 1);
  if (odd !== -1) throw new RawError(`byte ${odd} is ${raw[odd]}, expected 0 or 1`);
}

function readTexts(count: number, raw: Buffer): string[] {
  const texts: string[] = [];
  let at = 0;
  while (at < raw.length) {
    if (texts.length === count) throw new RawError(`expected ${count} elements, got more`);
    if (raw.length - at < 4) throw new RawError(`element ${texts.length} lacks its length in 4 bytes`);
    const from = at + 4;
    const length = raw.readUInt32LE(at);
    if (length > raw.length - from)
      throw new RawError(`element ${texts.length} of ${length} bytes ends after the contents`);
    texts.push(textOf(raw.subarray(from, from + length), texts.length));
    at = from + length;
  }
  if (texts.length !== count) throw new RawError(`expected ${count} elements, got ${texts.length}`);
  return texts;
}

/** Text of one BYTES element. Throws RawError: ONNX strings are UTF-8. */
export function textOf(bytes: Buffer, element: number): string {
  if (!isUtf8(bytes)) throw new RawError(`element ${element} is not UTF-8`);
  return bytes.toString('utf8');
}

/** Bytes of these elements; a view where that is possible. */
export function writeRaw(data: TensorData): Uint8Array {
  if (!Array.isArray(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const lengths = data.map((text) => Buffer.byteLength(text));
  const raw = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let at = 0;
  for (const [index, text] of data.entries()) {
    at = raw.writeUInt32LE(lengths[index] ?? 0, at);
    at += raw.write(text, at, 'utf8');
  }
  return raw;
}
