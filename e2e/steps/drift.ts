/** A second reconciliation finds nothing to do, and a hand edit is healed. */
import assert from 'node:assert/strict';
import { application, applications, refresh, told } from '../argocd.ts';
import type { Kube, Thing } from '../kube.ts';
import type { Step } from '../run.ts';
import { TEAM } from '../settings.ts';
import { sleep } from '../wait.ts';

const MODEL = {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  name: 'iris-classifier',
  namespace: TEAM,
};

export const drift: Step = {
  name: 'drift',
  proves:
    'after a hard refresh no Application differs or syncs again; what is edited by hand on the cluster is put back',
  async run({ kube, say }) {
    const before = await started(kube);
    for (const { name } of await applications(kube)) await refresh(kube, name, 'hard');
    await sleep(15_000);
    const states = await applications(kube);
    const differing = states.filter(({ sync }) => sync !== 'Synced');
    assert.equal(differing.length, 0, `These differ from git:\n${differing.map(told).join('\n')}`);
    const again = [...(await started(kube))].filter(([name, time]) => before.get(name) !== time).map(([name]) => name);
    assert.deepEqual(again, [], `These synced again without a new commit: ${again.join(', ')}`);
    say(`${states.length} Applications, no difference, no further sync`);

    const { metadata } = (await kube.get(MODEL)) ?? {};
    const generation = metadata?.generation ?? 0;
    await kube.mergePatch(MODEL, { spec: { predictor: { maxReplicas: 7 } } });
    const healed = await kube.waitFor(MODEL, { seconds: 60 }, ({ spec, metadata }) => {
      if ((metadata?.generation ?? 0) <= generation) return 'the edit is not there yet';
      return maxReplicas(spec) === 7 ? 'maxReplicas is 7, as edited' : undefined;
    });
    say(`maxReplicas edited to 7 by hand, and put back to ${maxReplicas(healed.spec)}`);
  },
};

function maxReplicas(spec: Thing['spec']): number | undefined {
  return (spec?.['predictor'] as { maxReplicas?: number } | undefined)?.maxReplicas;
}

async function started(kube: Kube): Promise<Map<string, string>> {
  const times = new Map<string, string>();
  for (const { name } of await applications(kube)) {
    const object = await kube.get(application(name));
    times.set(name, String(object?.status?.operationState?.startedAt));
  }
  return times;
}
