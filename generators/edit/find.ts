/** Follows a path into a parsed document. */
import { isMap, isPair, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Pointer } from '../problem.ts';
import { isNull } from './places.ts';

/** Replaces the text from `start` to `end`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The way down a path, as far as it goes. */
export interface Found {
  /** Collections from the root on; the last holds the place. */
  readonly parents: readonly (YAMLMap | YAMLSeq)[];
  /** Pairs and items on the way, by which each next parent was reached. */
  readonly steps: readonly unknown[];
  /** The value at the end of the way. */
  readonly node: unknown;
  /** Steps of the path for which there is nothing yet. */
  readonly missing: readonly string[];
}

/** Undefined where the path leads through something that is no collection. */
export function find(contents: unknown, path: Pointer): Found | undefined {
  const parents: (YAMLMap | YAMLSeq)[] = [];
  const steps: unknown[] = [];
  let node: unknown = contents;
  for (const [depth, step] of path.entries()) {
    if (!isMap(node) && !isSeq(node)) return isNull(node) ? missingFrom(depth) : undefined;
    const index = isMap(node)
      ? node.items.findIndex(({ key }) => isScalar(key) && String(key.value) === String(step))
      : Number(step);
    const item: unknown = node.items[index];
    if (item === undefined) {
      if (!isMap(node)) return undefined;
      return { parents: [...parents, node], steps, node: undefined, missing: path.slice(depth).map(String) };
    }
    parents.push(node);
    steps.push(item);
    node = isPair(item) ? item.value : item;
  }
  return { parents, steps, node, missing: [] };

  function missingFrom(depth: number): Found {
    return { parents, steps, node, missing: path.slice(depth).map(String) };
  }
}
