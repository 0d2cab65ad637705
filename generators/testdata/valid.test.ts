/**
 * Every situation of `valid/`: no problem, and the whole output as `golden/<situation>.txt` has it, byte for byte.
 * `UPDATE_GOLDEN=1` writes the golden files anew; read their diff before you commit it.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { generate } from '../commands/generate.ts';
import { verify } from '../commands/verify.ts';
import { filesBelow, fixtureNames, layOut, readFixture, within } from './project.ts';

const goldenFolder = fileURLToPath(new URL('golden', import.meta.url));
const update = process.env['UPDATE_GOLDEN'] === '1';

for (const name of fixtureNames('valid')) {
  test(`valid/${name}`, async () => {
    const fixture = readFixture('valid', name);
    assert.deepEqual(fixture.expected, [], 'a valid fixture expects no problem');
    await within(layOut('valid', fixture), async (root) => {
      const options = { now: fixture.now };
      const first = await generate(root, options);
      assert.deepEqual(first.problems, []);
      const made = print(root);
      const file = join(goldenFolder, `${name}.txt`);
      if (update) writeFileSync(file, made);
      assert.equal(
        made,
        existsSync(file) ? readFileSync(file, 'utf8') : '',
        `${name} differs; see UPDATE_GOLDEN above`,
      );

      const second = await generate(root, options);
      assert.deepEqual([second.summary['written'], second.summary['removed']], [0, 0], 'a second run changes nothing');
      assert.equal(print(root), made);
      assert.deepEqual((await verify(root, options)).problems, []);

      shuffle(root);
      assert.deepEqual((await generate(root, options)).problems, []);
      assert.equal(print(root), made, 'the order of models and of keys has no meaning');
    });
  });
}

test('no golden file is left of a situation that is gone', () => {
  const wanted = fixtureNames('valid')
    .map((name) => `${name}.txt`)
    .sort();
  assert.deepEqual(readdirSync(goldenFolder).sort(), wanted);
});

/** Everything that was made, one file below the other. */
function print(root: string): string {
  const made = filesBelow(root).filter((file) => /^(?:apps|clusters\/[^/]+\/(?:argocd|aws))\//.test(file));
  return made.map((file) => `# file: ${file}\n${readFileSync(join(root, file), 'utf8')}`).join('\n');
}

/** Turns around the models, and the keys of every mapping, in the files that people write. */
function shuffle(root: string): void {
  for (const file of filesBelow(root)) {
    if (!/^(?:models|clusters\/[^/]+\/cluster)\.yaml$/.test(file)) continue;
    const value = backwards(parse(readFileSync(join(root, file), 'utf8'))) as { models?: unknown[] };
    value.models?.reverse();
    writeFileSync(join(root, file), stringify(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }));
  }
}

function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, backwards(item)]),
  );
}
