/** What people copy is run: curl, Python, tritonclient, TypeScript and grpcurl against the predictor, with the page's own answer. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type Stage, skip, startStage } from './stage.ts';
import { HEADLINE, visit } from './visit.ts';

const run = promisify(execFile);
const BOUND = { timeout: 45_000 };
/** A Python that has tritonclient; `client/conformity/run.sh` names one. */
const triton = process.env['CLIENT_TRITON'] ?? 'python3';
let stage: Stage;
const folder = mkdtempSync(join(tmpdir(), 'client-snippets-'));
before(async () => {
  if (skip === false) stage = await startStage();
});
after(async () => {
  await stage?.stop();
  rmSync(folder, { recursive: true });
});

function has(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The text on the tab “Code” for a model, with a value changed. */
async function copied(
  language: string,
  path = '/models/iris-classifier#v.X.petal_length=6.5&v.X.petal_width=2.3',
  until = /6\.5/,
): Promise<string> {
  const tab = await visit(stage, path);
  await tab.see(HEADLINE, /V/);
  await tab.click('#tab-code');
  await tab.click(`input[value="${language}"]`);
  await tab.page.waitForSelector(`[data-language="${language}"]`);
  const text = await tab.see('#tool pre', until);
  await tab.leave();
  return text;
}

test('curl', { skip: skip || (has('curl', '--version') ? false : 'no curl'), timeout: 60_000 }, async () => {
  const text = await copied('curl');
  assert.ok(text.includes(`${stage.predictor.url}/v2/models/iris-classifier/infer`));
  const { stdout } = await run('sh', ['-c', text], BOUND);
  assert.match(stdout, /"name":"output-0","shape":\[1\],"datatype":"INT64","data":\[[12]\]/);
});

test('curl against a canary goes through the page’s own server', { skip, timeout: 60_000 }, async () => {
  const text = await copied('curl', '/models/iris-classifier#v.X.petal_length=6.5&target=canary');
  assert.ok(text.includes(`${stage.client.url}/api/models/iris-classifier/infer?target=canary`));
  const { stdout } = await run('sh', ['-c', text], BOUND);
  assert.match(stdout, /"model_name":"iris-classifier-canary"/);
});

test('Python', {
  skip: skip || (has('python3', '-c', 'import requests') ? false : 'no Python with requests'),
  timeout: 60_000,
}, async () => {
  const path = join(folder, 'snippet.py');
  writeFileSync(path, await copied('python'));
  const { stdout } = await run('python3', [path], BOUND);
  assert.match(stdout, /^output-0 \[[12]\]\noutput-1 \[/);
});

test('tritonclient', {
  skip: skip || (has(triton, '-c', 'import tritonclient.http') ? false : 'no Python with tritonclient'),
  timeout: 60_000,
}, async () => {
  const path = join(folder, 'triton.py');
  writeFileSync(path, await copied('triton'));
  const { stdout } = await run(triton, [path], BOUND);
  assert.match(stdout, /^output-0 \[[12]\]\noutput-1 \[\[/);
});

test('tritonclient cannot ask what goes through the page’s own server, which is told', {
  skip,
  timeout: 60_000,
}, async () => {
  const text = await copied('triton', '/models/iris-classifier#v.X.petal_length=6.5&target=canary', /Choose Python/);
  assert.match(text, /^# tritonclient cannot ask/);
});

test('TypeScript', { skip, timeout: 60_000 }, async () => {
  const path = join(folder, 'snippet.mts');
  writeFileSync(path, await copied('typescript'));
  const { stdout } = await run(process.execPath, ['--import', 'tsx', path], BOUND);
  assert.match(stdout, /^output-0 \[ [12] \]\noutput-1 \[/);
});

test('grpcurl', { skip: skip || (has('grpcurl', '--version') ? false : 'no grpcurl'), timeout: 60_000 }, async () => {
  const { stdout } = await run('sh', ['-c', await copied('grpcurl')], BOUND);
  assert.match(stdout, /"model_?[Nn]ame": "iris-classifier"/);
});
