/** A second version gets a share of the requests, then all of it, then it is taken back: each a commit. */
import assert from 'node:assert/strict';
import { type Outside, outsideOf } from '../gateway.ts';
import { change, MODEL, only, versionOf, versionsOf } from '../rollout.ts';
import type { Run, Step } from '../run.ts';
import { TEAM } from '../settings.ts';
import { NotYet, until } from '../wait.ts';

const REQUESTS = 2000;
const WEIGHT = 10;
const HEADER = { 'x-canary': 'yes' };

export const canary: Step = {
  name: 'canary',
  proves:
    'a canary gets its share within three sigmas, a header leads to it, promotion and rollback are one command each',
  async run(run) {
    const outside = await outsideOf(run.kube, run.settings);
    try {
      await change(run, 'canary', '--version', '2', '--weight', String(WEIGHT), '--header', 'x-canary=yes');
      await routed(run, outside);
      await share(run, outside);
      await byHeader(run, outside);
      await change(run, 'canary', '--promote');
      await only(run, outside, '2');
      await gone(run);
      await change(run, 'rollback');
      await only(run, outside, '1');
    } finally {
      await outside.close();
    }
  },
};

/** The Gateway's data plane follows a moment after the route is Accepted. */
async function routed(run: Run, outside: Outside): Promise<void> {
  await until('the header route', { seconds: 30, everyMs: 300 }, async () => {
    const version = await versionOf(run, outside, HEADER);
    if (version !== '2') throw new NotYet(`version ${version} answers`);
  });
}

async function share(run: Run, outside: Outside): Promise<void> {
  const versions = await versionsOf(run, outside, REQUESTS);
  const second = versions.filter((version) => version === '2').length;
  const expected = (REQUESTS * WEIGHT) / 100;
  const sigma = Math.sqrt(REQUESTS * (WEIGHT / 100) * (1 - WEIGHT / 100));
  const told = `${second} of ${REQUESTS} requests went to version 2; ${expected} ± ${(3 * sigma).toFixed(0)} expected`;
  assert.ok(Math.abs(second - expected) <= 3 * sigma, told);
  run.say(told);
}

async function byHeader(run: Run, outside: Outside): Promise<void> {
  assert.deepEqual([...new Set(await versionsOf(run, outside, 40, HEADER))], ['2']);
  run.say('40 of 40 requests with x-canary: yes went to version 2');
}

async function gone({ kube, say }: Run): Promise<void> {
  const canary = {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    name: `${MODEL}-canary`,
    namespace: TEAM,
  };
  await kube.waitGone(canary, { seconds: 60 });
  say('the canary is pruned');
}
