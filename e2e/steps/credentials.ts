/** `npm run seal` with the cluster's own certificate; Sealed Secrets' controller opens what it wrote. */
import assert from 'node:assert/strict';
import { syncTo, waitHealthy } from '../argocd.ts';
import type { Step } from '../run.ts';
import { CLUSTER, TEAM } from '../settings.ts';

export const credentials: Step = {
  name: 'credentials',
  proves:
    'sealed credentials are opened on the cluster, models are fetched with them, every Application is Synced and Healthy',
  async run({ project, kube, s3, say }) {
    const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
    const env = { AWS_ACCESS_KEY_ID: s3.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.secretAccessKey };
    await project.npm('seal', ['--cluster', CLUSTER, '--fetch-cert', '--from-env', ...keys], { env });
    const revision = await project.release(`${CLUSTER}: seal the S3 credentials`);
    say(`sealed, generated, verified, pushed ${revision.slice(0, 10)}`);
    await syncTo(kube, revision);
    for (const namespace of [TEAM, 'mlflow']) {
      const reference = { apiVersion: 'v1', kind: 'Secret', name: 'mlops-aws-credentials', namespace };
      const secret = await kube.waitFor(reference, { seconds: 240 }, ({ data }) =>
        data?.['AWS_SECRET_ACCESS_KEY'] === undefined ? 'it has no key yet' : undefined,
      );
      const opened = Buffer.from(secret.data?.['AWS_SECRET_ACCESS_KEY'] ?? '', 'base64').toString();
      assert.equal(opened, s3.secretAccessKey, `${namespace}: the Secret holds another value than was sealed`);
      say(`the controller opened ${namespace}/mlops-aws-credentials`);
    }
    await waitHealthy(
      kube,
      ['model-iris-classifier', 'model-iris-classifier-sklearn', 'model-wine-cultivar'],
      { seconds: 480, everyMs: 2000 },
      say,
    );
    await waitHealthy(kube, undefined, { seconds: 300, everyMs: 2000 }, say);
  },
};
