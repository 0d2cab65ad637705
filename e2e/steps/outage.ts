/** S3 is down when a pod starts. */
import { waitHealthy } from '../argocd.ts';
import type { Step } from '../run.ts';
import { TEAM } from '../settings.ts';
import { NotYet, until } from '../wait.ts';

const MODEL = 'iris-classifier';
const LABELS = `app=isvc.${MODEL}-predictor`;

export const outage: Step = {
  name: 'outage',
  proves: 'pods that start while S3 is down come up by themselves when it is back',
  async run({ s3, kube, say }) {
    await s3.stop();
    try {
      const [pod] = await kube.list('v1', 'Pod', TEAM, LABELS);
      await kube.remove({ apiVersion: 'v1', kind: 'Pod', name: pod?.metadata?.name ?? '', namespace: TEAM });
      await until('a pod that cannot fetch its model', { seconds: 120 }, async () => {
        const pods = await kube.list('v1', 'Pod', TEAM, LABELS);
        const restarts = pods.map(({ status }) => status?.initContainerStatuses?.[0]?.restartCount ?? 0);
        if (Math.max(0, ...restarts) === 0) throw new NotYet('no storage initializer has failed yet');
      });
      say('S3 is down: the storage initializer of the new pod fails and is started again');
    } finally {
      await s3.start();
    }
    const service = { apiVersion: 'apps/v1', kind: 'Deployment', name: `${MODEL}-predictor`, namespace: TEAM };
    await kube.waitFor(service, { seconds: 240 }, ({ status, spec }) =>
      status?.readyReplicas === spec?.['replicas']
        ? undefined
        : `${status?.readyReplicas ?? 0} of ${spec?.['replicas']} pods are ready`,
    );
    await waitHealthy(kube, [`model-${MODEL}`], { seconds: 60 }, () => undefined);
    say('S3 is back: all pods are ready, without anybody doing anything');
  },
};
