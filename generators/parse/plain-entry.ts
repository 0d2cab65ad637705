/**
 * Reads the plain form in which nearly every registry entry is written, ten times as fast as a general parser and more.
 *
 * It knows block mappings and sequences whose keys are words, and values on one line: words, numbers, quoted text
 * without escapes, flow lists and mappings. Each line must be of a form that YAML 1.2 reads in one way only; at the
 * first that is not (comments behind values, texts over several lines, tags, anchors, odd numbers, repeated keys), the
 * answer is undefined and the `yaml` package reads the entry. `plain-entry.test.ts` holds the two together.
 */

/** What can be read, or the sign that the general parser must. */
type Read = { readonly value: unknown } | undefined;
type Fields = Record<string, unknown>;

/** A word as a key, its colon, and the blanks up to the value. */
const KEY = /([A-Za-z_][-A-Za-z0-9_./]{0,250}):(?: +|(?=\n|$))/y;
/** A plain scalar of a block: nothing in it can start a comment, a mapping or a line. */
const WORDS = /^[A-Za-z_/](?:[^#:\p{Cc}\p{Zl}\p{Zp}\p{Cs}\uFEFF]|:(?=[^ #]))*$/u;
/** The same within a flow collection, where more characters have a meaning. */
const FLOW_WORDS = /[A-Za-z_/][-A-Za-z0-9_./ %+=()]*/y;
const FLOW_DIGITS = /-?[0-9][-A-Za-z0-9_.]*/y;
const QUOTED = /"([^"\\\n\p{Cc}\p{Cs}]*)"|'([^'\n\p{Cc}\p{Cs}]*)'/uy;
/** Decimal numbers that every reader takes for the same number. */
const NUMBER = /^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?$/;
/** Text that begins with a digit, as digests and quantities do, and is no number in any base or notation. */
const DIGIT_WORD = /^(?!0[ox]|[0-9]+[eE][-0-9]*$)[0-9]+[A-Za-z][-A-Za-z0-9_]*$/;
/** Words that the core schema reads as something else than text. */
const RESOLVED = /^(?:null|true|false)$/i;

/** Reads a block sequence of one entry; undefined where it is not in the plain form. */
export function readPlainEntry(text: string): Read {
  const cursor = new Cursor(text);
  const list = cursor.indent === undefined ? undefined : cursor.readList(cursor.indent);
  return list?.length === 1 && cursor.indent === undefined ? { value: list[0] } : undefined;
}

/** A place in the text: the line that comes next, without blank and comment lines. */
class Cursor {
  /** Column of the next line's first character; undefined at the end of the text. */
  indent: number | undefined;
  private start = 0;
  private end = -1;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.nextLine();
  }

  /** Reads the items at one indentation; undefined at anything that is not plain. */
  readList(indent: number): unknown[] | undefined {
    const list: unknown[] = [];
    while (this.indent === indent && this.text.startsWith('- ', this.start)) {
      let column = indent + 2;
      this.start += 2;
      for (; this.text.charCodeAt(this.start) === 32; this.start += 1) column += 1;
      KEY.lastIndex = this.start;
      const item = KEY.test(this.text) ? this.readMap(column) : this.readLine(indent);
      if (item === undefined) return undefined;
      list.push(item.value);
    }
    return list.length > 0 && (this.indent ?? -1) <= indent ? list : undefined;
  }

  /** Reads the fields at one indentation, the first of which may stand behind a dash. */
  private readMap(indent: number): Read {
    const fields: Fields = {};
    this.indent = indent;
    while (this.indent === indent) {
      KEY.lastIndex = this.start;
      const key = KEY.exec(this.text)?.[1];
      if (key === undefined || unfit(key, fields)) return undefined;
      this.start = KEY.lastIndex;
      const field = this.start >= this.end ? this.readNested(indent) : this.readLine(indent);
      if (field === undefined) return undefined;
      fields[key] = field.value;
    }
    return (this.indent ?? -1) < indent ? { value: fields } : undefined;
  }

  /** Reads the block below a key: deeper than the key. */
  private readNested(indent: number): Read {
    this.nextLine();
    const inner = this.indent;
    if (inner === undefined || inner <= indent) return undefined;
    if (!this.text.startsWith('- ', this.start)) return this.readMap(inner);
    const list = this.readList(inner);
    return list === undefined ? undefined : { value: list };
  }

  /** Reads a value that ends with its line; a deeper line behind it would continue it. */
  private readLine(indent: number): Read {
    const value = readValue(trimBlanks(this.text.slice(this.start, this.end)));
    this.nextLine();
    return (this.indent ?? -1) <= indent ? value : undefined;
  }

  private nextLine(): void {
    const { text } = this;
    for (let line = this.end + 1; line < text.length; line = this.end + 1) {
      const newline = text.indexOf('\n', line);
      this.end = newline < 0 ? text.length : newline;
      let column = line;
      while (text.charCodeAt(column) === 32) column += 1;
      if (column >= this.end || text.charCodeAt(column) === 35) continue;
      this.start = column;
      this.indent = column - line;
      return;
    }
    this.indent = undefined;
  }
}

