/**
 * Protocol Buffers off the wire, for messages that are read on every request: fields are visited in order and nothing
 * is copied. Source: the Protocol Buffers encoding guide.
 */

/** The bytes are not the message that they are said to be. */
export class WireError extends Error {}

/** Position in a message; `end` is the first byte after it. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
}

export type WireType = 0 | 1 | 2 | 5;

export const varintType = 0;
export const lengthType = 2;

/** A cursor over a whole message. */
export function cursorOver(bytes: Buffer): Cursor {
  return { bytes, at: 0, end: bytes.length };
}

/** Next key: `field << 3 | wire type`. Throws WireError for field 0 and for wire types that proto3 lacks. */
export function readKey(cursor: Cursor): number {
  const key = readUint32(cursor);
  const type = key & 7;
  if (key >>> 3 === 0) throw new WireError(`field number 0 at byte ${cursor.at}`);
  if (type !== 0 && type !== 1 && type !== 2 && type !== 5)
    throw new WireError(`wire type ${type} at byte ${cursor.at}`);
  return key;
}

/** The low 32 bits of a varint; the rest is passed over, as protobuf does for narrower fields. */
export function readUint32(cursor: Cursor): number {
  const { bytes, end } = cursor;
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = cursor.at < end ? bytes[cursor.at] : undefined;
    if (byte === undefined) throw new WireError('varint ends after the message');
    cursor.at += 1;
    if (index < 5) value |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return value >>> 0;
  }
  throw new WireError('varint is longer than 10 bytes');
}

/** All 64 bits of a varint, as two halves. */
export function readHalves(cursor: Cursor): { low: number; high: number } {
  const { bytes, end } = cursor;
  let low = 0;
  let high = 0;
  for (let index = 0; index < 10; index++) {
    const byte = cursor.at < end ? bytes[cursor.at] : undefined;
    if (byte === undefined) throw new WireError('varint ends after the message');
    cursor.at += 1;
    const bits = byte & 0x7f;
    if (index < 4) low |= bits << (7 * index);
    else if (index === 4) {
      low |= bits << 28;
      high |= bits >>> 4;
    } else high |= bits << (7 * index - 32);
    if (byte < 0x80) return { low: low >>> 0, high: high | 0 };
  }
  throw new WireError('varint is longer than 10 bytes');
}

/** A signed 64-bit varint as a number; beyond 2^53 it is rounded. */
export function readInt64(cursor: Cursor): number {
  const { low, high } = readHalves(cursor);
  return high * 2 ** 32 + low;
}

/** Content of a length-delimited field. */
export function readBytes(cursor: Cursor): Buffer {
  const length = readUint32(cursor);
  const from = cursor.at;
  if (length > cursor.end - from) throw new WireError('field ends after the message');
  cursor.at = from + length;
  return cursor.bytes.subarray(from, from + length);
}

/** A message within the message, without a view of its own. */
export function readMessage(cursor: Cursor): Cursor {
  const length = readUint32(cursor);
  const from = cursor.at;
  if (length > cursor.end - from) throw new WireError('field ends after the message');
  cursor.at = from + length;
  return { bytes: cursor.bytes, at: from, end: from + length };
}

/** Text is UTF-8; anything else is a fault of the message, as proto3 has it. */
export function readText(cursor: Cursor): string {
  const length = readUint32(cursor);
  const from = cursor.at;
  const to = from + length;
  if (length > cursor.end - from) throw new WireError('field ends after the message');
  cursor.at = to;
  const text = cursor.bytes.toString('utf8', from, to);
  // A replacement character is either sent or made of broken bytes; only then is the round trip worth it.
  if (!text.includes('\uFFFD')) return text;
  if (Buffer.byteLength(text) !== length || Buffer.compare(Buffer.from(text), cursor.bytes.subarray(from, to)) !== 0) {
    throw new WireError('text is not UTF-8');
  }
  return text;
}

export function readDouble(cursor: Cursor): number {
  if (cursor.end - cursor.at < 8) throw new WireError('field ends after the message');
  const value = cursor.bytes.readDoubleLE(cursor.at);
  cursor.at += 8;
  return value;
}

/** Passes over a field that this program does not know. */
export function skip(cursor: Cursor, key: number): void {
  const type = key & 7;
  if (type === 0) readHalves(cursor);
  else if (type === 2) readMessage(cursor);
  else cursor.at += type === 1 ? 8 : 4;
  if (cursor.at > cursor.end) throw new WireError('field ends after the message');
}
