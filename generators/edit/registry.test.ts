import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Pointer } from '../problem.ts';
import { type Change, changed, isMap, type Plain } from './change.ts';
import { addEntry, editEntry, removeEntry } from './registry.ts';
import { entry, registry, type Written } from './testdata/layouts.ts';

const runs = 1000;

/** What commands do to an entry, at places that the entry has and has not. */
function changes(model: Plain): fc.Arbitrary<Change> {
  const clusters = isMap(model) && isMap(model['serve']) ? Object.keys(model['serve']) : [];
  const cluster = fc.constantFrom('prod', 'new-one', ...clusters);
  const text = fc.constantFrom('2', 'yes', 'a: b', '# not a comment', "it's", '', 'next', '1.0', '{', '- x');
  const removable: Pointer[] = isMap(model)
    ? Object.keys(model)
        .filter((key) => key !== 'name')
        .map((key) => [key])
    : [];
  for (const name of clusters) removable.push(['serve', name]);
  return fc.oneof(
    fc
      .tuple(cluster, text)
      .map(([name, version]): Change => ({ kind: 'set', path: ['serve', name, 'version'], value: version })),
    fc.tuple(cluster, text, fc.nat(100)).map(
      ([name, version, weight]): Change => ({
        kind: 'set',
        path: ['serve', name, 'canary'],
        value: { version, weight },
      }),
    ),
    text.map((value): Change => ({ kind: 'set', path: ['description'], value })),
    fc.tuple(text, text).map(
      ([version, artifact]): Change => ({
        kind: 'append',
        path: ['versions'],
        value: { version, artifact, metrics: { a: 1 } },
      }),
    ),
    fc
      .constantFrom(...(removable.length > 0 ? removable : [['versions']]))
      .map((path): Change => ({ kind: 'remove', path })),
  );
}

function starts(path: Pointer, prefix: Pointer): boolean {
  return prefix.every((step, index) => String(path[index]) === String(step));
}

/** What must hold after any edit of entry `index`. */
function assertKept(before: Written, after: string, index: number, removed: Pointer | undefined): void {
  for (const [position, text] of before.entries.entries()) {
    if (position !== index) assert.ok(after.includes(text), `entry ${position} changed:\n${before.text}\n→\n${after}`);
  }
  for (const { text, path } of before.comments) {
    if (removed !== undefined && starts(path, removed)) continue;
    assert.ok(new RegExp(`${text}\\s*$`, 'm').test(after), `"${text}" is gone:\n${before.text}\n→\n${after}`);
  }
  const newlines = (text: string) => text.includes('\r\n');
  if (newlines(before.text)) assert.ok(!/[^\r]\n/.test(after), 'a line ends in another way than the others');
}

/** Lines of the old text that are not in the new one. */
function linesLost(before: string, after: string): number {
  const left = after.split(/\r?\n/);
  return before.split(/\r?\n/).filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  }).length;
}

test(`${runs} edits in ${runs} layouts: the value changes as asked, comments and other entries stay`, () => {
  const cases = registry.chain((written) =>
    fc
      .nat(written.value.models.length - 1)
      .chain((index) => changes(written.value.models[index] ?? null).map((change) => ({ written, index, change }))),
  );
  fc.assert(
    fc.property(cases, ({ written, index, change }) => {
      assert.deepEqual(parse(written.text), written.value, 'the layout itself is right');
      const place = { ...change, path: ['models', index, ...change.path] };
      const wanted = changed(written.value as unknown as Plain, place);
      const after = editEntry(written.text, index, [change]);
      assert.ok(after !== undefined, `not edited: ${JSON.stringify(change)}\n${written.text}`);
      assert.deepEqual(parse(after), wanted);
      assertKept(written, after, index, change.kind === 'remove' ? place.path : undefined);
      // One line; two where a block scalar with its header goes.
      if (change.kind !== 'remove')
        assert.ok(linesLost(written.text, after) <= 2, `more than a line changed:\n${written.text}\n→\n${after}`);
    }),
    { numRuns: runs },
  );
});

test('entries are added at the end and taken out, in every layout', () => {
  fc.assert(
    fc.property(registry, entry, fc.nat(3), (written, model, pick) => {
      const added = addEntry(written.text, model);
      assert.ok(added !== undefined, written.text);
      assert.deepEqual(parse(added), { models: [...written.value.models, model] });
      assertKept(written, added, -1, undefined);
      const index = pick % written.value.models.length;
      const removed = removeEntry(written.text, index);
      assert.ok(removed !== undefined, written.text);
      assert.deepEqual(parse(removed), { models: written.value.models.filter((_, at) => at !== index) });
      assertKept(written, removed, index, ['models', index]);
    }),
    { numRuns: runs },
  );
});
