/**
 * A new version that cannot be loaded: the old one serves on, and Argo CD shows why the new one does not. Two steps, since a
 * Deployment gives up on new pods after ten minutes only (progressDeadlineSeconds, which KServe leaves at its default):
 * other steps run meanwhile.
 */
import assert from 'node:assert/strict';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { parseDocument } from 'yaml';
import { applications, syncTo, told, waitHealthy } from '../argocd.ts';
import { outsideOf } from '../gateway.ts';
import { modelHost } from '../hosts.ts';
import type { Run, Step } from '../run.ts';
import type { S3Server } from '../services/s3.ts';
import { BUCKET, CLUSTER, TEAM } from '../settings.ts';
import { NotYet, until } from '../wait.ts';

const MODEL = 'wine-cultivar';
const LABELS = `app=isvc.${MODEL}-predictor`;
/** A wine of cultivar 1. */
const WINE = [13.48, 1.81, 2.41, 20.5, 100, 2.7, 2.98, 0.26, 1.86, 5.1, 1.04, 3.47, 920];
const REQUEST = { inputs: [{ name: 'input-0', shape: [1, 13], datatype: 'FP32', data: WINE }] };

export const broken: Step = {
  name: 'broken',
  proves: 'a new version whose artifact is damaged is not loaded, and the old one serves on',
  async run(run) {
    const { project, kube, say } = run;
    addDamagedVersion(run, await damagedCopy(run.s3, artifactOf(project.read('models.yaml'))));
    await syncTo(kube, await project.release(`${MODEL}: a version whose artifact is damaged`));
    await until('a pod that refuses its model', { seconds: 180 }, async () => {
      const pods = await kube.list('v1', 'Pod', TEAM, LABELS);
      const containers = pods.flatMap(({ status }) => status?.containerStatuses ?? []);
      if (!containers.some(({ restartCount }) => restartCount > 0))
        throw new NotYet(`${pods.length} pods, none has failed`);
    });
    await oldServes(run, 20);
    say('the pod of version 2 refuses its model; version 1 answered 20 of 20 requests');
  },
};

export const degraded: Step = {
  name: 'degraded',
  proves: 'Argo CD shows a version that never became ready as Degraded, with the reason; a rollback mends it',
  async run(run) {
    const { project, kube, say } = run;
    const app = `model-${MODEL}`;
    await until(`${app} to be Degraded`, { seconds: 720, everyMs: 2000 }, async () => {
      const state = (await applications(kube)).find(({ name }) => name === app);
      if (state?.health !== 'Degraded') throw new NotYet(state === undefined ? 'it is not there' : told(state));
      assert.match(state.why, new RegExp(`InferenceService ${MODEL}: ModelLoadFailed: .*sha256`));
      say(told(state));
    });
    await oldServes(run, 20);
    await project.npm('model', ['rollback', MODEL, '--cluster', CLUSTER]);
    await syncTo(kube, await project.release(`${CLUSTER}: roll back ${MODEL}`));
    await waitHealthy(kube, [app], { seconds: 240 }, () => undefined);
    await oldServes(run, 20);
    say('rolled back: Healthy, and version 1 answered all along');
  },
};

async function oldServes({ kube, settings }: Run, requests: number): Promise<void> {
  const outside = await outsideOf(kube, settings);
  try {
    for (let sent = 0; sent < requests; sent += 1) {
      const answer = await outside.infer(modelHost(settings, MODEL), MODEL, REQUEST);
      assert.equal(answer.model_version, '1');
    }
  } finally {
    await outside.close();
  }
}

interface Entry {
  readonly name: string;
  readonly versions: readonly { readonly version: string; readonly artifact: string }[];
}

function artifactOf(registry: string): string {
  const { models } = parseDocument(registry).toJS() as { models: readonly Entry[] };
  return models.find(({ name }) => name === MODEL)?.versions.find(({ version }) => version === '1')?.artifact ?? '';
}

/** Copies version 1's artifact with damaged last bytes of the model; resolves to the copy's address. */
async function damagedCopy({ client }: S3Server, artifact: string): Promise<string> {
  const from = artifact.replace(`s3://${BUCKET}/`, '');
  const to = from.replace(/\/models\/m-.{4}/, '/models/m-0000');
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: from }));
  for (const { Key = '' } of Contents) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    if (Key.endsWith('/model.onnx')) bytes.fill(0, bytes.length - 9);
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: Key.replace(from, to), Body: bytes }));
  }
  return `s3://${BUCKET}/${to}`;
}

/** Version 2 says of itself what version 1 does, with the digest of what was whole. */
function addDamagedVersion({ project }: Run, artifact: string): void {
  const document = parseDocument(project.read('models.yaml'));
  const { models } = document.toJS() as { models: readonly Entry[] };
  const index = models.findIndex(({ name }) => name === MODEL);
  const first = models[index]?.versions[0];
  document.addIn(['models', index, 'versions'], document.createNode({ ...first, version: '2', artifact }));
  document.setIn(['models', index, 'serve', CLUSTER, 'version'], '2');
  project.write('models.yaml', document.toString({ lineWidth: 0 }));
}
