/** The program as people run it: what it prints and how it exits. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { layOutBase, within } from './testdata/project.ts';

const project = fileURLToPath(new URL('..', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const node = ['--import', 'tsx', 'generators/main.ts', ...args];
    execFile(process.execPath, node, { cwd: project, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('2 and the help for what is no command, no option or no format', async () => {
  const wrong = [['gnerate'], ['verify', '--format', 'xml']];
  for (const { code, stderr } of await Promise.all(wrong.map((args) => run(...args)))) {
    assert.equal(code, 2);
    assert.match(stderr, /^error: /m);
  }
});

test('0 for the help', async () => {
  const { code, stdout } = await run('--help');
  assert.equal(code, 0);
  assert.match(stdout, /Exit codes: 0 fine, 1 problems in the input, 2 wrong usage or a bug/);
});

test('0 where all is well, with a count as the last line', async () => {
  await within(layOutBase(), async (root) => {
    const generated = await run('generate', '--root', root);
    assert.equal(generated.code, 0, generated.stdout + generated.stderr);
    assert.match(generated.stdout, /written, 0 removed, 0 unchanged; 0 errors, 0 warnings\n$/);
    const verified = await run('verify', '--root', root, '--cluster', 'beta');
    assert.equal(verified.code, 0);
    assert.match(verified.stdout, /^tiers run: .*\n.* objects of beta checked; 0 errors, 0 warnings\n$/);
  });
});

test('1 for problems, in each format', async () => {
  await within(layOutBase(), async (root) => {
    const path = join(root, 'models.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('owner: cellar', 'owner: celar'));
    const [text, json, github, sarif] = await Promise.all(
      ['text', 'json', 'github', 'sarif'].map((format) => run('verify', '--root', root, '--format', format)),
    );
    for (const ended of [text, json, github, sarif]) assert.equal(ended?.code, 1);
    assert.match(text?.stdout ?? '', /^models\.yaml:33:12 MODEL_OWNER_UNKNOWN .*\n {6}owner: celar\n {13}\^\n/);
    assert.match(text?.stdout ?? '', /; 1 error, 0 warnings\n$/);
    const report = JSON.parse(json?.stdout ?? '') as { errors: number; problems: { line: number }[] };
    assert.deepEqual([report.errors, report.problems[0]?.line], [1, 33]);
    assert.match(github?.stdout ?? '', /^::error file=models\.yaml,line=33,col=12,title=MODEL_OWNER_UNKNOWN::/);
    const log = JSON.parse(sarif?.stdout ?? '') as { runs: { results: unknown[] }[] };
    assert.equal(log.runs[0]?.results.length, 1);
  });
});

test('1 and a hint where there is no project', async () => {
  const { code, stdout } = await run('verify', '--root', join(project, 'generators', 'testdata', 'sealing'));
  assert.equal(code, 1);
  assert.match(stdout, /^models\.yaml FILE_MISSING Cannot find "models\.yaml"\. Create it, or run from/);
});
