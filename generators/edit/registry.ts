/**
 * Edits `models.yaml` as text: the lines that a change is about, and no others.
 *
 * A registry that can be cut into entries (`parse/chunks.ts`) is edited in the one entry's text; another layout is
 * edited in the whole. Every edit is read again: what it gives must be the value that was asked for.
 */
import { cutEntries } from '../parse/chunks.ts';
import { parseRegistry } from '../parse/source.ts';
import { type Change, changed, equal, isList, type Plain } from './change.ts';
import type { Splice } from './find.ts';
import { behindLine } from './places.ts';
import { blockLines } from './print.ts';
import { spliced, splicesOf } from './splice.ts';

/** As the registry's own entries are written; `serve`'s fields last, since the names do not clash. */
export const KEYS: readonly string[] = [
  ...['name', 'owner', 'description', 'format', 'runtime', 'protocol'],
  ...['version', 'canary', 'mirror', 'suspended'],
  ...['artifact', 'sha256', 'size', 'source', 'metrics', 'versions', 'signature', 'inputs', 'expect', 'tolerance'],
  ...[
    'example',
    'resources',
    'autoscaling',
    'environment',
    'timeoutSeconds',
    'visibility',
    'placement',
    'client',
    'serve',
  ],
];

const FILE = 'models.yaml';

/** The text after changes to the entry at `index`; undefined where the layout asks for a person. */
export function editEntry(text: string, index: number, changes: readonly Change[]): string | undefined {
  return changes.reduce<string | undefined>(
    (before, change) => (before === undefined ? undefined : editOnce(before, index, change)),
    text,
  );
}

function editOnce(text: string, index: number, change: Change): string | undefined {
  const chunk = cutEntries(text)?.items[index];
  const place = (path: readonly (string | number)[]): Change => ({ ...change, path: [...path, ...change.path] });
  const after =
    chunk === undefined
      ? apply(text, 0, text, place(['models', index]))
      : apply(text, chunk.start, chunk.text, place([0]));
  return after === undefined || !gives(text, after, place(['models', index])) ? undefined : after;
}

/** The text with one more entry at its end. */
export function addEntry(text: string, entry: Plain): string | undefined {
  const change: Change = { kind: 'append', path: ['models'], value: entry };
  const chunks = cutEntries(text);
  const last = chunks?.items.at(-1);
  if (chunks === undefined || last === undefined) return verified(text, apply(text, 0, text, change), change);
  const newline = '\n';
  const lines = blockLines(entry, { step: 2, deepLists: true, newline });
  const blanks = ' '.repeat(chunks.indent);
  const body = lines.map((line, index) => `${blanks}${index === 0 ? '- ' : '  '}${line}`).join(newline);
  // One entry alone says nothing about blank lines; several do.
  const before = chunks.items.at(-2);
  const gap = before === undefined || /\n[ \t]*\n/.test(before.text) ? newline : '';
  const base = text.replace(/\n*$/, '');
  return verified(text, `${base}${newline}${gap}${body}${newline}`, change);
}

/** The text without the entry at `index`, and without the blank lines that set it apart. */
export function removeEntry(text: string, index: number): string | undefined {
  const change: Change = { kind: 'remove', path: ['models', index] };
  const chunks = cutEntries(text);
  const chunk = chunks?.items[index];
  if (chunk === undefined || chunks?.items.length === 1) {
    return verified(text, applyAll(text, splicesOf(text, change, KEYS), true), change);
  }
  // A list of this one entry and a stand-in, since the only item of a list is taken out in another way.
  const open = `${chunk.text}${chunk.text.endsWith('\n') ? '' : '\n'}`;
  const standIn = `${open}${' '.repeat(chunks?.indent ?? 0)}- _\n`;
  const splices = splicesOf(standIn, { kind: 'remove', path: [0] }, KEYS)?.map((splice) => ({
    start: splice.start + chunk.start,
    end: Math.min(splice.end + chunk.start, text.length),
    text: splice.text,
  }));
  return verified(text, applyAll(text, splices, true), change);
}

function apply(text: string, offset: number, part: string, change: Change): string | undefined {
  const splices = splicesOf(part, change, KEYS);
  if (splices === undefined) return undefined;
  return text.slice(0, offset) + spliced(part, splices) + text.slice(offset + part.length);
}

/** With `blanks`, what is taken out takes the blank lines behind it along, or at the end those before it. */
function applyAll(text: string, splices: readonly Splice[] | undefined, blanks: boolean): string | undefined {
  if (splices === undefined) return undefined;
  const wide = splices.map((splice) => {
    if (!blanks || splice.text !== '' || splice.start === splice.end) return splice;
    const behind = /^(?:[ \t]*\r?\n)*/.exec(text.slice(splice.end))?.[0].length ?? 0;
    const end = splice.end + behind;
    if (end < text.length) return { ...splice, end };
    const content = text.slice(0, splice.start).trimEnd().length;
    return { ...splice, start: Math.min(splice.start, behindLine(text, content)), end };
  });
  return spliced(text, wide);
}

function verified(before: string, after: string | undefined, change: Change): string | undefined {
  return after !== undefined && gives(before, after, change) ? after : undefined;
}

/** Whether the new text, read again, is the old value with the change, and nothing else. */
function gives(before: string, after: string, change: Change): boolean {
  const [old, now] = [parseRegistry(FILE, before), parseRegistry(FILE, after)];
  if (now.value === undefined || now.problems.length > 0) return false;
  const value = (old.value?.value ?? { models: [] }) as Plain;
  const models = typeof value === 'object' && value !== null && !isList(value) ? (value['models'] ?? []) : [];
  const wanted = changed({ ...(value as Readonly<Record<string, Plain>>), models }, change);
  return wanted !== undefined && equal(now.value.value, wanted);
}