/** Keys that are read as something else, that JavaScript treats in its own way, or that were there before. */
function unfit(key: string, fields: Fields): boolean {
  return key in fields || RESOLVED.test(key);
}

function readValue(text: string): Read {
  const first = text.charAt(0);
  if (first === '"' || first === "'" || first === '[' || first === '{') {
    const flow = new Flow(text);
    const read = flow.readItem();
    return flow.at === text.length ? read : undefined;
  }
  return WORDS.test(text) ? readWord(text) : readNumber(text);
}

/** Cuts off blanks only: YAML keeps the other white space that `trimEnd` would take too. */
function trimBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 32) end -= 1;
  return text.slice(0, end);
}

function readWord(text: string): Read {
  return RESOLVED.test(text) ? undefined : { value: text };
}

function readNumber(text: string): Read {
  if (NUMBER.test(text)) return { value: Number(text) };
  return DIGIT_WORD.test(text) ? { value: text } : undefined;
}

/** A flow collection or a quoted text on one line. */
class Flow {
  at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  readItem(): Read {
    const first = this.text.charAt(this.at);
    if (first === '[') return this.readList();
    if (first === '{') return this.readMap();
    const quoted = this.match(QUOTED);
    if (quoted !== undefined) return { value: quoted.slice(1, -1) };
    const words = this.match(FLOW_WORDS);
    if (words !== undefined) return readWord(trimBlanks(words));
    const digits = this.match(FLOW_DIGITS);
    return digits === undefined ? undefined : readNumber(digits);
  }

  private readList(): Read {
    const list: unknown[] = [];
    if (this.ends(']')) return { value: list };
    do {
      const item = this.readItem();
      if (item === undefined) return undefined;
      list.push(item.value);
    } while (this.continues());
    return this.ends(']', 0) ? { value: list } : undefined;
  }

  private readMap(): Read {
    const fields: Fields = {};
    if (this.ends('}')) return { value: fields };
    do {
      KEY.lastIndex = this.at;
      const key = KEY.exec(this.text)?.[1];
      if (key === undefined || unfit(key, fields)) return undefined;
      this.at = KEY.lastIndex;
      const item = this.readItem();
      if (item === undefined) return undefined;
      fields[key] = item.value;
    } while (this.continues());
    return this.ends('}', 0) ? { value: fields } : undefined;
  }

  /** Steps over a comma and the blanks around it. */
  private continues(): boolean {
    this.skipBlanks();
    if (this.text.charAt(this.at) !== ',') return false;
    this.at += 1;
    this.skipBlanks();
    return true;
  }

  /** Steps over the opening bracket, and over the closing one where it follows. */
  private ends(bracket: ']' | '}', opening: 0 | 1 = 1): boolean {
    this.at += opening;
    this.skipBlanks();
    if (this.text.charAt(this.at) !== bracket) return false;
    this.at += 1;
    return true;
  }

  private skipBlanks(): void {
    while (this.text.charCodeAt(this.at) === 32) this.at += 1;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at = pattern.lastIndex;
    return found;
  }
}
