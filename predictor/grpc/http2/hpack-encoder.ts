/**
 * Fields → header blocks (RFC 7541) without a table: what an answer says is either in the static table or of one call
 * alone, and a block that depends on no other can be made before its time and kept.
 */
import { staticFields } from './static-table.ts';

/** Tells the peer that its table for our blocks is empty and stays so; due once it has named a size (section 4.2). */
export const EMPTY_TABLE = Buffer.from([0x20]);

/** Indexes by name and value; most fields of an answer have a name that is not there. */
const exact = new Map<string, Map<string, number>>();
for (const [index, [name, value]] of staticFields.entries()) {
  const values = exact.get(name);
  if (values === undefined) exact.set(name, new Map([[value, index + 1]]));
  else values.set(value, index + 1);
}
const names = new Map(staticFields.map(([name], index) => [name, index + 1]).toReversed() as [string, number][]);

/** What stands before a value: an index or the name itself, as a literal that nobody keeps. */
const heads = new Map<string, Buffer>();

function headOf(name: string): Buffer {
  const known = heads.get(name);
  if (known !== undefined) return known;
  const index = names.get(name);
  const head =
    index === undefined
      ? Buffer.concat([Buffer.from([0]), integer(name.length, 7, 0), Buffer.from(name, 'latin1')])
      : integer(index, 4, 0);
  // Names are ours, so that there are few of them.
  heads.set(name, head);
  return head;
}

/** Section 5.1, behind the bits of `pattern`. */
function integer(value: number, prefixBits: number, pattern: number): Buffer {
  const bytes = Buffer.alloc(8);
  return bytes.subarray(0, writeInteger(bytes, 0, value, prefixBits, pattern));
}

function writeInteger(into: Buffer, at: number, value: number, prefixBits: number, pattern: number): number {
  const most = 2 ** prefixBits - 1;
  if (value < most) {
    into[at] = pattern | value;
    return at + 1;
  }
  into[at] = pattern | most;
  let next = at + 1;
  let rest = value - most;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) into[next++] = (rest & 0x7f) | 0x80;
  into[next] = rest;
  return next + 1;
}

/** Names in lower case; values with one character for each byte. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** Bytes that a field takes at most: its name is in the head, and a length needs no more than five bytes. */
const LENGTH_BYTES = 5;

/** Longer values are left to Node. */
const SHORT = 64;

/** One byte for each character. */
function writeValue(into: Buffer, at: number, value: string): number {
  const { length } = value;
  if (length > SHORT) return at + into.write(value, at, length, 'latin1');
  for (let index = 0; index < length; index++) into[at + index] = value.charCodeAt(index);
  return at + length;
}

export function encodeFields(fields: Fields): Buffer {
  let most = 0;
  for (const [name, value] of fields) most += headOf(name).length + LENGTH_BYTES + value.length;
  const block = Buffer.allocUnsafe(most);
  let at = 0;
  for (const [name, value] of fields) {
    const index = exact.get(name)?.get(value);
    if (index !== undefined) {
      at = writeInteger(block, at, index, 7, 0x80);
      continue;
    }
    const head = headOf(name);
    block.set(head, at);
    at = writeInteger(block, at + head.length, value.length, 7, 0);
    at = writeValue(block, at, value);
  }
  return block.subarray(0, at);
}
