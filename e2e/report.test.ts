/** The README shows the last report as it was. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { report } from './report.ts';
import { STEPS } from './steps.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, '..', file), 'utf8');

/** The sentence about the run, and the table. */
function head(text: string): string {
  return text.slice(text.indexOf('\n') + 1, text.indexOf('\n## ')).trim();
}

test('the README has the head of the last report, in which every step passed', () => {
  const last = head(read('e2e/results/report.md'));
  assert.equal(/<!-- e2e -->\n(.*)\n<!-- \/e2e -->/s.exec(read('README.md'))?.[1]?.trim(), last);
  for (const { name, proves } of STEPS)
    assert.match(
      last,
      new RegExp(`^\\| ${name} \\| passed \\| \\d+ s \\| ${proves.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} \\|$`, 'm'),
    );
});

test('a failure stands under its step, and what came after it was not run', () => {
  const [first, second] = STEPS;
  assert.ok(first !== undefined && second !== undefined);
  const text = report(
    [
      { step: first, outcome: 'failed', seconds: 1.4, said: ['looked'], error: 'Error: nothing there' },
      { step: second, outcome: 'not run', seconds: 0, said: [] },
    ],
    { kubernetes: 'v1.33.4', date: '2026-01-02', cores: 2, charts: 'public charts' },
  );
  assert.match(text, /0 of 2 steps passed/);
  assert.match(text, /## bare\n\n```text\nlooked\n\nError: nothing there\n```/);
  assert.match(text, /\| platform \| not run \| 0 s \|/);
});
