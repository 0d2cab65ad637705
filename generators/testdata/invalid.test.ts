/** Every fixture of `invalid/`: exactly the problems that its comments expect, and nothing is written. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCompiler } from '../commands/compile.ts';
import { generateWith } from '../commands/generate.ts';
import { createLocate } from '../commands/locate.ts';
import { allow } from '../problem.ts';
import { type LocatedProblem, locateProblems, placeOf } from '../report/located.ts';
import { fixtureNames, layOut, readFixture, within } from './project.ts';

for (const name of fixtureNames('invalid')) {
  test(`invalid/${name}`, async () => {
    const fixture = readFixture('invalid', name);
    assert.notEqual(fixture.expected.length, 0, 'no line "# expect CODE file:line:column" at the head of its files');
    await within(layOut('invalid', fixture), async (root) => {
      const compiler = createCompiler(root);
      const compiled = await compiler.compile({ now: fixture.now });
      const locate = createLocate(compiled.sources, (file) => compiled.files.get(file));
      const problems = locateProblems(compiled.problems, locate);
      assert.deepEqual(problems.map(expectation), fixture.expected, 'problems in the order in which they are printed');
      for (const problem of problems) checkWords(problem);

      const generated = await generateWith(compiler, root, { now: fixture.now });
      const written = ['apps', 'clusters/alpha/argocd', 'clusters/beta/argocd'].filter((path) =>
        existsSync(join(root, path)),
      );
      if (!allow(generated.problems)) assert.deepEqual(written, [], 'generate wrote in spite of errors');
    });
  });
}

function expectation({ code, file, position, severity }: LocatedProblem): string {
  return `${code} ${placeOf(file, position)}${severity === 'warning' ? ' warning' : ''}`;
}

/** What every message owes to its reader. */
function checkWords({ message, repair }: LocatedProblem): void {
  assert.match(message, /^[A-Z].*[^.\s]$/, 'a message begins with a capital and has no final full stop');
  assert.match(repair, /^[A-Z].*[^.\s]$/, 'a repair begins with a capital and has no final full stop');
  assert.doesNotMatch(message + repair, /\bundefined\b|\bNaN\b|\[object|\{\d\}/, 'a hole in the text');
}

test('a fixture is named for the code, or the family of codes, that it provokes', () => {
  for (const name of fixtureNames('invalid')) {
    if (name.startsWith('several-')) continue;
    const codes = readFixture('invalid', name).expected.map((line) => line.split(' ')[0] ?? '');
    const named = codes.some((code) => name.startsWith(code.toLowerCase().replaceAll('_', '-')));
    const told = name.replaceAll('-', '_').toUpperCase();
    assert.ok(named || codes.some((code) => told.startsWith(code.split('_')[0] ?? '')), `${name}: ${codes.join(', ')}`);
  }
});
