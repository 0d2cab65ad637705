/** Where the parts of a YAML text begin and end, by lines, as an edit needs to know it. */
import {
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Layout } from './print.ts';

/** Blanks before a block collection's keys or dashes; undefined for one in `{…}` or `[…]`. */
export function columnOf(node: YAMLMap | YAMLSeq): number | undefined {
  const token = node.srcToken;
  return token?.type === 'block-map' || token?.type === 'block-seq' ? token.indent : undefined;
}

/** Where the last thing of a value stands, without what follows it on its line. */
export function endOf(node: unknown, text: string): number {
  if (isPair(node))
    return isNode(node.value) && !isAbsent(node.value) ? endOf(node.value, text) : endOf(node.key, text);
  if ((isMap(node) || isSeq(node)) && columnOf(node) !== undefined) {
    const last: unknown = node.items.at(-1);
    return last === undefined ? rangeOf(node)[0] : endOf(last, text);
  }
  const [start, end] = rangeOf(node);
  if (!isScalar(node) || (node.type !== Scalar.BLOCK_LITERAL && node.type !== Scalar.BLOCK_FOLDED)) return end;
  // Blank lines behind a block scalar belong to it only where its header says so.
  const keeps = /^[|>][^\r\n]*\+/.test(text.slice(start, start + 8));
  return keeps ? end : start + text.slice(start, end).trimEnd().length;
}

/** A value that is not written at all: `key:` and the end of the line. */
export function isAbsent(node: unknown): boolean {
  return (
    isScalar(node) &&
    node.value === null &&
    node.range !== undefined &&
    node.range !== null &&
    node.range[0] === node.range[1]
  );
}

export function rangeOf(node: unknown): readonly [number, number] {
  const range = isNode(node) ? node.range : undefined;
  return range ? [range[0], range[1]] : [0, 0];
}

/** Offset behind the line in which `offset` lies, its end included. */
export function behindLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline + 1;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Behind the comments that follow and stand deeper than `column`: they speak of what is above them. */
export function behindComments(text: string, offset: number, column: number): number {
  let at = offset;
  for (let line = /^( *)#[^\n]*(?:\n|$)/.exec(text.slice(at)); line !== null; ) {
    if ((line[1] ?? '').length <= column) break;
    at += line[0].length;
    line = /^( *)#[^\n]*(?:\n|$)/.exec(text.slice(at));
  }
  return at;
}

/** How a document is laid out, by its first mapping in a mapping and its first list in one. */
export function layoutOf(node: Node | null, text: string): Layout {
  let step: number | undefined;
  let deepLists: boolean | undefined;
  const walk = (one: unknown): void => {
    if (!isMap(one) && !isSeq(one)) return;
    const column = columnOf(one);
    for (const item of one.items as readonly unknown[]) {
      const value = isPair(item) ? (item as Pair).value : item;
      const inner = isMap(value) || isSeq(value) ? columnOf(value) : undefined;
      if (isMap(one) && column !== undefined && inner !== undefined) {
        if (isMap(value)) step ??= inner - column;
        else deepLists ??= inner > column;
      }
      walk(value);
    }
  };
  walk(node);
  return { step: step ?? 2, deepLists: deepLists ?? true, newline: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** Whether something inside these collections stands in `{…}` or `[…]`. */
export function isInFlow(parents: readonly unknown[]): boolean {
  return parents.some(
    (parent) => (isMap(parent) || isSeq(parent)) && isCollection(parent) && columnOf(parent) === undefined,
  );
}

export function isNull(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

/** Offset behind the colon of a pair; undefined where a key is written in another way. */
export function colonOf({ key, value }: Pair, text: string): number | undefined {
  const [, end] = rangeOf(key);
  const colon = text.indexOf(':', end);
  const [start] = isNode(value) && !isAbsent(value) ? rangeOf(value) : [text.length];
  return colon < 0 || colon >= start || text.slice(end, colon).trim() !== '' ? undefined : colon + 1;
}
