/** The next release of KServe, whose charts have other names: one line of cluster.yaml, and nothing of a model is deleted. */
import assert from 'node:assert/strict';
import { parseDocument } from 'yaml';
import { application, refresh, syncTo, waitHealthy } from '../argocd.ts';
import { pushModuleCharts } from '../charts.ts';
import { outsideOf } from '../gateway.ts';
import { modelHost } from '../hosts.ts';
import type { Kube } from '../kube.ts';
import { startLoad } from '../load.ts';
import type { Run, Step } from '../run.ts';
import { CLUSTER } from '../settings.ts';
import { FLOWER } from './answers.ts';

const MODEL = 'iris-classifier';
const RELEASE = 'v0.17.0';
const CHARTS = ['kserve-crd', 'kserve-resources', 'kserve-runtime-configs'];
/** What a chart under another name could take away. */
const KEPT = [
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['serving.kserve.io/v1alpha1', 'ClusterServingRuntime'],
  ['serving.kserve.io/v1alpha1', 'ClusterStorageContainer'],
  ['serving.kserve.io/v1beta1', 'InferenceService'],
] as const;

export const upgrade: Step = {
  name: 'upgrade',
  proves:
    'the next release of KServe, with other charts, comes by one line; no CRD, runtime or model is deleted, no request lost',
  async run(run) {
    const { project, kube, settings, say } = run;
    const { charts, registry } = settings;
    if (charts !== undefined) await pushModuleCharts(`github.com/kserve/kserve@${RELEASE}`, CHARTS, registry, say);
    const before = await identities(kube);
    const outside = await outsideOf(kube, settings);
    const path = `/v2/models/${MODEL}/infer`;
    const load = startLoad(outside, modelHost(settings, MODEL), path, FLOWER, {
      callers: 2,
      pauseMs: 50,
      seconds: 480,
    });
    try {
      const cluster = parseDocument(project.read(`clusters/${CLUSTER}/cluster.yaml`));
      cluster.setIn(['kserve', 'version'], RELEASE);
      project.write(`clusters/${CLUSTER}/cluster.yaml`, cluster.toString({ lineWidth: 0 }));
      await syncTo(kube, await project.release(`${CLUSTER}: KServe ${RELEASE}`), 420);
      await controllerRuns(run);
      await leftBehind(run);
      await waitHealthy(kube, undefined, { seconds: 300, everyMs: 2000 }, () => undefined);
    } finally {
      await load.stop();
      await outside.close();
    }
    const after = await identities(kube);
    const lost = [...before].filter(([name, uid]) => after.get(name) !== uid).map(([name]) => name);
    assert.deepEqual(lost, [], 'these were deleted, or made anew');
    say(`${before.size} CRDs, runtimes, storage containers and InferenceServices are the ones of before`);
    assert.deepEqual(load.failures.slice(0, 5), [], `${load.failures.length} requests failed meanwhile`);
    say(`${load.answered} requests meanwhile, none failed`);
  },
};

async function controllerRuns({ kube, say }: Run): Promise<void> {
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'kserve-controller-manager',
    namespace: 'kserve',
  };
  await kube.waitFor(controller, { seconds: 300 }, ({ spec, status, metadata }) => {
    const { containers } = (spec as { template: { spec: { containers: { image: string }[] } } }).template.spec;
    if (!containers.some(({ image }) => image.endsWith(`:${RELEASE}`))) return `it is ${containers[0]?.image}`;
    if (status?.observedGeneration !== metadata?.generation) return 'its controller has not seen it yet';
    return status?.updatedReplicas === 1 && status.readyReplicas === 1 ? undefined : 'its new pod is not ready';
  });
  say(`the controller of ${RELEASE} runs`);
}

/** What `npm run upgrade -- plan` says of it: a person deletes what no chart holds any more. */
async function leftBehind({ kube, say }: Run): Promise<void> {
  await waitHealthy(kube, ['kserve-runtimes'], { seconds: 180 }, () => undefined);
  await refresh(kube, 'kserve');
  const left = ((await kube.get(application('kserve')))?.status?.resources ?? []).filter((one) => one.requiresPruning);
  assert.deepEqual(
    left.filter(({ kind }) => kind !== 'ValidatingWebhookConfiguration'),
    [],
    'the runtimes have an owner again',
  );
  for (const { kind, name } of left) {
    await kube.remove({ apiVersion: 'admissionregistration.k8s.io/v1', kind, name });
    say(`left behind, and deleted by hand: ${kind} ${name}`);
  }
  await refresh(kube, 'kserve');
}

/** Unique ids by kind and name: what is deleted and made anew has another. */
async function identities(kube: Kube): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [apiVersion, kind] of KEPT) {
    for (const { metadata } of await kube.list(apiVersion, kind)) {
      if (kind === 'CustomResourceDefinition' && metadata?.name?.endsWith('.kserve.io') !== true) continue;
      found.set([kind, metadata?.namespace, metadata?.name].filter(Boolean).join(' '), metadata?.uid ?? '');
    }
  }
  return found;
}
