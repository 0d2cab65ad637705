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
  readonly items: readonly Chunk[];
}

const HEAD = /^(?:(?:#[^\n]*|[ \t]*)\n)*(?:---[ \t]*\n(?:(?:#[^\n]*|[ \t]*)\n)*)?models:[ \t]*(?:#[^\n]*)?\n/;

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
  const items = starts.map((start, index) => ({ start, text: text.slice(start, starts[index + 1] ?? text.length) }));
  return { head: text.slice(0, starts[0]), items };
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
