/** Tables in files: read piece by piece, so that a large one never stands whole in memory. */
import Papa from 'papaparse';
import type { Row } from '../model/csv.ts';
import { texts } from '../texts.ts';

const PIECE = 256 * 1024;
const PREVIEW = 6;

export function parseRows(text: string): string[][] {
  return Papa.parse<string[]>(text, { skipEmptyLines: 'greedy' }).data;
}

/** The first rows. Throws with a sentence when it is no table. */
export async function previewFile(file: File): Promise<readonly Row[]> {
  const head = await file.slice(0, 64 * 1024).text();
  if (head.trim() === '') throw new Error(texts.csv.empty);
  if (head.includes('\u0000')) throw new Error(texts.csv.notText);
  const { data } = Papa.parse<string[]>(head, { preview: PREVIEW, skipEmptyLines: 'greedy' });
  if (data.length === 0) throw new Error(texts.csv.empty);
  return data;
}

export interface Piece {
  readonly rows: readonly Row[];
  /** Bytes read so far. */
  readonly read: number;
}

/** The rows of a file in pieces; the next piece is read when it is asked for. Leaving the loop stops reading. */
export async function* streamRows(file: File): AsyncGenerator<Piece> {
  let parser: Papa.Parser | undefined;
  let deliver: ((piece: Piece | undefined) => void) | undefined;
  let fail: ((error: Error) => void) | undefined;
  const next = (): Promise<Piece | undefined> =>
    new Promise((resolve, reject) => {
      deliver = resolve;
      fail = reject;
    });
  let coming = next();
  Papa.parse<string[]>(file, {
    skipEmptyLines: 'greedy',
    chunkSize: PIECE,
    chunk: ({ data, meta }, self) => {
      parser = self;
      self.pause();
      deliver?.({ rows: data, read: meta.cursor });
    },
    complete: () => deliver?.(undefined),
    error: (error) => fail?.(error),
  });
  try {
    for (;;) {
      const piece = await coming;
      if (piece === undefined) return;
      yield piece;
      coming = next();
      // Papa Parse resumes inside of this call: what it delivers must find the promise above.
      parser?.resume();
    }
  } finally {
    parser?.abort();
  }
}

/** One piece of a table as text, with its line ends. */
export function printRows(rows: readonly Row[]): string {
  return rows.length === 0 ? '' : `${Papa.unparse(rows as string[][], { newline: '\n' })}\n`;
}

/** This file, which is loaded when somebody gives a table: its parser is larger than most panels. */
export type CsvFiles = typeof import('./csv-file.ts');
