/**
 * One change of a value as one change of the text that holds it, as small as a careful person would make it: everything
 * that the change does not speak of keeps its bytes, comments and layout included.
 *
 * The `yaml` package says where each value stands. Its own printer is not used for what is there already: it would lay
 * the whole entry out anew.
 */
import { isMap, isNode, isPair, isScalar, isSeq, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Change, Plain } from './change.ts';
import { type Found, find, type Splice } from './find.ts';
import * as places from './places.ts';
import { blockLines, flowText, type Layout, scalarText } from './print.ts';
import { removal } from './remove.ts';

/** The order in which keys are written; a new key comes behind those that stand before it here. */
export type KeyOrder = readonly string[];

interface Context {
  readonly text: string;
  readonly layout: Layout;
  readonly order: KeyOrder;
}

/** The splices for a change, or undefined where this layout has to be edited by hand. */
export function splicesOf(text: string, change: Change, order: KeyOrder = []): readonly Splice[] | undefined {
  const document = parseDocument(text, { schema: 'core', keepSourceTokens: true, logLevel: 'silent' });
  if (document.errors.length > 0) return undefined;
  const context = { text, layout: places.layoutOf(document.contents, text), order };
  const found = find(document.contents, change.path);
  if (found === undefined) return undefined;
  return change.kind === 'remove' ? removal(text, found) : addition(context, found, change);
}

function addition(context: Context, found: Found, change: Change & { value: Plain }): Splice[] | undefined {
  const { node, missing, parents, steps } = found;
  const value = missing.reduceRight<Plain>(
    (inner, key) => ({ [key]: inner }),
    change.kind === 'append' && (missing.length > 0 || !isSeq(node)) ? [change.value] : change.value,
  );
  const last = parents.at(-1);
  if (missing.length > 0 && node === undefined) {
    const [key] = missing;
    if (key === undefined || !isMap(last)) return undefined;
    return insertPair(
      context,
      last,
      parents,
      key,
      (value as Readonly<Record<string, Plain>>)[key] ?? null,
      steps.at(-1),
    );
  }
  if (missing.length === 0 && change.kind === 'append' && isSeq(node)) {
    return appendItem(context, node, [...parents, node], change.value, steps.at(-1));
  }
  if (change.kind === 'append' && missing.length === 0 && !places.isNull(node)) return undefined;
  return replace(context, node, parents, steps.at(-1), value);
}

/** A value in the place of another. */
function replace(
  context: Context,
  node: unknown,
  parents: Found['parents'],
  step: unknown,
  value: Plain,
): Splice[] | undefined {
  const [start, end] = places.rangeOf(node);
  const inFlow = places.isInFlow(parents);
  const simple = typeof value !== 'object' || value === null;
  if (isScalar(node) && !places.isAbsent(node) && simple && !/[\r\n]/.test(context.text.slice(start, end))) {
    return [{ start, end, text: scalarText(value, node.type, inFlow) }];
  }
  if (inFlow) return isNode(node) && !places.isAbsent(node) ? [{ start, end, text: flowText(value) }] : undefined;
  const parent = parents.at(-1);
  if (!isMap(parent) || !isPair(step)) return undefined;
  return replaceBehindKey(context, parent, step, value);
}

/** Writes a pair's value anew, in block style; the key and what is above it stay. */
function replaceBehindKey(context: Context, parent: YAMLMap, pair: Pair, value: Plain): Splice[] | undefined {
  const { text } = context;
  const column = places.columnOf(parent);
  const colon = places.colonOf(pair, text);
  if (column === undefined || colon === undefined) return undefined;
  const [, ...rest] = blockLines({ k: value }, context.layout);
  const first = blockLines({ k: value }, context.layout)[0]?.slice(2) ?? '';
  const end = places.endOf(pair, text);
  const from = places.isAbsent(pair.value) ? colon : Math.min(places.rangeOf(pair.value)[0], end);
  // A comment behind the key stays there: the value's lines begin below it.
  const below = places.behindLine(text, colon);
  const lines = rest.map((line) => `${' '.repeat(column)}${line}`);
  if (lines.length === 0) return [{ start: colon, end: Math.max(end, colon), text: first }];
  const insert = linesAt(context, below, lines);
  if (from >= below) return [{ start: below, end: places.behindLine(text, end), text: insert.text }];
  return end > colon ? [{ start: trimBlanks(text, colon, from), end, text: '' }, insert] : [insert];
}

