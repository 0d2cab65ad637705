/** A second version gets copies of the requests, and nobody outside notices. */
import assert from 'node:assert/strict';
import { type Outside, outsideOf } from '../gateway.ts';
import { modelHost } from '../hosts.ts';
import type { Kube } from '../kube.ts';
import { startLoad } from '../load.ts';
import { counted } from '../metrics.ts';
import { change, MODEL, only, versionOf, versionsOf } from '../rollout.ts';
import type { Run, Step } from '../run.ts';
import { TEAM } from '../settings.ts';
import { meets } from '../status.ts';
import { NotYet, sleep, until } from '../wait.ts';
import { FLOWER } from './answers.ts';

const REQUESTS = 200;
/** The port of the predictor's metrics (generators/plan/serving-runtime.ts). */
const METRICS = 8081;
const LABELS = `app=isvc.${MODEL}-mirror-predictor`;
const COPYING = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'TraefikService',
  name: `${MODEL}-traffic`,
  namespace: TEAM,
};
const SECOND = {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  name: `${MODEL}-mirror`,
  namespace: TEAM,
};

export const mirror: Step = {
  name: 'mirror',
  proves: 'behind Traefik a mirror gets a copy of each request, the served version answers all, and its end loses none',
  async run(run) {
    const outside = await outsideOf(run.kube, run.settings);
    try {
      await change(run, 'mirror', '--version', '2', '--percent', '100');
      assert.ok(await run.kube.get(COPYING), `TraefikService ${COPYING.name} is there`);
      await copies(run, outside);
      await end(run, outside);
      await only(run, outside, '1');
    } finally {
      await outside.close();
    }
  },
};

async function copies(run: Run, outside: Outside): Promise<void> {
  const { kube, say } = run;
  const before = await flowing(run, outside);
  assert.deepEqual([...new Set(await versionsOf(run, outside, REQUESTS))], ['1'], 'the mirror answers nobody');
  const wanted = before + REQUESTS;
  await until('the copies', { seconds: 20, everyMs: 500 }, async () => {
    const more = (await answered(kube)) - before;
    if (more < REQUESTS) throw new NotYet(`${more} of ${REQUESTS} have come`);
  });
  await sleep(2000);
  assert.equal(await answered(kube), wanted, 'one copy of each request, and no more');
  say(`version 1 answered ${REQUESTS} requests, version 2 got a copy of each`);
}

/** The Gateway follows a moment after Argo CD; resolves to what the mirror has answered once copies come and none is on its way. */
async function flowing(run: Run, outside: Outside): Promise<number> {
  let last = 0;
  await until('the first copy', { seconds: 30, everyMs: 500 }, async () => {
    await versionOf(run, outside);
    last = await answered(run.kube);
    if (last === 0) throw new NotYet('the mirror has answered nothing');
  });
  return until('the last of the first copies', { seconds: 20, everyMs: 2000 }, async () => {
    const now = await answered(run.kube);
    if (now !== last) {
      last = now;
      throw new NotYet(`${now} have come`);
    }
    return now;
  });
}

/** Requests that the mirror's pods have answered, by their own metrics. */
async function answered(kube: Kube): Promise<number> {
  const pods = (await kube.list('v1', 'Pod', TEAM, LABELS)).filter(({ status }) => meets(status?.conditions, 'Ready'));
  assert.ok(pods.length > 0, `no pod with ${LABELS} is ready`);
  const texts = await Promise.all(
    pods.map(({ metadata }) => kube.fromPod({ name: metadata?.name ?? '', namespace: TEAM, port: METRICS }, 'metrics')),
  );
  return texts.reduce((sum, text) => sum + counted(text, 'nv_inference_request_success'), 0);
}

async function end(run: Run, outside: Outside): Promise<void> {
  const { kube, settings, say } = run;
  const load = startLoad(outside, modelHost(settings, MODEL), `/v2/models/${MODEL}/infer`, FLOWER, {
    callers: 4,
    pauseMs: 20,
    seconds: 300,
  });
  try {
    await change(run, 'mirror', '--stop');
    for (const one of [COPYING, SECOND]) await kube.waitGone(one, { seconds: 120 });
    await sleep(3000);
  } finally {
    await load.stop();
  }
  assert.deepEqual(load.failures.slice(0, 5), [], `${load.failures.length} requests failed`);
  assert.ok(load.answered > 100, 'there was a load');
  say(`the mirror is gone; ${load.answered} requests meanwhile, none failed`);
}
