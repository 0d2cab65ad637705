/** Takes a pair or an item out of a text, with its lines. */
import { isMap, isNode, isPair, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Found, Splice } from './find.ts';
import * as places from './places.ts';

/** Undefined where the thing shares its lines with something else. */
export function removal(text: string, { parents, steps, missing }: Found): Splice[] | undefined {
  const [parent, step] = [parents.at(-1), steps.at(-1)];
  if (missing.length > 0 || parent === undefined || step === undefined) return undefined;
  const key: unknown = isPair(step) ? step.key : step;
  const start = isNode(key) ? places.rangeOf(key)[0] : -1;
  if (places.columnOf(parent) === undefined) return [removalInFlow(parent, step, start, text)];
  const from = places.lineStart(text, start);
  // Nothing but blanks and the item's own dash may stand before it on its line.
  if (!(isSeq(parent) ? /^ *- *$/ : /^ *$/).test(text.slice(from, start))) return undefined;
  const lines = { start: from, end: places.behindLine(text, places.endOf(step, text)), text: '' };
  if (parent.items.length > 1) return [lines];
  const outer: unknown = steps.at(-2);
  const colon = isPair(outer) ? places.colonOf(outer, text) : undefined;
  if (colon === undefined || places.isInFlow(parents)) return undefined;
  return [{ start: colon, end: colon, text: isMap(parent) ? ' {}' : ' []' }, lines];
}

/** With one comma: the one before it, or for the first the one behind. */
function removalInFlow(parent: YAMLMap | YAMLSeq, step: unknown, start: number, text: string): Splice {
  const items: readonly unknown[] = parent.items;
  const index = items.indexOf(step);
  const [before, next] = [items[index - 1], items[index + 1]];
  if (before !== undefined) return { start: places.endOf(before, text), end: places.endOf(step, text), text: '' };
  const nextKey: unknown = isPair(next) ? next.key : next;
  return { start, end: isNode(nextKey) ? places.rangeOf(nextKey)[0] : places.endOf(step, text), text: '' };
}
