/** Steps in order, what a failure ends, and what the report says of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { report } from './report.ts';
import type { Run, Step } from './run.ts';
import { runSteps } from './runner.ts';
import { NotYet, until } from './wait.ts';

const machine = { kubernetes: 'v1.33.4', date: '2026-01-02', cores: 2, charts: 'stand-in charts' };
// The steps of this test use nothing of it.
const run = {} as Omit<Run, 'say'>;

function step(name: string, act: Step['run'] = async () => {}): Step {
  return { name, proves: `${name} holds`, run: act };
}

test('a failure ends the run, is collected, and stands in the report', async () => {
  const printed: string[] = [];
  const collected: string[] = [];
  const ran: string[] = [];
  const steps = [
    step('first', async ({ say }) => say('it is there')),
    step('second', async () => {
      throw new Error('the answer was 7');
    }),
    step('third', async () => {
      ran.push('third');
    }),
  ];
  const results = await runSteps(
    steps,
    run,
    (line) => printed.push(line),
    async ({ name }) => {
      collected.push(name);
    },
  );
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ['passed', 'failed', 'not run'],
  );
  assert.deepEqual([collected, ran], [['second'], []]);
  assert.ok(printed.some((line) => line.endsWith('s  it is there')));
  const text = report(results, machine);
  assert.match(text, /1 of 3 steps passed/);
  assert.match(text, /\| second \| failed \| 0 s \| second holds \|/);
  assert.match(text, /## first\n\n```text\nit is there\n```/);
  assert.match(text, /Error: the answer was 7/);
});

test('waiting ends with the last reason, and at once with a fault', async () => {
  let tries = 0;
  const found = await until('a thing', { seconds: 5, everyMs: 1 }, async () => {
    tries += 1;
    if (tries < 3) throw new NotYet('not there');
    return tries;
  });
  assert.equal(found, 3);
  const never = until('a thing', { seconds: 0.01, everyMs: 1 }, async () => {
    throw new NotYet('it is red');
  });
  await assert.rejects(never, /a thing: not within 0.01 s: it is red/);
  const fault = until('a thing', { seconds: 5 }, async () => {
    throw new Error('refused');
  });
  await assert.rejects(fault, /^Error: refused$/);
});
