/**
 * Reads Protocol Buffers as they lie on the wire, without copying: an ONNX file is mostly weights, which nobody here
 * looks at. Source: the Protocol Buffers encoding guide.
 */

/** One field of a message: a number for the integer and fixed-width forms, bytes for the length-delimited one. */
export interface Field {
  readonly number: number;
  /** Of a length-delimited field; empty for the others. */
  readonly bytes: Uint8Array;
  /** Of a varint field. */
  readonly integer?: bigint;
  /** Wire type: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly type: number;
}

/** The bytes are no protobuf message; `message` says where. */
export class WireError extends Error {}

const NOTHING = new Uint8Array(0);

/** The fields of a message in order. Throws WireError. */
export function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const key = varint(message, at);
    const [number, type] = [Number(key.value >> 3n), Number(key.value & 7n)];
    if (number === 0) throw new WireError(`byte ${at} starts no field`);
    if (type === 0) {
      const { value, end } = varint(message, key.end);
      fields.push({ number, type, bytes: NOTHING, integer: BigInt.asIntN(64, value) });
      at = end;
      continue;
    }
    const length = type === 2 ? varint(message, key.end) : { value: BigInt(fixedWidth(type, at)), end: key.end };
    const end = length.end + Number(length.value);
    if (end > message.length) {
      throw new WireError(`it ends ${end - message.length} bytes too early, in field ${number} at byte ${at}`);
    }
    fields.push({ number, type, bytes: type === 2 ? message.subarray(length.end, end) : NOTHING });
    at = end;
  }
  return fields;
}

function fixedWidth(type: number, at: number): number {
  if (type === 1) return 8;
  if (type === 5) return 4;
  throw new WireError(`byte ${at} has wire type ${type}, which ONNX does not use`);
}

function varint(bytes: Uint8Array, at: number): { readonly value: bigint; readonly end: number } {
  let low = 0;
  // Nearly every varint is a short key or length: numbers are many times as fast as BigInt.
  for (let index = 0; index < 4; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new WireError(`it ends in an integer at byte ${at}`);
    low += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value: BigInt(low), end: at + index + 1 };
  }
  let value = BigInt(low);
  for (let index = 4; index < 10; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new WireError(`it ends in an integer at byte ${at}`);
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at + index + 1 };
  }
  throw new WireError(`the integer at byte ${at} is longer than ten bytes`);
}

/** A message, for reading its fields by number. */
export class Message {
  readonly fields: readonly Field[];

  constructor(bytes: Uint8Array) {
    this.fields = readFields(bytes);
  }

  has(number: number): boolean {
    return this.fields.some((field) => field.number === number);
  }

  /** Contents of every length-delimited field of this number. */
  all(number: number): Uint8Array[] {
    return this.fields.filter((field) => field.number === number && field.type === 2).map(({ bytes }) => bytes);
  }

  messages(number: number): Message[] {
    return this.all(number).map((bytes) => new Message(bytes));
  }

  /** The last of this number, as protobuf decides for a field that is not repeated. */
  message(number: number): Message | undefined {
    const last = this.all(number).at(-1);
    return last === undefined ? undefined : new Message(last);
  }

  texts(number: number): string[] {
    return this.all(number).map((bytes) => new TextDecoder().decode(bytes));
  }

  text(number: number): string {
    return this.texts(number).at(-1) ?? '';
  }

  /** Every integer of this number, packed or one by one. */
  integers(number: number): bigint[] {
    return this.fields.filter((field) => field.number === number).flatMap(integersOf);
  }

  integer(number: number): number {
    return Number(this.integers(number).at(-1) ?? 0n);
  }
}

function integersOf({ integer, bytes, type }: Field): bigint[] {
  if (integer !== undefined) return [integer];
  if (type !== 2) throw new WireError(`a field of wire type ${type} holds no integers`);
  const values: bigint[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, end } = varint(bytes, at);
    values.push(BigInt.asIntN(64, value));
    at = end;
  }
  return values;
}
