/** From an empty cluster: one file is applied by hand, Argo CD brings the rest in order. */
import { stringify } from 'yaml';
import { documents, waitHealthy } from '../argocd.ts';
import { push } from '../git.ts';
import { referenceOf } from '../images/list.ts';
import { pinned } from '../images/registry.ts';
import { condition } from '../kube.ts';
import { serveOnly } from '../project.ts';
import type { Run, Step } from '../run.ts';
import { ensureStorage } from '../services/storage.ts';
import { BUCKET, CLUSTER, TEAM } from '../settings.ts';

/** What needs no credentials; the rest waits for the next step, which seals them with the certificate of this one's controller. */
const PLATFORM = [
  'argocd-config',
  'gateway-api',
  'cert-manager',
  'sealed-secrets',
  'traefik',
  'gateway',
  'kserve-crd',
  'kserve',
  'serving-runtime',
  'team-ml-platform',
];

/** The test's `cluster.yaml`. */
export async function clusterFile({ settings, project, s3 }: Run): Promise<object> {
  const { charts, domain, notebookImage, registry } = settings;
  const image = async (name: string) => `ghcr.io/${await pinned(`http://${registry}`, referenceOf(name))}`;
  const mirror = { charts, gatewayApi: project.url.replace('kserve-gitops', 'gateway-api') };
  return {
    repository: { url: project.url },
    ...(charts === undefined ? {} : { mirror }),
    domain,
    gateway: { tls: { issuer: 'self-signed' } },
    storage: { bucket: BUCKET, region: s3.region, endpoint: s3.endpoint },
    credentials: { kind: 'static' },
    teams: [{ name: TEAM }],
    kserve: { version: 'v0.16.0' },
    predictor: { image: await image('predictor'), resources: { cpu: '100m', memory: '256Mi' } },
    client: { enabled: true, replicas: 1, image: await image('client') },
    platform: {
      mlflow: { enabled: true },
      jupyterhub: { enabled: true, ...(notebookImage === undefined ? {} : { image: notebookImage }) },
    },
  };
}

export const platform: Step = {
  name: 'platform',
  proves: 'Argo CD brings the platform in order from one applied file, with no retry by hand',
  async run(run) {
    const { project, kube, say } = run;
    project.write(`clusters/${CLUSTER}/cluster.yaml`, stringify(await clusterFile(run)));
    serveOnly(project, {
      'iris-classifier': { version: '1', autoscaling: { minReplicas: 2, maxReplicas: 2 } },
      'iris-classifier-sklearn': { version: '1' },
      'wine-cultivar': { version: '1' },
    });
    await project.npm('generate', ['--cluster', CLUSTER]);
    const { pushed, unsealed } = await pushUnsealed(run);
    say(`pushed ${pushed.slice(0, 10)}; verify says that ${unsealed} credentials are to be sealed`);
    await ensureStorage(kube, say);
    for (const object of documents(project.read(`clusters/${CLUSTER}/argocd/root.yaml`))) await kube.apply(object);
    say(`applied clusters/${CLUSTER}/argocd/root.yaml`);
    await waitHealthy(kube, PLATFORM, { seconds: 420, everyMs: 2000 }, say);
    const gateway = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      name: 'traefik-gateway',
      namespace: 'traefik',
    };
    await kube.waitFor(gateway, { seconds: 60 }, condition('Programmed'));
    say('the Gateway is Programmed');
  },
};

/** A new cluster has no certificate to seal with: verify says so, and nothing else. */
async function pushUnsealed({ project }: Run): Promise<{ pushed: string; unsealed: number }> {
  const report = JSON.parse(
    await project.npm('verify', ['--cluster', CLUSTER, '--format', 'json'], { fine: [0, 1] }),
  ) as {
    problems: { code: string; severity: string; message: string }[];
  };
  const faults = report.problems.filter(({ severity }) => severity === 'error');
  const others = faults.filter(({ code }) => !['CERTIFICATE_MISSING', 'SECRET_MISSING'].includes(code));
  if (others.length > 0)
    throw new Error(`verify finds more than unsealed Secrets: ${JSON.stringify(others, undefined, 1)}`);
  const pushed = await push(project.root, `${CLUSTER}: a cluster for tests`);
  return { pushed, unsealed: faults.length };
}
