import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutEntries, recutEntries } from './chunks.ts';

const ENTRIES = ['  - name: a\n    owner: b\n', '  - name: b\n    list:\n      - 1\n      - 2\n\n', '  - name: c\n'];
const LINES = [
  '  - name: a\n',
  '    owner: b\n',
  '  - name: a\n    owner: b\n',
  '  # a comment\n',
  '\n',
  '    list:\n      - 1\n      - 2\n',
  '  -\n',
  'other: 1\n',
  '- x\n',
  '   - deeper: 1\n',
  '    tab:\t1\n',
  'models:\n',
];

const usual = { arbitrary: fc.constantFrom(...ENTRIES), weight: 12 };
const unusual = { arbitrary: fc.constantFrom(...LINES), weight: 1 };
const lines = fc.array(fc.oneof(usual, unusual), { maxLength: 12 });
const edit = fc.record({
  at: fc.nat(300),
  cut: fc.nat(30),
  put: fc.oneof(
    fc.constantFrom('', ' ', '-', '\n', 'é', ...LINES),
    lines.map((some) => some.join('')),
  ),
});

test('an edited text is cut as if there had been nothing before', () => {
  let kept = 0;
  fc.assert(
    fc.property(lines, edit, (some, { at, cut, put }) => {
      const before = `models:\n  - name: first\n${some.join('')}`;
      const chunks = cutEntries(before);
      if (chunks === undefined) return;
      const place = at % (before.length + 1);
      const text = before.slice(0, place) + put + before.slice(place + cut);
      const recut = recutEntries(before, chunks, text);
      if (recut === undefined) return;
      const { from, rest, ...again } = recut;
      assert.deepEqual(again, cutEntries(text), JSON.stringify([before, text]));
      kept += from + rest;
      for (let index = 0; index < from; index += 1) assert.equal(again.items[index], chunks.items[index]);
      for (let index = 1; index <= rest; index += 1)
        assert.equal(again.items.at(-index)?.text, chunks.items.at(-index)?.text);
    }),
    { numRuns: 4000, seed: 3 },
  );
  assert.ok(kept > 1000, `only ${kept} entries were kept, so this proves little`);
});