function trimBlanks(text: string, from: number, to: number): number {
  return text.slice(from, to).trim() === '' ? from : to;
}

/** Whole lines at the beginning of a line; at the end of a text without a last newline, behind one. */
function linesAt({ text, layout }: Context, offset: number, lines: readonly string[]): Splice {
  const { newline } = layout;
  const open = offset === text.length && offset > 0 && !text.endsWith('\n');
  const body = lines.join(newline);
  return { start: offset, end: offset, text: open ? `${newline}${body}` : `${body}${newline}` };
}

function insertPair(
  context: Context,
  map: YAMLMap,
  parents: Found['parents'],
  key: string,
  value: Plain,
  step: unknown,
): Splice[] | undefined {
  const { text, layout } = context;
  const column = places.columnOf(map);
  const before = map.items[positionOf(map, key, context.order)];
  if (column === undefined) {
    const pair = flowText({ [key]: value }).slice(1, -1);
    if (before !== undefined) {
      const at = places.endOf(before, text);
      return [{ start: at, end: at, text: `, ${pair}` }];
    }
    // An empty `{}` where lines may follow: a person would open it up.
    if (!places.isInFlow(parents.slice(0, -1)) && isPair(step)) {
      const outer = parents.at(-2);
      return isMap(outer) ? replaceBehindKey(context, outer, step, { [key]: value }) : undefined;
    }
    const [start] = places.rangeOf(map);
    return [{ start: start + 1, end: start + 1, text: pair }];
  }
  if (before === undefined) return undefined;
  const lines = blockLines({ [key]: value }, layout).map((line) => `${' '.repeat(column)}${line}`);
  const at = places.behindComments(text, places.behindLine(text, places.endOf(before, text)), column);
  return [linesAt(context, at, lines)];
}

/** Index of the pair behind which a new key goes. */
function positionOf(map: YAMLMap, key: string, order: KeyOrder): number {
  const rank = order.indexOf(key);
  const names = map.items.map(({ key: name }) => (isScalar(name) ? String(name.value) : ''));
  if (rank < 0) return names.length - 1;
  const earlier = names.findLastIndex((name) => order.includes(name) && order.indexOf(name) < rank);
  return earlier < 0 ? names.length - 1 : earlier;
}

function appendItem(
  context: Context,
  list: YAMLSeq,
  parents: Found['parents'],
  value: Plain,
  step: unknown,
): Splice[] | undefined {
  const { text, layout } = context;
  const column = places.columnOf(list);
  const last = list.items.at(-1);
  if (column === undefined) {
    if (last !== undefined) {
      const at = places.endOf(last, text);
      return [{ start: at, end: at, text: `, ${flowText(value)}` }];
    }
    const outer = parents.at(-2);
    if (!places.isInFlow(parents.slice(0, -1)) && isPair(step) && isMap(outer)) {
      return replaceBehindKey(context, outer, step, [value]);
    }
    const [start] = places.rangeOf(list);
    return [{ start: start + 1, end: start + 1, text: flowText(value) }];
  }
  const gap = gapOf(list, column, text);
  const lines = blockLines(value, layout).map(
    (line, index) => `${' '.repeat(column)}${index === 0 ? `-${' '.repeat(gap - 1)}` : ' '.repeat(gap)}${line}`,
  );
  const at = places.behindComments(text, places.behindLine(text, places.endOf(last, text)), column);
  return [linesAt(context, at, apart(list, text) ? ['', ...lines] : lines)];
}

/** Columns from the dash to the item, as the list's items have it. */
function gapOf(list: YAMLSeq, column: number, text: string): number {
  const [first] = list.items;
  if (!isMap(first)) return 2;
  const [start] = places.rangeOf(first);
  const gap = start - places.lineStart(text, start) - column;
  return gap >= 2 && text[start - gap] === '-' ? gap : 2;
}

/** Whether a blank line stands between the last two items. */
function apart(list: YAMLSeq, text: string): boolean {
  const [before, last] = list.items.slice(-2);
  if (before === undefined || last === undefined) return false;
  const between = text.slice(places.endOf(before, text), places.rangeOf(last)[0]);
  return /\n[ \t]*\r?\n/.test(between);
}

/** The text after splices that do not overlap. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const ordered = [...splices].sort((a, b) => b.start - a.start);
  return ordered.reduce((before, { start, end, text: put }) => before.slice(0, start) + put + before.slice(end), text);
}
