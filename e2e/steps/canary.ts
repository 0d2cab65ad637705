/** A second version gets a share of the requests, then all of it, then it is taken back: each a commit. */
import assert from 'node:assert/strict';
import { syncTo, waitHealthy } from '../argocd.ts';
import { type Outside, outsideOf } from '../gateway.ts';
import { modelHost } from '../hosts.ts';
import type { Run, Step } from '../run.ts';
import { CLUSTER, TEAM } from '../settings.ts';
import { NotYet, until } from '../wait.ts';
import { FLOWER } from './answers.ts';

const MODEL = 'iris-classifier';
const APP = [`model-${MODEL}`];
const REQUESTS = 2000;
const WEIGHT = 10;

export const canary: Step = {
  name: 'canary',
  proves:
    'a canary gets its share within three sigmas, a header leads to it, promotion and rollback are one command each',
  async run(run) {
    const outside = await outsideOf(run.kube, run.settings);
    try {
      await change(run, [
        'canary',
        MODEL,
        '--cluster',
        CLUSTER,
        '--version',
        '2',
        '--weight',
        String(WEIGHT),
        '--header',
        'x-canary=yes',
      ]);
      await routed(run, outside);
      await share(run, outside);
      await byHeader(run, outside);
      await change(run, ['canary', MODEL, '--cluster', CLUSTER, '--promote']);
      await only(run, outside, '2');
      await gone(run);
      await change(run, ['rollback', MODEL, '--cluster', CLUSTER]);
      await only(run, outside, '1');
    } finally {
      await outside.close();
    }
  },
};

/** One command of `npm run model`, released as a commit, until Argo CD has brought it about. */
async function change({ project, kube, say }: Run, args: readonly string[]): Promise<void> {
  await project.npm('model', args);
  const revision = await project.release(`${CLUSTER}: ${args.slice(0, 2).join(' ')}`);
  await syncTo(kube, revision);
  await waitHealthy(kube, APP, { seconds: 240, everyMs: 1000 }, () => undefined);
  say(`npm run model -- ${args.join(' ')}`);
}

async function versionOf(outside: Outside, host: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await outside.infer(host, MODEL, FLOWER, { headers });
  assert.equal(answer.model_name, MODEL, 'a canary answers under the name of its model');
  return answer.model_version ?? '';
}

/** The Gateway's data plane follows a moment after the route is Accepted. */
async function routed({ settings }: Run, outside: Outside): Promise<void> {
  await until('the header route', { seconds: 30, everyMs: 300 }, async () => {
    const version = await versionOf(outside, modelHost(settings, MODEL), { 'x-canary': 'yes' });
    if (version !== '2') throw new NotYet(`version ${version} answers`);
  });
}

async function share({ settings, say }: Run, outside: Outside): Promise<void> {
  const host = modelHost(settings, MODEL);
  let second = 0;
  for (let sent = 0; sent < REQUESTS; sent += 20) {
    const versions = await Promise.all(Array.from({ length: 20 }, () => versionOf(outside, host)));
    second += versions.filter((version) => version === '2').length;
  }
  const expected = (REQUESTS * WEIGHT) / 100;
  const sigma = Math.sqrt(REQUESTS * (WEIGHT / 100) * (1 - WEIGHT / 100));
  const told = `${second} of ${REQUESTS} requests went to version 2; ${expected} ± ${(3 * sigma).toFixed(0)} expected`;
  assert.ok(Math.abs(second - expected) <= 3 * sigma, told);
  say(told);
}

async function byHeader({ settings, say }: Run, outside: Outside): Promise<void> {
  const host = modelHost(settings, MODEL);
  const versions = await Promise.all(Array.from({ length: 40 }, () => versionOf(outside, host, { 'x-canary': 'yes' })));
  assert.deepEqual([...new Set(versions)], ['2']);
  say('40 of 40 requests with x-canary: yes went to version 2');
}

/** From some moment on, 40 requests in a row are answered by this version. */
async function only({ settings, say }: Run, outside: Outside, wanted: string): Promise<void> {
  const host = modelHost(settings, MODEL);
  await until(`version ${wanted} alone`, { seconds: 180, everyMs: 1000 }, async () => {
    const versions = await Promise.all(Array.from({ length: 40 }, () => versionOf(outside, host)));
    if (versions.some((version) => version !== wanted))
      throw new NotYet(`versions ${[...new Set(versions)].join(', ')} answer`);
  });
  say(`version ${wanted} answers alone`);
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
