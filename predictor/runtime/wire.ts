/**
 * Protocol Buffers on the wire, as far as rewriting an ONNX file needs it.
 *
 * A message is read into its fields and each keeps its own bytes, so what is not touched is written back exactly as it
 * was, known to us or not. Source: the Protocol Buffers encoding guide (varint, 64-bit, length-delimited, 32-bit).
 */

/** One field as it lies in its message. `raw` is key and payload; `start` is where the payload begins in it. */
export interface Field {
  readonly number: number;
  readonly type: WireType;
  readonly raw: Uint8Array;
  readonly start: number;
}

export type WireType = 0 | 1 | 2 | 5;

/** The bytes are not a protobuf message. */
export class WireError extends Error {}

/** Fields of a message in order, without copying. Throws WireError. */
export function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let offset = 0;
  while (offset < message.length) {
    const key = readVarint(message, offset);
    const number = Number(key.value >> 3n);
    const type = Number(key.value & 7n);
    if (number === 0) throw new WireError(`field number 0 at byte ${offset}`);
    const { start, end } = payload(message, key.end, type);
    if (end > message.length) throw new WireError(`field ${number} at byte ${offset} ends after the message`);
    fields.push({ number, type: type as WireType, raw: message.subarray(offset, end), start: start - offset });
    offset = end;
  }
  return fields;
}

function payload(message: Uint8Array, at: number, type: number): { start: number; end: number } {
  if (type === 0) return { start: at, end: readVarint(message, at).end };
  if (type === 1) return { start: at, end: at + 8 };
  if (type === 5) return { start: at, end: at + 4 };
  if (type !== 2) throw new WireError(`wire type ${type} at byte ${at}`);
  const length = readVarint(message, at);
  return { start: length.end, end: length.end + Number(length.value) };
}

function readVarint(bytes: Uint8Array, at: number): { value: bigint; end: number } {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new WireError(`varint at byte ${at} ends after the message`);
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at + index + 1 };
  }
  throw new WireError(`varint at byte ${at} is longer than 10 bytes`);
}

/** Content of a length-delimited field. Throws WireError for any other. */
export function bytesOf(field: Field): Uint8Array {
  if (field.type !== 2) throw new WireError(`field ${field.number} has wire type ${field.type}, expected 2`);
  return field.raw.subarray(field.start);
}

/** Content of a length-delimited field as text. */
export function textOf(field: Field): string {
  return Buffer.from(bytesOf(field)).toString('utf8');
}

/** Signed 64-bit integers of a field of a repeated integer: one, or many when packed. */
export function integersOf(field: Field): bigint[] {
  if (field.type === 0) return [BigInt.asIntN(64, readVarint(field.raw, field.start).value)];
  const packed = bytesOf(field);
  const values: bigint[] = [];
  for (let at = 0; at < packed.length; ) {
    const { value, end } = readVarint(packed, at);
    values.push(BigInt.asIntN(64, value));
    at = end;
  }
  return values;
}

/** A field holding an integer; negative ones take ten bytes, as protobuf's int64 does. */
export function integerField(number: number, value: number | bigint): Field {
  return makeField(number, 0, varint(BigInt.asUintN(64, BigInt(value))));
}

/** A field holding bytes, text or a message. */
export function bytesField(number: number, content: Uint8Array | string): Field {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return makeField(number, 2, varint(BigInt(bytes.length)), bytes);
}

/** A field holding a 32-bit float. */
export function floatField(number: number, value: number): Field {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return makeField(number, 5, new Uint8Array(0), bytes);
}

/** The bytes of a message with these fields in this order. */
export function writeFields(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.map((field) => field.raw));
}

function makeField(number: number, type: WireType, head: Uint8Array, body: Uint8Array = new Uint8Array(0)): Field {
  const key = varint((BigInt(number) << 3n) | BigInt(type));
  const raw = Buffer.concat([key, head, body]);
  return { number, type, raw, start: key.length + (type === 2 ? head.length : 0) };
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
