/** Workflows run what a laptop can run, with the least rights, on actions that nobody can change. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.github/workflows');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { steps: Step[]; permissions?: Record<string, string>; 'timeout-minutes'?: number }>
  >;
}

const used = new Set<string>();
for (const file of readdirSync(folder).sort()) {
  const text = readFileSync(join(folder, file), 'utf8');
  const workflow = parse(text) as Workflow;
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  test(`${file}: every command is a script of package.json`, () => {
    for (const { run } of steps) {
      if (run === undefined || run === 'npm ci') continue;
      const [, script = ''] = /^npm run ([a-z:]+)(?: -- [^|;&]+)?$/.exec(run) ?? [];
      assert.ok(scripts[script] !== undefined, `"${run}" is no script of package.json: a laptop could not run it`);
      used.add(script);
    }
  });

  test(`${file}: actions are pinned by commit, with the release beside it`, () => {
    const lines = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line));
    assert.equal(lines.length, steps.filter(({ uses }) => uses !== undefined).length);
    for (const line of lines) assert.match(line, /uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test(`${file}: least rights, no credentials left on disk, an end in time`, () => {
    assert.ok(workflow.permissions, 'without "permissions" a workflow gets those of the repository');
    for (const right of Object.values(workflow.permissions)) assert.equal(right, 'read');
    assert.ok(!('pull_request_target' in workflow.on), 'it would run a fork with the rights of this repository');
    for (const job of jobs) assert.ok(job['timeout-minutes'] !== undefined);
    for (const { uses, with: given } of steps) {
      if (uses?.startsWith('actions/checkout@') !== true) continue;
      assert.equal(given?.['persist-credentials'], false);
      assert.equal(given?.['ref'], undefined, 'what is checked out is what the event stands for');
    }
    if ('pull_request' in workflow.on) assert.doesNotMatch(text, /secrets\./, 'a fork has no secrets');
  });
}

test('every ci: script is run by a workflow', () => {
  for (const name of Object.keys(scripts).filter((script) => script.startsWith('ci:'))) {
    assert.ok(used.has(name), `${name} is in package.json, and no workflow runs it`);
  }
});
