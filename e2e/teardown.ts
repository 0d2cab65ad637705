/** Takes everything off the cluster that a run brought, so that the next one begins with an empty one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARGOCD, application, applications, documents } from './argocd.ts';
import { type Kube, referenceOf, type Thing } from './kube.ts';
import { removeStorage } from './services/storage.ts';

const NAMESPACES = [
  ...['ml-platform', 'mlflow', 'jupyterhub', 'model-client', 'traefik', 'kserve', 'sealed-secrets', 'cert-manager'],
  ARGOCD,
];
const GROUPS = /\.(?:kserve\.io|argoproj\.io|bitnami\.com|cert-manager\.io|gateway\.networking\.k8s\.io|traefik\.io)$/;
const CLUSTER_KINDS = [
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
] as const;
const METRICS = join(import.meta.dirname, 'manifests/metrics-server.yaml');
const OURS = /kserve|argocd|traefik|sealed-secrets|cert-manager|mlflow|jupyterhub|metrics-server/;

export async function tearDown(kube: Kube, say: (text: string) => void): Promise<void> {
  // Not the finalizers' way: that would wait for controllers which go at the same time.
  for (const { name } of [{ name: 'root' }, ...(await applications(kube).catch(() => []))]) {
    if ((await kube.get(application(name))) === undefined) continue;
    await kube.mergePatch(application(name), { metadata: { finalizers: null } });
    await kube.remove(application(name));
  }
  for (const [apiVersion, kind] of CLUSTER_KINDS) {
    for (const { metadata } of await kube.list(apiVersion, kind)) {
      const name = metadata?.name ?? '';
      if (OURS.test(name)) await kube.remove({ apiVersion, kind, name });
    }
  }
  for (const object of documents(readFileSync(METRICS, 'utf8')).reverse()) await kube.remove(referenceOf(object));
  await removeKept(kube);
  for (const name of NAMESPACES) await kube.remove({ apiVersion: 'v1', kind: 'Namespace', name });
  const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  for (const { metadata } of await kube.list(crd.apiVersion, crd.kind)) {
    const name = metadata?.name ?? '';
    if (GROUPS.test(name)) await kube.remove({ ...crd, name });
  }
  for (const name of NAMESPACES) await kube.waitGone({ apiVersion: 'v1', kind: 'Namespace', name }, { seconds: 180 });
  await removeStorage(kube);
  say('the cluster is as it was');
}

/** Objects with finalizers whose controllers are about to go. */
async function removeKept(kube: Kube): Promise<void> {
  const apiVersion = 'serving.kserve.io/v1beta1';
  const services: readonly Thing[] = await kube.list(apiVersion, 'InferenceService').catch(() => []);
  for (const { metadata } of services) {
    const reference = {
      apiVersion,
      kind: 'InferenceService',
      name: metadata?.name ?? '',
      namespace: metadata?.namespace ?? '',
    };
    await kube.mergePatch(reference, { metadata: { finalizers: null } });
    await kube.remove(reference);
  }
}
