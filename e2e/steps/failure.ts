/** What goes wrong in practice: S3 is down when a pod starts, and a new version cannot be loaded. */
import assert from 'node:assert/strict';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { parseDocument } from 'yaml';
import { applications, syncTo, told, waitHealthy } from '../argocd.ts';
import { outsideOf } from '../gateway.ts';
import { modelHost } from '../hosts.ts';
import type { Run, Step } from '../run.ts';
import type { S3Server } from '../services/s3.ts';
import { BUCKET, CLUSTER, TEAM } from '../settings.ts';
import { NotYet, sleep, until } from '../wait.ts';
import { FLOWER } from './answers.ts';

const MODEL = 'iris-classifier';
const LABELS = `app=isvc.${MODEL}-predictor`;

export const failure: Step = {
  name: 'failure',
  proves:
    'pods that start while S3 is down come up by themselves; a broken version leaves the old one serving, and Argo CD says why',
  async run(run) {
    await withoutS3(run);
    await brokenVersion(run);
  },
};

async function withoutS3({ s3, kube, say }: Run): Promise<void> {
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
}

/** The artifact of version 2 is damaged in the bucket after its digest was written down: the predictor refuses it. */
async function brokenVersion(run: Run): Promise<void> {
  const { project, kube, settings, s3, say } = run;
  const document = parseDocument(project.read('models.yaml'));
  const { models } = document.toJS() as {
    models: { name: string; versions: { version: string; artifact: string }[] }[];
  };
  const index = models.findIndex(({ name }) => name === MODEL);
  const artifact = models[index]?.versions.find(({ version }) => version === '2')?.artifact ?? '';
  const key = `${artifact.replace(`s3://${BUCKET}/`, '')}model.onnx`;
  const whole = await read(s3, key);
  await write(s3, key, Buffer.concat([whole.subarray(0, whole.length - 9), Buffer.alloc(9)]));
  const before = project.read('models.yaml');
  try {
    document.setIn(['models', index, 'serve', CLUSTER, 'version'], '2');
    project.write('models.yaml', document.toString({ lineWidth: 0 }));
    await syncTo(kube, await project.release(`${MODEL}: a version whose artifact is broken`));
    await degraded(run);
    const outside = await outsideOf(kube, settings);
    try {
      for (let sent = 0; sent < 20; sent += 1) {
        const answer = await outside.infer(modelHost(settings, MODEL), MODEL, FLOWER);
        assert.equal(answer.model_version, '1');
      }
    } finally {
      await outside.close();
    }
    say('version 1 answered 20 of 20 requests meanwhile');
  } finally {
    await write(s3, key, whole);
    project.write('models.yaml', before);
    await syncTo(kube, await project.release(`${MODEL}: back to version 1`));
  }
  await waitHealthy(kube, [`model-${MODEL}`], { seconds: 240 }, () => undefined);
}

/** Argo CD shows Degraded once the Deployment gives up on the new pods, after ten minutes (progressDeadlineSeconds of KServe). */
async function degraded({ kube, say }: Run): Promise<void> {
  await until(`model-${MODEL} to be Degraded`, { seconds: 720, everyMs: 2000 }, async () => {
    const state = (await applications(kube)).find(({ name }) => name === `model-${MODEL}`);
    if (state === undefined || state.health !== 'Degraded')
      throw new NotYet(state === undefined ? 'it is not there' : told(state));
    say(told(state));
  });
  await sleep(1000);
}

async function read({ client }: S3Server, key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function write({ client }: S3Server, key: string, body: Buffer): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
}
