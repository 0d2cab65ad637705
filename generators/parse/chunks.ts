/**
 * Cuts a registry into its entries before parsing.
 *
 * A registry of 30,000 models as one YAML document needs gigabytes of nodes; cut into entries it needs one entry's
 * worth, and an entry whose text has not changed need not be parsed again. The cut is made only where YAML's own
 * indentation rule makes it safe; any other layout returns undefined and is parsed whole.
 */

export interface Chunk {
  readonly text: string;
  /** Offset of `text` in the file, in UTF-16 units. */
  readonly start: number;
}

export interface Chunked {
  /** Everything up to the first entry. */
  readonly head: string;
  /** Blanks before each entry's dash. */
  readonly indent: number;
  readonly items: readonly Chunk[];
}

/** A cut that has kept what an edit did not touch: entries before `from` are the same, and so are the last `rest`. */
export interface Recut extends Chunked {
  readonly from: number;
  readonly rest: number;
}

const HEAD = /^(?:(?:#[^\n]*|[ \t]*)\n)*(?:---[ \t]*\n(?:(?:#[^\n]*|[ \t]*)\n)*)?models:(?:[ \t]*|[ \t]+#[^\n]*)\n/;

/**
 * Cuts `text` at each `- ` of the block sequence under the top-level key `models`.
 *
 * Safe because a scalar's continuation lines must be indented deeper than its parent (YAML 1.2.2, 6.1 and 8.1.1.1), so
 * a line that has exactly the sequence's indentation and begins with `- ` always starts an entry.
 */
export function cutEntries(text: string): Chunked | undefined {
  const head = HEAD.exec(text)?.[0];
  if (head === undefined || text.includes('\t') || text.includes('\r')) return undefined;
  const first = /(?:^|\n)( *)- /g;
  first.lastIndex = head.length - 1;
  const match = first.exec(text);
  if (match === null) return undefined;
  const indent = (match[1] ?? '').length;
  const starts = entryStarts(text, head.length, indent);
  if (starts === undefined || starts.length === 0) return undefined;
  // Anything but comments before the first entry is content that no entry would hold.
  if (!/^(?: *(?:#[^\n]*)?\n)*$/.test(text.slice(head.length, starts[0]))) return undefined;
  return { head: text.slice(0, starts[0]), indent, items: cutAt(text, starts, 0) };
}

/** Cuts `text` where only a part of it differs from `before`: the work is that of the part. */
export function recutEntries(before: string, chunked: Chunked, text: string): Recut | undefined {
  const { head, indent, items } = chunked;
  const same = commonStart(before, text);
  const tail = Math.min(commonEnd(before, text), Math.min(before.length, text.length) - same);
  const shift = text.length - before.length;
  // An entry that begins in the common start begins there still; with its dash, so that nothing behind it can undo that.
  let from = firstIndex(items, ({ start }) => start + indent + 2 > same) - 1;
  if (from < 0) return undefined;
  const rest = firstIndex(items, ({ start }) => start - 1 >= before.length - tail);
  from = Math.min(from, rest);
  const begin = items[from]?.start ?? 0;
  const end = rest < items.length ? (items[rest]?.start ?? 0) + shift : text.length;
  const middle = detached(text.slice(begin, end));
  if (middle.includes('\t') || middle.includes('\r')) return undefined;
  const starts = entryStarts(middle, 0, indent);
  if (starts === undefined || (starts[0] ?? 0) !== 0 || from + starts.length + items.length - rest === 0)
    return undefined;
  const changed = cutAt(middle, starts, begin);
  const last = items.slice(rest);
  const moved = shift === 0 ? last : last.map((item) => ({ start: item.start + shift, text: item.text }));
  return { head, indent, items: [...items.slice(0, from), ...changed, ...moved], from, rest: last.length };
}

/** A copy. A slice would keep the whole file that it was cut from in memory for as long as it is remembered. */
function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function cutAt(text: string, starts: readonly number[], offset: number): Chunk[] {
  return starts.map((start, index) => ({
    start: start + offset,
    text: text.slice(start, starts[index + 1] ?? text.length),
  }));
}

/** Index of the first item for which `test` holds; it must hold for all behind it too. */
function firstIndex<T>(items: readonly T[], test: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && test(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Length of the common start; comparing slices is many times as fast as comparing characters. */
function commonStart(a: string, b: string): number {
  return longest(Math.min(a.length, b.length), (from, to) => a.slice(from, to) === b.slice(from, to));
}

function commonEnd(a: string, b: string): number {
  const part = (text: string, from: number, to: number) => text.slice(text.length - to, text.length - from);
  return longest(Math.min(a.length, b.length), (from, to) => part(a, from, to) === part(b, from, to));
}

/** The greatest length up to which everything is the same, by halving; what has been compared is not compared again. */
function longest(limit: number, same: (from: number, to: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (same(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Offsets of the lines that start an entry, or undefined when a line does not belong to the sequence. */
function entryStarts(text: string, from: number, indent: number): number[] | undefined {
  const starts: number[] = [];
  for (let line = from; line < text.length; ) {
    const newline = text.indexOf('\n', line);
    const end = newline < 0 ? text.length : newline;
    let column = line;
    while (column < end && text.charCodeAt(column) === 32) column += 1;
    const depth = column - line;
    const blank = column === end || text.charCodeAt(column) === 35;
    if (!blank && depth <= indent) {
      const dash = text.charCodeAt(column) === 45;
      const next = text.charCodeAt(column + 1);
      if (depth < indent || !dash || !(next === 32 || column + 1 === end)) return undefined;
      starts.push(line);
    }
    line = end + 1;
  }
  return starts;
}
