/** A parsed file that still knows where each of its values stands. */
import type { Document } from 'yaml';
import { fault, type Pointer, type Staged, type Where } from '../problem.ts';
import { type Chunked, cutEntries } from './chunks.ts';
import { documentOf, offsetOf, parseEntry, parseYaml } from './yaml.ts';

/** A place as people count it: lines and columns from 1, and the text of the line. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Line and column of a place in this file. Positions are found only when asked for: most runs never need one. */
  locate(where: Where): Position;
}

/** Values of entries parsed before, by their text: an unchanged entry is not parsed again. */
export type EntryMemo = Map<string, unknown>;

/** Parses any YAML file of people's. `text` undefined means that there is no such file. */
export function parseSource(file: string, text: string | undefined): Staged<Source> {
  if (text === undefined) {
    const problem = fault(
      'FILE_MISSING',
      { file },
      `Cannot find "${file}"`,
      file.startsWith('clusters/') ? 'Create it, or remove its folder' : 'Create it, or run from the project folder',
    );
    return { problems: [problem] };
  }
  const { value, problems } = parseYaml(file, text);
  return { value: sourceOf(file, text, value, undefined), problems };
}

/** Parses the registry entry by entry; falls back to the whole document where the layout asks for it. */
export function parseRegistry(file: string, text: string | undefined, memo: EntryMemo = new Map()): Staged<Source> {
  const chunks = text === undefined ? undefined : cutEntries(text);
  if (text === undefined || chunks === undefined) return parseSource(file, text);
  const models: unknown[] = [];
  const next: EntryMemo = new Map();
  for (const { text: entry } of chunks.items) {
    const known = memo.get(entry);
    const parsed = known === undefined ? parseEntry(entry) : { value: known };
    if (parsed === undefined) return parseSource(file, text);
    models.push(parsed.value);
    next.set(entry, parsed.value);
  }
  memo.clear();
  for (const [entry, value] of next) memo.set(entry, value);
  return { value: sourceOf(file, text, { models }, chunks), problems: [] };
}

function sourceOf(file: string, text: string, value: unknown, chunks: Chunked | undefined): Source {
  let whole: Document | undefined;
  const pieces = new Map<number, Document>();
  const inWhole = (pointer: Pointer, key: boolean): number => {
    whole ??= documentOf(text);
    return offsetOf(whole, pointer, key);
  };
  const inChunk = (pointer: Pointer, key: boolean): number | undefined => {
    const index = pointer[1];
    const chunk = pointer[0] === 'models' && typeof index === 'number' ? chunks?.items[index] : undefined;
    if (chunk === undefined) return undefined;
    const piece = pieces.get(chunk.start) ?? documentOf(chunk.text);
    pieces.set(chunk.start, piece);
    return chunk.start + offsetOf(piece, [0, ...pointer.slice(2)], key);
  };
  const locate = (where: Where): Position => {
    const pointer = where.pointer ?? [];
    const key = where.key ?? false;
    return positionOf(text, where.offset ?? inChunk(pointer, key) ?? inWhole(pointer, key));
  };
  return { file, value, locate };
}

/** Line and column of an offset. */
export function positionOf(text: string, offset: number): Position {
  const at = Math.max(0, Math.min(offset, text.length));
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  let line = 1;
  for (let from = text.indexOf('\n'); from >= 0 && from < at; from = text.indexOf('\n', from + 1)) line += 1;
  return { line, column: at - start + 1, text: text.slice(start, end < 0 ? text.length : end) };
}
