/**
 * Protocol Buffers onto the wire, from the last byte to the first: a nested message is then written before its length,
 * so that no size is computed twice and nothing is moved. Source: the Protocol Buffers encoding guide.
 *
 * Fields come out in the order in which they are written last to first; write the highest first.
 */

/** Contents from this size on are passed on where they lie; below, a copy costs less than a piece of its own. */
const PASSED_ON = 4096;

/** Texts up to this length are written here as long as they are ASCII: a call into Node costs more. */
const SHORT = 32;

/** `at` is the first byte written so far; behind `bytes` come the pieces that were passed on, the first one last. */
export interface Writer {
  bytes: Buffer;
  at: number;
  readonly pieces: Buffer[];
  /** Bytes of all pieces. */
  passed: number;
}

/** Room for `size` bytes at first; it grows as needed. */
export function createWriter(size: number): Writer {
  return { bytes: Buffer.allocUnsafe(size), at: size, pieces: [], passed: 0 };
}

/** For messages of which nothing was passed on. */
export function finish(writer: Writer): Buffer {
  return writer.bytes.subarray(writer.at);
}

/** The message in its order. */
export function finishPieces(writer: Writer): readonly Buffer[] {
  const head = writer.bytes.subarray(writer.at);
  return writer.pieces.length === 0 ? [head] : [head, ...writer.pieces.toReversed()];
}

/** Makes room for `size` more bytes. */
export function reserve(writer: Writer, size: number): void {
  if (writer.at >= size) return;
  const used = writer.bytes.length - writer.at;
  const bytes = Buffer.allocUnsafe(Math.max(writer.bytes.length * 2, used + size));
  writer.bytes.copy(bytes, bytes.length - used, writer.at);
  writer.at = bytes.length - used;
  writer.bytes = bytes;
}

/** An unsigned integer below 2^53. */
export function writeVarint(writer: Writer, value: number): void {
  if (value < 0x80) {
    reserve(writer, 1);
    writer.at -= 1;
    writer.bytes[writer.at] = value;
    return;
  }
  if (value < 2 ** 32) writeHalves(writer, value, 0);
  else writeHalves(writer, value % 2 ** 32, Math.floor(value / 2 ** 32));
}

/** A 64-bit integer, given as its two halves; negative ones take ten bytes. */
export function writeHalves(writer: Writer, low: number, high: number): void {
  reserve(writer, 10);
  const { bytes } = writer;
  let lowRest = low >>> 0;
  let highRest = high >>> 0;
  const size = varintSize(lowRest, highRest);
  writer.at -= size;
  for (let index = 0; index < size; index++) {
    bytes[writer.at + index] = (lowRest & 0x7f) | (index + 1 < size ? 0x80 : 0);
    lowRest = ((lowRest >>> 7) | (highRest << 25)) >>> 0;
    highRest >>>= 7;
  }
}

/** Integers up to 2^53 in size, as protobuf's int64. */
export function writeInt64(writer: Writer, value: number): void {
  if (value >= 0) writeVarint(writer, value);
  else writeHalves(writer, value >>> 0, Math.floor(value / 2 ** 32));
}

function varintSize(low: number, high: number): number {
  if (high === 0) return Math.max(1, Math.ceil((32 - Math.clz32(low)) / 7));
  return Math.ceil((64 - Math.clz32(high)) / 7);
}

/** Key and length of what was written since `written` was `before`. */
export function writeHead(writer: Writer, field: number, before: number): void {
  writeVarint(writer, written(writer) - before);
  writeVarint(writer, (field << 3) | 2);
}

export function written(writer: Writer): number {
  return writer.bytes.length - writer.at + writer.passed;
}

export function writeBytes(writer: Writer, field: number, content: Uint8Array): void {
  reserve(writer, content.length);
  writer.at -= content.length;
  writer.bytes.set(content, writer.at);
  writeVarint(writer, content.length);
  writeVarint(writer, (field << 3) | 2);
}

/** As `writeBytes`, but large contents are not copied: they must not change until the message has gone. */
export function passBytes(writer: Writer, field: number, content: Uint8Array): void {
  if (content.length < PASSED_ON) {
    writeBytes(writer, field, content);
    return;
  }
  const head = finish(writer);
  if (head.length > 0) writer.pieces.push(head);
  writer.pieces.push(Buffer.from(content.buffer, content.byteOffset, content.length));
  writer.passed += head.length + content.length;
  writer.bytes = Buffer.allocUnsafe(writer.bytes.length);
  writer.at = writer.bytes.length;
  writeVarint(writer, content.length);
  writeVarint(writer, (field << 3) | 2);
}

export function writeText(writer: Writer, field: number, text: string): void {
  const before = written(writer);
  if (text.length > SHORT || !putAscii(writer, text)) {
    const length = Buffer.byteLength(text);
    reserve(writer, length);
    writer.at -= length;
    writer.bytes.write(text, writer.at, length, 'utf8');
  }
  writeHead(writer, field, before);
}

/** False when the text is not ASCII: nothing is written then. */
function putAscii(writer: Writer, text: string): boolean {
  const { length } = text;
  reserve(writer, length);
  const { bytes } = writer;
  const from = writer.at - length;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return false;
    bytes[from + index] = code;
  }
  writer.at = from;
  return true;
}

export function writeDouble(writer: Writer, field: number, value: number): void {
  reserve(writer, 8);
  writer.at -= 8;
  writer.bytes.writeDoubleLE(value, writer.at);
  writeVarint(writer, (field << 3) | 1);
}
