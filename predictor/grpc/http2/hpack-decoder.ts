/** Header blocks → fields (RFC 7541). One for each connection: it holds the table that the peer fills. */
import { errorCode } from './constants.ts';
import { ConnectionFault } from './fault.ts';
import { FIELD_OVERHEAD, type Field, fieldOf } from './field.ts';
import { decodeHuffman } from './huffman.ts';
import { staticFields } from './static-table.ts';

const staticTable: readonly Field[] = staticFields.map(([name, value]) => fieldOf(name, value));

/** Integers of a block are lengths and indexes; none that is larger can be right. */
const LARGEST_INTEGER = 2 ** 28;

export interface HeaderList {
  readonly fields: readonly Field[];
  /** Fields past the limit were read, since the table needs them, but not kept. */
  readonly tooLarge: boolean;
}

export class HeaderDecoder {
  /** What SETTINGS_HEADER_TABLE_SIZE allows. */
  readonly #mostBytes: number;
  readonly #listBytes: number;
  /** A ring: the newest entry stands at `#newest`, older ones behind it. */
  readonly #entries: (Field | undefined)[];
  readonly #mask: number;
  #newest = 0;
  #count = 0;
  #bytes = 0;
  #allowed: number;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  constructor(tableBytes: number, listBytes: number) {
    this.#mostBytes = tableBytes;
    this.#allowed = tableBytes;
    this.#listBytes = listBytes;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(1, Math.floor(tableBytes / FIELD_OVERHEAD))));
    this.#entries = new Array<Field | undefined>(slots).fill(undefined);
    this.#mask = slots - 1;
  }

  /** Throws ConnectionFault COMPRESSION_ERROR: after a broken block nobody knows the table any more. */
  decode(block: Buffer, from: number, to: number): HeaderList {
    this.#block = block;
    this.#at = from;
    this.#end = to;
    const fields: Field[] = [];
    let bytes = 0;
    let mayResize = true;
    while (this.#at < to) {
      const first = block[this.#at] ?? 0;
      if ((first & 0xe0) === 0x20) {
        if (!mayResize) throw broken('table size update after a field');
        this.#resize(this.#integer(5));
        continue;
      }
      mayResize = false;
      const field = this.#field(first);
      bytes += field.size;
      if (bytes <= this.#listBytes) fields.push(field);
    }
    return { fields, tooLarge: bytes > this.#listBytes };
  }

  /** Section 6: what the first bits of a field say. */
  #field(first: number): Field {
    if (first >= 0x80) return this.#indexed(this.#integer(7));
    const keeps = first >= 0x40;
    const index = this.#integer(keeps ? 6 : 4);
    const name = index === 0 ? this.#string() : this.#indexed(index).name;
    const field = fieldOf(name, this.#string());
    if (keeps) this.#keep(field);
    return field;
  }

  #indexed(index: number): Field {
    const place = index - 1 - staticTable.length;
    const field = place < 0 ? staticTable[index - 1] : undefined;
    if (field !== undefined) return field;
    const kept = place >= 0 && place < this.#count ? this.#entries[(this.#newest - place) & this.#mask] : undefined;
    if (kept === undefined) throw broken(`index ${index} names no field`);
    return kept;
  }

  #keep(field: Field): void {
    this.#shrink(this.#allowed - field.size);
    // One that is larger than the whole table empties it and is not kept.
    if (field.size > this.#allowed) return;
    this.#newest = (this.#newest + 1) & this.#mask;
    this.#entries[this.#newest] = field;
    this.#count += 1;
    this.#bytes += field.size;
  }

  #shrink(bytes: number): void {
    while (this.#count > 0 && this.#bytes > bytes) {
      this.#count -= 1;
      const oldest = (this.#newest - this.#count) & this.#mask;
      this.#bytes -= this.#entries[oldest]?.size ?? 0;
      this.#entries[oldest] = undefined;
    }
  }

  #resize(bytes: number): void {
    if (bytes > this.#mostBytes) throw broken(`table of ${bytes} bytes, ${this.#mostBytes} are allowed`);
    this.#allowed = bytes;
    this.#shrink(bytes);
  }

  /** Section 5.1. */
  #integer(prefixBits: number): number {
    const most = 2 ** prefixBits - 1;
    let value = (this.#block[this.#at++] ?? 0) & most;
    if (value < most) return value;
    for (let factor = 1; ; factor *= 128) {
      if (this.#at >= this.#end) throw broken('an integer ends after its block');
      const byte = this.#block[this.#at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (value > LARGEST_INTEGER || factor > LARGEST_INTEGER) throw broken('an integer is too large');
      if (byte < 0x80) return value;
    }
  }

  /** Section 5.2. */
  #string(): string {
    if (this.#at >= this.#end) throw broken('a field ends after its block');
    const isHuffman = (this.#block[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const from = this.#at;
    if (length > this.#end - from) throw broken('a string ends after its block');
    this.#at = from + length;
    if (!isHuffman) return this.#block.toString('latin1', from, this.#at);
    const text = decodeHuffman(this.#block, from, this.#at);
    if (text === undefined) throw broken('a string is not of the Huffman code');
    return text;
  }
}

function broken(what: string): ConnectionFault {
  return new ConnectionFault(errorCode.compression, `header block: ${what}`);
}
