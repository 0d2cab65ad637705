/** Load moves the replicas of a model that scales with its CPU. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { documents, syncTo, waitHealthy } from '../argocd.ts';
import { outsideOf } from '../gateway.ts';
import { modelHost } from '../hosts.ts';
import { condition, type Kube } from '../kube.ts';
import { startLoad } from '../load.ts';
import type { Project } from '../project.ts';
import type { Step } from '../run.ts';
import { CLUSTER, TEAM } from '../settings.ts';
import { FLOWER } from './answers.ts';

const MODEL = 'iris-classifier';
const HPA = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  name: `${MODEL}-predictor`,
  namespace: TEAM,
};

export const autoscaling: Step = {
  name: 'autoscaling',
  proves: 'replicas follow the load of a model',
  async run({ project, kube, settings, say }) {
    await measure(kube);
    const before = project.read('models.yaml');
    scale(project, { minReplicas: 1, maxReplicas: 2, target: 50 });
    await syncTo(kube, await project.release(`${MODEL}: scale with the CPU`));
    await kube.waitFor(HPA, { seconds: 240 }, ({ status, spec }) => {
      if (spec?.['minReplicas'] !== 1) return 'it is the one of before';
      if (status?.currentMetrics?.[0]?.resource?.current?.averageUtilization === undefined)
        return 'it has no measure yet';
      return status?.currentReplicas === 1 ? undefined : `${status?.currentReplicas} replicas`;
    });
    say('without load: 1 replica');
    const outside = await outsideOf(kube, settings);
    try {
      const path = `/v2/models/${MODEL}/infer`;
      const load = startLoad(outside, modelHost(settings, MODEL), path, FLOWER, {
        callers: 16,
        pauseMs: 0,
        seconds: 240,
      });
      const { status } = await kube.waitFor(HPA, { seconds: 200 }, (object) =>
        object.status?.currentReplicas === 2 ? undefined : `${object.status?.currentReplicas} replicas`,
      );
      await load.stop();
      const used = status?.currentMetrics?.[0]?.resource?.current?.averageUtilization;
      say(`under load: 2 replicas, at ${used} % of the requested CPU, after ${load.answered} requests`);
      if (load.failures.length > 0)
        throw new Error(`${load.failures.length} requests failed: ${load.failures.slice(0, 3).join('; ')}`);
    } finally {
      await outside.close();
      project.write('models.yaml', before);
      await syncTo(kube, await project.release(`${MODEL}: two replicas`));
    }
    await waitHealthy(kube, [`model-${MODEL}`], { seconds: 180 }, () => undefined);
  },
};

/** Clusters commonly have metrics-server; this one gets it here. */
async function measure(kube: Kube): Promise<void> {
  const service = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', name: 'v1beta1.metrics.k8s.io' };
  if ((await kube.get(service)) === undefined) {
    const file = join(import.meta.dirname, '../manifests/metrics-server.yaml');
    const objects = documents(readFileSync(file, 'utf8'));
    for (const object of objects.filter(({ kind }) => kind !== 'APIService')) await kube.apply(object);
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'metrics-server', namespace: 'kube-system' };
    await kube.waitFor(deployment, { seconds: 120 }, condition('Available'));
    for (const object of objects.filter(({ kind }) => kind === 'APIService')) await kube.apply(object);
  }
  await kube.waitFor(service, { seconds: 120 }, condition('Available'));
}

function scale(project: Project, autoscaling: object): void {
  const document = parseDocument(project.read('models.yaml'));
  const { models } = document.toJS() as { models: { name: string }[] };
  const index = models.findIndex(({ name }) => name === MODEL);
  document.setIn(['models', index, 'serve', CLUSTER, 'autoscaling'], autoscaling);
  project.write('models.yaml', document.toString({ lineWidth: 0 }));
}
