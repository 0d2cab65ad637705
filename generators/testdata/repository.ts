/** A project as a git repository of its own, for tests that compare two states. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from '../commands/generate.ts';
import { layOutBase } from './project.ts';

/** Not the settings of whoever runs the tests. */
const environment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.org',
};

export function git(root: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: root, env: environment, encoding: 'utf8', stdio: 'pipe' });
}

/** The base project, generated and committed on the branch `main`; HEAD is on the branch `change`. */
export async function layOutRepository(now: Date, prepare: (root: string) => void = () => undefined): Promise<string> {
  const root = layOutBase();
  prepare(root);
  const { problems } = await generate(root, { now });
  if (problems.length > 0) throw new Error(`not a good project: ${JSON.stringify(problems)}`);
  git(root, 'init', '-q', '-b', 'main');
  commit(root);
  git(root, 'checkout', '-q', '-b', 'change');
  return root;
}

export function commit(root: string): void {
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'test');
}

/** Replaces one text in a file; a text that is not there is a mistake of the test. */
export function edit(root: string, file: string, from: string, to: string): void {
  const text = readFileSync(join(root, file), 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold "${from}"`);
  writeFileSync(join(root, file), text.replace(from, () => to));
}
