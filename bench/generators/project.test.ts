import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createCompiler } from '../../generators/commands/compile.ts';
import { writeProject } from './project.ts';
import { randomRegistry } from './registry.ts';

let root = '';
let original = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'bench-test-'));
  await writeProject(root, 12);
  original = await readFile(join(root, 'models.yaml'), 'utf8');
});
after(() => rm(root, { recursive: true, force: true }));

const now = () => ({ now: new Date() });

test('the sample is the same each time, and other for another seed', () => {
  assert.equal(randomRegistry(20), randomRegistry(20));
  assert.notEqual(randomRegistry(20), randomRegistry(20, 2));
});

test('an entry has some forty lines', () => {
  const each = randomRegistry(500).split('\n').length / 500;
  assert.ok(each > 35 && each < 48, String(each));
});

test('the sample has no fault', async () => {
  const compiled = await createCompiler(root).compile(now());
  assert.deepEqual(compiled.problems, []);
  assert.ok(compiled.objects > 12 * 5);
});

const entry = (text: string, index: number) => text.split(/(?= {2}- name: )/)[index + 1] ?? '';

/** Puts the second artifact into the folder of the first. */
function nest(text: string): string {
  const [first = '', second = ''] = [...text.matchAll(/artifact: (.*)/g)].map((match) => match[1] ?? '');
  return text.replace(second, `${first}nested/`);
}

/** What people do to a registry; each is made on the text that the one before left. */
const edits: readonly (readonly [what: string, change: (text: string) => string])[] = [
  ['a value changes', (text) => text.replace('memory: 2Gi', 'memory: 3Gi')],
  [
    'a value gets longer',
    (text) => text.replace(/description: .*/, 'description: Another sentence, longer than before.'),
  ],
  ['an entry goes', (text) => text.replace(entry(text, 4), '')],
  [
    'an entry comes',
    (text) => text.replace(entry(text, 2), (found) => `${found}${found.replaceAll(/-0000\d/g, '-90000')}`),
  ],
  ['an entry comes last', (text) => `${text}\n${entry(text, 0).replaceAll(/-0000\d/g, '-90001')}`],
  [
    'entries swap',
    (text) => text.replace(entry(text, 0), '').replace(entry(text, 3), (found) => `${entry(text, 0)}${found}`),
  ],
  ['an owner changes', (text) => text.replace(/owner: .*/, 'owner: vision')],
  ['a name is taken', (text) => `${text}\n${entry(text, 1)}`],
  ['and given back', (text) => text.slice(0, text.lastIndexOf('  - name: '))],
  ['a field is wrong', (text) => text.replace('memory: 3Gi', 'memory: lots')],
  ['and right again', (text) => text.replace('memory: lots', 'memory: 4Gi')],
  ['the text breaks', (text) => text.replace('owner: vision', 'owner: "vision')],
  ['and heals', (text) => text.replace('owner: "vision', 'owner: vision')],
  ['a host is taken', (text) => text.replace(/hostname: .*/, 'hostname: mlflow')],
  ['and given back', (text) => text.replace('hostname: mlflow', 'hostname: another')],
  ['an artifact lies in another', (text) => nest(text)],
  ['and is moved out', (text) => text.replace('/nested/', '/beside/').replace(/artifacts\/beside\//, '')],
  ['a cluster is unknown', (text) => text.replace(/serve:\n {6}bench:/, 'serve:\n      bensh:')],
  ['and corrected', (text) => text.replace('      bensh:', '      bench:')],
  ['nothing changes', (text) => text],
  ['all is as it was', () => original],
];

test('a compiler that remembers says and makes what a new one does', async (t) => {
  const compiler = createCompiler(root);
  await compiler.compile(now());
  const path = join(root, 'models.yaml');
  for (const [what, change] of edits) {
    await t.test(what, async () => {
      const text = await readFile(path, 'utf8');
      const changed = change(text);
      if (what !== 'nothing changes') assert.notEqual(changed, text);
      await writeFile(path, changed);
      const warm = await compiler.compile(now());
      const fresh = await createCompiler(root).compile(now());
      assert.deepEqual(warm.problems, fresh.problems);
      assert.deepEqual(new Map(warm.files), new Map(fresh.files));
      assert.equal(warm.objects, fresh.objects);
      assert.deepEqual(warm.registry, fresh.registry);
    });
  }
});
