/** scripts/kind.sh with programs that only write down how they were called. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const script = join(import.meta.dirname, 'kind.sh');

interface Ran {
  readonly code: number | null;
  readonly calls: readonly string[];
  readonly summary: string;
  readonly left: readonly string[];
}

/** What the script did where the named programs do what is given for them. */
function run(programs: Readonly<Record<string, string>>, ...args: string[]): Ran {
  const root = mkdtempSync(join(tmpdir(), 'kserve-gitops-kind-'));
  const [bin, cache, state] = ['bin', 'cache/kserve-gitops-e2e/kind-v0.30.0', 'state'].map((name) => join(root, name));
  for (const folder of [bin, cache, state]) mkdirSync(folder as string, { recursive: true });
  const calls = join(root, 'calls');
  writeFileSync(calls, '');
  const all = { docker: '', curl: '', sha256sum: 'cat', npm: '', kind: '', ...programs };
  for (const [name, does] of Object.entries(all)) {
    const folder = name === 'kind' ? cache : bin;
    const text = `#!/bin/sh\necho ${name} "$@" >>${calls}\n${does}\n`;
    writeFileSync(join(folder as string, name), text, { mode: 0o755 });
  }
  const { status } = spawnSync('bash', [script, ...args], {
    stdio: 'ignore',
    env: {
      PATH: `${bin}:${process.env['PATH']}`,
      XDG_CACHE_HOME: join(root, 'cache'),
      TMPDIR: state,
      E2E_FOLDER: root,
      GITHUB_STEP_SUMMARY: join(root, 'summary'),
    },
  });
  const summary = existsSync(join(root, 'summary')) ? readFileSync(join(root, 'summary'), 'utf8') : '';
  const lines = readFileSync(calls, 'utf8').trim().split('\n');
  return { code: status, calls: lines, summary, left: readdirSync(state as string) };
}

const isRun = (call: string) => call.startsWith('npm run');
const REMOVED = [
  'kind delete cluster --name kserve-gitops-e2e',
  'docker rm --force --volumes kserve-gitops-e2e-registry',
];
/** The report is where --report says; the environment goes with it. */
const REPORTS = `echo "$E2E_ADDRESS $E2E_LOAD_BALANCER $E2E_REGISTRY" >"$E2E_FOLDER/report.md"`;

test('the steps run at the address that pods reach, the report is the summary, and the cluster is removed', () => {
  const docker = 'case "$1" in inspect) echo 172.18.0.1 ;; esac';
  const { code, calls, summary, left } = run({ docker, npm: REPORTS }, '--until', 'platform');
  assert.equal(code, 0);
  assert.match(calls.find(isRun) ?? '', /--real-charts --keep --report \S+\/report\.md --until platform$/);
  assert.equal(summary, '172.18.0.1 node localhost:5001\n');
  assert.deepEqual(calls.slice(-2), REMOVED);
  assert.deepEqual(left, []);
});

test('a failed step is told by the exit code, after its report and the removal', () => {
  const { code, calls, summary } = run({ npm: `${REPORTS}\nexit 1` });
  assert.equal(code, 1);
  assert.notEqual(summary, '');
  assert.deepEqual(calls.slice(-2), REMOVED);
});

test('nothing runs on a manifest that is not the released one', () => {
  const sha256sum = 'exec /usr/bin/env -i PATH=/usr/bin:/bin sha256sum "$@"';
  const curl = 'while [ "$1" != --output ]; do shift; done; echo other >"$2"';
  const { code, calls } = run({ sha256sum, curl });
  assert.equal(code, 1);
  assert.ok(!calls.some((call) => isRun(call) || call.startsWith('kind create')));
});

test('--keep leaves cluster and kubeconfig; a cluster of before is never touched', () => {
  const kept = run({}, '--keep');
  assert.equal(kept.code, 0);
  assert.ok(kept.calls.some(isRun) && !kept.calls.some((call) => REMOVED.includes(call)));
  assert.equal(kept.left.length, 1);
  const taken = run({ kind: 'case "$*" in "get clusters") echo kserve-gitops-e2e ;; esac' });
  assert.equal(taken.code, 2);
  assert.deepEqual(taken.calls, ['kind get clusters']);
});

const released = join(process.env['KSERVE_GITOPS_UPSTREAM'] ?? '', 'argo-cd-v3.2.6/core-install.yaml');
test("the manifest's digest is the release's", { skip: existsSync(released) ? false : 'no folder of releases' }, () => {
  const digest = createHash('sha256').update(readFileSync(released)).digest('hex');
  assert.ok(readFileSync(script, 'utf8').includes(`argocd_sha256=${digest}`));
});
