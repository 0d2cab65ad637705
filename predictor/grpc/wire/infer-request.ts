/** The bytes of a ModelInferRequest, read in one pass. Unknown fields are passed over; repeated scalars may be packed or not. */
import type { ParameterValue } from '../../protocol/messages.ts';
import {
  type ContentsField,
  contentsField,
  type WireContents,
  type WireInferRequest,
  type WireInput,
  type WireRequestedOutput,
} from '../messages.ts';
import {
  type Cursor,
  cursorOver,
  readBytes,
  readDouble,
  readHalves,
  readInt64,
  readKey,
  readMessage,
  readText,
  readUint32,
  skip,
} from './read.ts';

const textField = (number: number) => (number << 3) | 2;

/** Throws WireError. */
export function readInferRequest(bytes: Buffer): WireInferRequest {
  const cursor = cursorOver(bytes);
  const parameters: Record<string, ParameterValue> = {};
  const inputs: WireInput[] = [];
  const outputs: WireRequestedOutput[] = [];
  const raw: Buffer[] = [];
  let modelName = '';
  let modelVersion = '';
  let id = '';
  while (cursor.at < cursor.end) {
    const key = readKey(cursor);
    if (key === textField(1)) modelName = readText(cursor);
    else if (key === textField(2)) modelVersion = readText(cursor);
    else if (key === textField(3)) id = readText(cursor);
    else if (key === textField(4)) readParameter(readMessage(cursor), parameters);
    else if (key === textField(5)) inputs.push(readInput(readMessage(cursor)));
    else if (key === textField(6)) outputs.push(readOutput(readMessage(cursor)));
    else if (key === textField(7)) raw.push(readBytes(cursor));
    else skip(cursor, key);
  }
  return { modelName, modelVersion, id, parameters, inputs, outputs, raw };
}

function readInput(cursor: Cursor): WireInput {
  const parameters: Record<string, ParameterValue> = {};
  const shape: number[] = [];
  const contents: Cursor[] = [];
  let name = '';
  let datatype = '';
  while (cursor.at < cursor.end) {
    const key = readKey(cursor);
    if (key === textField(1)) name = readText(cursor);
    else if (key === textField(2)) datatype = readText(cursor);
    else if (key === textField(3)) readShape(readMessage(cursor), shape);
    else if (key === 3 << 3) shape.push(readInt64(cursor));
    else if (key === textField(4)) readParameter(readMessage(cursor), parameters);
    else if (key === textField(5)) contents.push(readMessage(cursor));
    else skip(cursor, key);
  }
  const read = contents.length === 0 ? {} : { contents: readContents(contents) };
  return { name, datatype, shape, parameters, ...read };
}

function readShape(packed: Cursor, shape: number[]): void {
  while (packed.at < packed.end) shape.push(readInt64(packed));
}

function readOutput(cursor: Cursor): WireRequestedOutput {
  const parameters: Record<string, ParameterValue> = {};
  let name = '';
  while (cursor.at < cursor.end) {
    const key = readKey(cursor);
    if (key === textField(1)) name = readText(cursor);
    else if (key === textField(2)) readParameter(readMessage(cursor), parameters);
    else skip(cursor, key);
  }
  return { name, parameters };
}

/** Wire type of one element of a numeric field when it is not packed. */
const looseTypes: Readonly<Record<number, number>> = { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 5, 7: 1 };

/**
 * A field that is sent in pieces, or a message that is sent twice, means all of the elements: an element that is not
 * packed has the same bytes as a packed run of one, so that pieces are put together as they are.
 */
function readContents(messages: readonly Cursor[]): WireContents {
  const packed = new Map<ContentsField, Buffer>();
  let pieces: Map<ContentsField, Buffer[]> | undefined;
  const bytes: Buffer[] = [];
  for (const cursor of messages) {
    while (cursor.at < cursor.end) {
      const key = readKey(cursor);
      const number = (key >>> 3) as ContentsField;
      const type = key & 7;
      if (key === textField(contentsField.bytes)) bytes.push(readBytes(cursor));
      else if (number <= contentsField.doubles && (type === 2 || type === looseTypes[number])) {
        const piece = type === 2 ? readBytes(cursor) : readLoose(cursor, key);
        if (piece.length === 0) continue;
        const first = packed.get(number);
        if (first === undefined) packed.set(number, piece);
        else {
          pieces ??= new Map();
          const known = pieces.get(number);
          if (known === undefined) pieces.set(number, [first, piece]);
          else known.push(piece);
        }
      } else skip(cursor, key);
    }
  }
  if (pieces !== undefined) for (const [number, parts] of pieces) packed.set(number, Buffer.concat(parts));
  return { packed, bytes };
}

function readLoose(cursor: Cursor, key: number): Buffer {
  const from = cursor.at;
  skip(cursor, key);
  return cursor.bytes.subarray(from, cursor.at);
}

/** An entry of `map<string, InferParameter>`; one without a value is no parameter. */
function readParameter(cursor: Cursor, into: Record<string, ParameterValue>): void {
  let name = '';
  let value: ParameterValue | undefined;
  while (cursor.at < cursor.end) {
    const key = readKey(cursor);
    if (key === textField(1)) name = readText(cursor);
    else if (key === textField(2)) value = readParameterValue(readMessage(cursor)) ?? value;
    else skip(cursor, key);
  }
  // Set as an own property whatever the name, so that `__proto__` is a name like any other.
  if (value !== undefined)
    Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true });
}

function readParameterValue(cursor: Cursor): ParameterValue | undefined {
  let value: ParameterValue | undefined;
  while (cursor.at < cursor.end) {
    const key = readKey(cursor);
    if (key === 1 << 3) value = readUint32(cursor) !== 0;
    else if (key === 2 << 3) value = readInt64(cursor);
    else if (key === textField(3)) value = readText(cursor);
    else if (key === ((4 << 3) | 1)) value = readDouble(cursor);
    else if (key === 5 << 3) value = readUnsigned(cursor);
    else skip(cursor, key);
  }
  return value;
}

function readUnsigned(cursor: Cursor): number {
  const { low, high } = readHalves(cursor);
  return (high >>> 0) * 2 ** 32 + low;
}
