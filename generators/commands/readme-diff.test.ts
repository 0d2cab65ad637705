/**
 * The example of a pull request in README.md is what `npm run diff` prints for the registry as it is: a new version of
 * iris-classifier in prod with more memory. `UPDATE_GOLDEN=1` writes it anew.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { within } from '../testdata/project.ts';
import { commit, edit, git } from '../testdata/repository.ts';
import { diffCommand } from './diff.ts';
import { generate } from './generate.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const readme = join(repository, 'README.md');
const BEGIN = '<!-- Made by UPDATE_GOLDEN=1 npm test -- readme-diff -->\n';
const END = '<!-- end -->';
const now = new Date();

test("README's pull request is what npm run diff prints", async () => {
  await within(mkdtempSync(join(tmpdir(), 'kserve-gitops-readme-')), async (root) => {
    for (const path of ['models.yaml', 'clusters'])
      cpSync(join(repository, path), join(root, path), { recursive: true });
    const entry = 'prod:\n        version: "2"';
    edit(root, 'models.yaml', entry, 'prod:\n        version: "1"');
    await generate(root, { now });
    git(root, 'init', '-q', '-b', 'main');
    commit(root);
    edit(root, 'models.yaml', 'prod:\n        version: "1"', `${entry}\n        resources:\n          memory: 512Mi`);
    const result = await diffCommand(root, { base: 'main', format: 'markdown', most: 64_000, now });
    assert.ok('text' in result);
    const lines = result.text
      .replace(/ \([0-9a-f]{12}\)/, '')
      .trimEnd()
      .split('\n');
    const quoted = lines.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n');
    const text = readFileSync(readme, 'utf8');
    const [start, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
    assert.ok(start >= BEGIN.length && end >= start, 'README.md has lost the marks of the example');
    if (process.env['UPDATE_GOLDEN'] === '1')
      writeFileSync(readme, `${text.slice(0, start)}\n${quoted}\n\n${text.slice(end)}`);
    else assert.equal(text.slice(start, end).trim(), quoted);
  });
});
