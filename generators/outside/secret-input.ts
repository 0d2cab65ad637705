/** How secret values come in: piped, or typed without being shown. Never from the command line. */
import type { Readable, Writable } from 'node:stream';

/** The terminal or pipe from which values are read. */
export interface SecretSource extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
}

export interface SecretInput {
  readStdin(): Promise<Buffer>;
  prompt(label: string): Promise<Buffer>;
}

/** No value could be read; the message says why and holds nothing of what was typed. */
export class InputRefused extends Error {}

const mostBytes = 1_048_576;
const key = { interrupt: 0x03, end: 0x04, backspace: 0x08, newline: 0x0a, enter: 0x0d, clear: 0x15, escape: 0x1b };
const del = 0x7f;

/** Reads values from `source`; labels of prompts go to `screen`. */
export function secretInput(source: SecretSource, screen: Writable): SecretInput {
  /** Bytes that came with an earlier line: two pasted lines answer two prompts. */
  let rest: Buffer = Buffer.alloc(0);
  const prompt = async (label: string): Promise<Buffer> => {
    if (source.isTTY !== true) {
      throw new InputRefused('there is no terminal to ask on');
    }
    screen.write(`${label}: `);
    source.setRawMode?.(true);
    try {
      const line = new HiddenLine();
      if (!line.take(rest)) await readInto(line, source);
      rest = line.rest;
      if (line.cancelled) throw new InputRefused('cancelled');
      return line.value();
    } finally {
      source.setRawMode?.(false);
      source.pause();
      screen.write('\n');
    }
  };
  return { prompt, readStdin: () => readAll(source) };
}

async function readAll(source: SecretSource): Promise<Buffer> {
  if (source.isTTY === true) throw new InputRefused('stdin is a terminal, which would show what is typed');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    chunks.push(Buffer.from(chunk as Buffer));
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new InputRefused(`stdin holds more than ${mostBytes} bytes`);
  }
  const all = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  return all;
}

function readInto(line: HiddenLine, source: SecretSource): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      source.off('data', onData);
      source.off('end', onEnd);
      source.off('error', onError);
    };
    const onData = (chunk: Buffer) => {
      if (!line.take(chunk)) return;
      stop();
      resolve();
    };
    const onEnd = () => {
      stop();
      reject(new InputRefused('the terminal was closed'));
    };
    const onError = (error: Error) => {
      stop();
      reject(error);
    };
    source.on('data', onData).on('end', onEnd).on('error', onError);
    source.resume();
  });
}

/** A line as it is typed in raw mode, where the terminal does no editing itself. */
class HiddenLine {
  cancelled = false;
  rest: Buffer = Buffer.alloc(0);
  readonly #bytes: number[] = [];

  /** Takes typed bytes; true when the line is complete. */
  take(chunk: Buffer): boolean {
    for (const [index, byte] of chunk.entries()) {
      if (byte === key.escape) return false;
      this.cancelled = byte === key.interrupt;
      if (this.cancelled || byte === key.enter || byte === key.newline || byte === key.end) {
        const pair = byte === key.enter && chunk[index + 1] === key.newline;
        this.rest = Buffer.from(chunk.subarray(index + (pair ? 2 : 1)));
        return true;
      }
      this.#edit(byte);
    }
    return false;
  }

  value(): Buffer {
    const value = Buffer.from(this.#bytes);
    this.#bytes.fill(0);
    return value;
  }

  #edit(byte: number): void {
    if (byte === key.clear) this.#bytes.length = 0;
    else if (byte === key.backspace || byte === del) this.#removeCharacter();
    else if (byte >= 0x20) this.#bytes.push(byte);
  }

  #removeCharacter(): void {
    // A character of UTF-8 is its lead byte and the continuation bytes (10xxxxxx) behind it.
    let byte = this.#bytes.pop();
    while (byte !== undefined && (byte & 0xc0) === 0x80) byte = this.#bytes.pop();
  }
}
