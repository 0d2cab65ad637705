/** Retiring a model removes exactly its objects. */
import assert from 'node:assert/strict';
import { application, syncTo, waitHealthy } from '../argocd.ts';
import type { Kube } from '../kube.ts';
import type { Step } from '../run.ts';
import { CLUSTER, TEAM } from '../settings.ts';
import { NotYet, until } from '../wait.ts';

const MODEL = 'iris-classifier-sklearn';
const KINDS = [
  ['serving.kserve.io/v1beta1', 'InferenceService'],
  ['apps/v1', 'Deployment'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['v1', 'ServiceAccount'],
  ['batch/v1', 'Job'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'GRPCRoute'],
] as const;

export const prune: Step = {
  name: 'prune',
  proves: 'retiring a model takes exactly its objects off the cluster',
  async run({ project, kube, say }) {
    const before = await inventory(kube);
    const mine = before.filter((name) => ofModel(name));
    assert.ok(mine.length >= 5, `the model has objects to begin with: ${mine.join(', ')}`);
    await project.npm('model', ['retire', MODEL, '--cluster', CLUSTER]);
    await syncTo(kube, await project.release(`${CLUSTER}: retire ${MODEL}`));
    await kube.waitGone(application(`model-${MODEL}`), { seconds: 180 });
    await until('the rest of the model', { seconds: 60 }, async () => {
      const left = (await inventory(kube)).filter(ofModel);
      if (left.length > 0) throw new NotYet(left.join(', '));
    });
    await waitHealthy(kube, undefined, { seconds: 120, everyMs: 1000 }, () => undefined);
    const after = new Set(await inventory(kube));
    const others = before.filter((name) => !ofModel(name) && !after.has(name));
    assert.deepEqual(others, [], 'objects of others went, too');
    say(`${mine.length} objects of ${MODEL} are gone, all ${after.size} others of the namespace are there`);
  },
};

function ofModel(name: string): boolean {
  return name.split(' ')[1]?.startsWith(MODEL) === true;
}

/** Names of what stands in the team's namespace, without what controllers draw anew. */
async function inventory(kube: Kube): Promise<string[]> {
  const lists = await Promise.all(
    KINDS.map(async ([apiVersion, kind]) =>
      (await kube.list(apiVersion, kind, TEAM)).map(({ metadata }) => `${kind} ${metadata?.name}`),
    ),
  );
  return lists.flat().sort();
}
