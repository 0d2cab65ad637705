/** Registries as many hands would write them: every layout that YAML allows and people use, with comments everywhere. */
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { Pointer } from '../../problem.ts';
import { isList, isMap, type Plain } from '../change.ts';

export interface Comment {
  readonly text: string;
  /** The value that it goes away with. */
  readonly path: Pointer;
}

export interface Written {
  readonly text: string;
  readonly value: { readonly models: readonly Plain[] };
  /** Each entry as written, from its dash to its last character. */
  readonly entries: readonly string[];
  readonly comments: readonly Comment[];
}

const words = fc.constantFrom('iris', '1', 'yes', 'null', '- a', 'a: b', '#x', 'it\'s "so"', '*', '&a', '2026-01-01', 'ü ☃', '', '0x1f', '~', '{a', 'a, b', '1e3', 'a #b', 'trailing ', '%x', '@y', '`z`', '!t', '|', '>');
const scalars = fc.oneof(words, words, fc.integer({ min: -5, max: 99 }), fc.constantFrom(0.5, -1.25, 1e-7), fc.boolean());
const serve = fc.dictionary(
  fc.constantFrom('local', 'staging', 'prod', 'west-1'),
  fc.record({ version: words, autoscaling: fc.record({ minReplicas: fc.integer({ min: 1, max: 9 }) }) }, { requiredKeys: ['version'] }),
  { maxKeys: 3, noNullPrototype: true },
);
const version = fc.record(
  { version: words, artifact: words, size: fc.nat(), metrics: fc.dictionary(fc.constantFrom('f1', 'accuracy'), fc.double({ min: 0, max: 1, noNaN: true }), { minKeys: 1, noNullPrototype: true }) },
  { requiredKeys: ['version', 'artifact'] },
);
export const entry: fc.Arbitrary<Plain> = fc
  .record(
  {
    name: words,
    owner: scalars,
    description: words,
    labels: fc.array(words, { maxLength: 4 }),
    shape: fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
    versions: fc.array(version, { minLength: 1, maxLength: 3 }),
    serve,
  },
  { requiredKeys: ['name', 'versions'] },
).map((model) => JSON.parse(JSON.stringify(model)) as Plain);

/** A source of decisions: the same seed lays a registry out in the same way. */
function decisions(seed: readonly number[]): (choices: number) => number {
  let at = 0;
  return (choices) => {
    at += 1;
    return ((seed[at % seed.length] ?? 0) + at * 7) % choices;
  };
}

export const registry: fc.Arbitrary<Written> = fc
  .tuple(fc.array(entry, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(1000), { minLength: 5, maxLength: 40 }))
  .map(([models, seed]) => write(models, decisions(seed)));

function write(models: readonly Plain[], choose: (choices: number) => number): Written {
  const comments: Comment[] = [];
  const note = (path: Pointer): string => {
    const text = `# note-${comments.length} of ${path.join('.')}`;
    comments.push({ text, path });
    return text;
  };
  const [indent, gap, step] = [choose(3) * 2, 2 + (choose(4) === 0 ? 2 : 0), choose(4) === 0 ? 4 : 2];
  const style: Style = { choose, note, step, deepLists: choose(3) > 0 };
  const separated = choose(2) === 0;
  const entries = models.map((model, index) => item(model, ['models', index], indent, gap, { ...style, step: choose(5) === 0 ? 4 : step }));
  const between = () => `${separated ? '\n' : ''}${choose(3) === 0 ? `${' '.repeat(indent)}${note([])}\n` : ''}`;
  const head = `${choose(2) === 0 ? `${note([])}\n` : ''}models:${choose(3) === 0 ? ` ${note([])}` : ''}\n`;
  const body = entries.map((text, index) => `${index === 0 ? '' : between()}${text}\n`).join('');
  const tail = choose(4) === 0 ? `${note([])}\n` : '';
  const whole = `${head}${body}${tail}`;
  const open = choose(4) === 0 ? whole.replace(/\n$/, '') : whole;
  const crlf = choose(4) === 0;
  const ends = (text: string) => (crlf ? text.replaceAll('\n', '\r\n') : text);
  return { text: ends(open), value: { models }, entries: entries.map((text) => ends(text).trimEnd()), comments };
}

interface Style {
  readonly choose: (choices: number) => number;
  readonly note: (path: Pointer) => string;
  readonly step: number;
  readonly deepLists: boolean;
}

function item(value: Plain, path: Pointer, column: number, gap: number, style: Style): string {
  const dash = `${' '.repeat(column)}-${' '.repeat(gap - 1)}`;
  if (!isMap(value) || Object.keys(value).length === 0 || style.choose(6) === 0) return `${dash}${flow(value)}`;
  return `${dash}${pairs(value, path, column + gap, style).trimStart()}`;
}

function pairs(map: Readonly<Record<string, Plain>>, path: Pointer, column: number, style: Style): string {
  const blanks = ' '.repeat(column);
  return Object.entries(map)
    .map(([key, value], index) => {
      const above = index > 0 && style.choose(8) === 0 ? `${blanks}${style.note(path)}\n` : '';
      return `${above}${blanks}${pair(key, value, [...path, key], column, style)}`;
    })
    .join('\n');
}

function pair(key: string, value: Plain, path: Pointer, column: number, style: Style): string {
  const behind = () => (style.choose(6) === 0 ? ` ${style.note(path)}` : '');
  if (isMap(value) && Object.keys(value).length > 0 && style.choose(3) > 0) {
    return `${key}:${behind()}\n${pairs(value, path, column + style.step, style)}`;
  }
  if (isList(value) && value.length > 0 && style.choose(3) > 0) {
    const deeper = style.deepLists ? column + style.step : column;
    return `${key}:${behind()}\n${value.map((one, index) => item(one, [...path, index], deeper, 2, style)).join('\n')}`;
  }
  if (typeof value === 'string' && /^[a-z]+$/.test(value) && style.choose(3) === 0) {
    return `${key}: |-\n${' '.repeat(column + style.step)}${value}`;
  }
  return `${key}: ${flow(value)}${behind()}`;
}

function flow(value: Plain): string {
  const padded = typeof value === 'object' && Object.keys(value ?? {}).length % 2 === 1;
  return stringify([value], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: padded }).trim().slice(1, -1).trim();
}
