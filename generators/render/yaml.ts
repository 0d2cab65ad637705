/**
 * Prints plain objects as YAML.
 *
 * Not the `yaml` package's stringifier: this prints one fixed style, in which a scalar is quoted wherever any of the
 * YAML 1.1 readers (Argo CD, kubectl) or 1.2 readers could take it for something else, and it prints 150,000 objects in
 * the time that a general one needs for a tenth of them. `yaml.test.ts` holds it against that package.
 */

/** Words that some YAML version reads as null, a boolean or a number. */
const WORDS = /^(?:null|true|false|yes|no|on|off|y|n|nan|inf|infinity|e[-+]?[0-9_]*)$/i;

/** Safe without quotes: begins with a letter, `/` or `_`, and holds nothing that YAML gives a meaning to. */
const PLAIN = /^[A-Za-z/_](?:[-A-Za-z0-9_./@+=,()]|:(?=[^\s:])| (?=[-A-Za-z0-9_./@(]))*$/;

/** Quantities and durations: digits with a unit that no number format knows. */
const QUANTITY = /^[0-9]+(?:m|s|h|Ki|Mi|Gi|Ti|M|G|T)$/;

/** A block scalar keeps these lines as they are: printable, no trailing blanks, not beginning with a blank. */
const BLOCK = /^[^\s\p{C}][^\p{Cc}\p{Cs}\uFEFF\u2028\u2029\u0085]*\n$/u;

/** Prints a value as a YAML document with a final newline. */
export function printYaml(value: unknown): string {
  if (isObject(value) && Object.keys(value).length > 0) return printMap(value, '');
  if (Array.isArray(value) && value.length > 0) return printList(value, '');
  return `${printFlat(value)}\n`;
}

function printMap(map: Record<string, unknown>, indent: string): string {
  let text = '';
  for (const key in map) {
    const value = map[key];
    if (value !== undefined) text += `${indent}${printKey(key)}:${printNested(value, indent)}`;
  }
  return text;
}

function printList(list: readonly unknown[], indent: string): string {
  let text = '';
  for (const item of list) {
    if (isObject(item) && Object.keys(item).length > 0) {
      text += `${indent}- ${printMap(item, `${indent}  `).slice(indent.length + 2)}`;
    } else if (Array.isArray(item) && item.length > 0) {
      text += `${indent}- ${printList(item, `${indent}  `).slice(indent.length + 2)}`;
    } else {
      text += `${indent}-${printNested(item, indent)}`;
    }
  }
  return text;
}

/** What follows `key:` or `-`, with the newline. */
function printNested(value: unknown, indent: string): string {
  if (typeof value === 'string' && value.includes('\n')) return printLines(value, indent);
  if (Array.isArray(value) && value.length > 0) return `\n${printList(value, indent)}`;
  if (isObject(value) && Object.keys(value).length > 0) return `\n${printMap(value, `${indent}  `)}`;
  return ` ${printFlat(value)}\n`;
}

function printLines(text: string, indent: string): string {
  const lines = text.slice(0, -1).split('\n');
  const fits = text.endsWith('\n') && !text.endsWith('\n\n') && BLOCK.test(`${lines.join('')}\n`);
  if (!fits || lines.some((line) => /\s$|\p{Cc}/u.test(line))) return ` ${JSON.stringify(text)}\n`;
  return ` |\n${lines.map((line) => (line === '' ? '\n' : `${indent}  ${line}\n`)).join('')}`;
}

function printFlat(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return printString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`bug: ${value} cannot be written to a manifest`);
      return String(value);
    case 'boolean':
      return String(value);
    default:
      if (value === null) return 'null';
      if (Array.isArray(value)) return '[]';
      if (isObject(value)) return '{}';
      throw new TypeError(`bug: a ${typeof value} cannot be written to a manifest`);
  }
}

const printed = new Map<string, string>();

/** Keys repeat in every object; their form is remembered. */
function printKey(key: string): string {
  const before = printed.get(key);
  if (before !== undefined) return before;
  const text = printString(key);
  if (printed.size < 4096) printed.set(key, text);
  return text;
}

function printString(text: string): string {
  if (text.length < 500 && PLAIN.test(text) && !WORDS.test(text)) return text;
  if (QUANTITY.test(text)) return text;
  return JSON.stringify(text);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
