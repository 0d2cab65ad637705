/** A parsed file that still knows where each of its values stands. */
import type { Document } from 'yaml';
import { fault, type Pointer, type Staged, type Where } from '../problem.ts';
import { type Chunked, cutEntries, recutEntries } from './chunks.ts';
import { readQuickly } from './quick.ts';
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

/** What the last parse found: an entry that an edit did not touch is not parsed again, and its value is the very same. */
export interface EntryMemo {
  last?: { readonly text: string; readonly chunks: Chunked; readonly models: readonly unknown[] };
}

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
export function parseRegistry(file: string, text: string | undefined, memo: EntryMemo = {}): Staged<Source> {
  if (text === undefined) return parseSource(file, text);
  const { last } = memo;
  const recut = last === undefined ? undefined : recutEntries(last.text, last.chunks, text);
  const chunks = recut ?? cutEntries(text);
  if (chunks === undefined) return parseSource(file, text);
  const before = last !== undefined && recut !== undefined ? last.models.slice(0, recut.from) : [];
  const behind = last !== undefined && recut?.rest ? last.models.slice(-recut.rest) : [];
  const changed = chunks.items.slice(before.length, chunks.items.length - behind.length);
  const known = new Map<string, unknown>();
  for (
    let index = before.length;
    last !== undefined && recut !== undefined && index < last.models.length - recut.rest;
    index += 1
  ) {
    known.set(last.chunks.items[index]?.text ?? '', last.models[index]);
  }
  const parsed: unknown[] = [];
  for (const chunk of changed) {
    const same = known.get(chunk.text);
    if (same !== undefined) {
      parsed.push(same);
      continue;
    }
    const read = readQuickly(chunk.text) ?? parseEntry(chunk.text);
    if (read === undefined) return parseSource(file, text);
    parsed.push(read.value);
  }
  const models = [...before, ...parsed, ...behind];
  memo.last = { text, chunks, models };
  return { value: sourceOf(file, text, { models }, chunks), problems: [] };
}

function sourceOf(file: string, text: string, value: unknown, chunks: Chunked | undefined): Source {
  let whole: Document | undefined;
  // Problems come entry by entry: one parsed piece is enough, and thousands would not fit in memory.
  let piece: { readonly start: number; readonly document: Document } | undefined;
  let starts: readonly number[] | undefined;
  const inWhole = (pointer: Pointer, key: boolean): number => {
    whole ??= documentOf(text);
    return offsetOf(whole, pointer, key);
  };
  const inChunk = (pointer: Pointer, key: boolean): number | undefined => {
    const index = pointer[1];
    const chunk = pointer[0] === 'models' && typeof index === 'number' ? chunks?.items[index] : undefined;
    if (chunk === undefined) return undefined;
    if (piece?.start !== chunk.start) piece = { start: chunk.start, document: documentOf(chunk.text) };
    return chunk.start + offsetOf(piece.document, [0, ...pointer.slice(2)], key);
  };
  const locate = (where: Where): Position => {
    const pointer = where.pointer ?? [];
    const key = where.key ?? false;
    starts ??= lineStarts(text);
    return positionOf(text, where.offset ?? inChunk(pointer, key) ?? inWhole(pointer, key), starts);
  };
  return { file, value, locate };
}

/** Line and column of an offset. `starts` are the offsets of the lines, for whoever asks more than once. */
export function positionOf(text: string, offset: number, starts: readonly number[] = lineStarts(text)): Position {
  const at = Math.max(0, Math.min(offset, text.length));
  let line = 1;
  for (let after = starts.length; after - line > 0; ) {
    const middle = (line + after) >> 1;
    if ((starts[middle] ?? 0) <= at) line = middle + 1;
    else after = middle;
  }
  const start = starts[line - 1] ?? 0;
  const end = text.indexOf('\n', at);
  return { line, column: at - start + 1, text: text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '') };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
