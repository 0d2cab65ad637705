/** What is needed to understand a failure: objects, events and the logs of pods that are not well, in one folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { application, applications, told } from './argocd.ts';
import type { Kube, Thing } from './kube.ts';
import { meets } from './status.ts';

const KINDS = [
  ['v1', 'Pod'],
  ['v1', 'Event'],
  ['v1', 'Service'],
  ['apps/v1', 'Deployment'],
  ['serving.kserve.io/v1beta1', 'InferenceService'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'GRPCRoute'],
  ['gateway.networking.k8s.io/v1', 'Gateway'],
  ['traefik.io/v1alpha1', 'TraefikService'],
  ['bitnami.com/v1alpha1', 'SealedSecret'],
  ['batch/v1', 'Job'],
] as const;

/** Writes into the folder; resolves to one line for each Application and pod that is not well. */
export async function collect(kube: Kube, folder: string): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  const lines: string[] = [];
  for (const [apiVersion, kind] of KINDS) {
    const items = await kube.list(apiVersion, kind).catch(() => []);
    writeFileSync(join(folder, `${kind.toLowerCase()}s.yaml`), stringify(items));
    if (kind === 'Pod') for (const pod of items) lines.push(...(await logs(kube, folder, pod)));
  }
  for (const state of await applications(kube).catch(() => [])) {
    if (state.sync !== 'Synced' || state.health !== 'Healthy') lines.push(told(state));
    writeFileSync(join(folder, `application-${state.name}.yaml`), stringify(await kube.get(application(state.name))));
  }
  return lines;
}

async function logs(kube: Kube, folder: string, { metadata, spec, status }: Thing): Promise<string[]> {
  const [name = '', namespace = ''] = [metadata?.name, metadata?.namespace];
  const ready = meets(status?.conditions, 'Ready');
  const controllers = ['kserve', 'argocd', 'traefik', 'sealed-secrets', 'cert-manager'].includes(namespace);
  if ((ready || status?.phase === 'Succeeded') && !controllers) return [];
  const names = [spec?.['initContainers'], spec?.['containers']].flatMap((list) => (list ?? []) as { name: string }[]);
  for (const { name: container } of names) {
    const text = await kube.core
      .readNamespacedPodLog({ name, namespace, container, tailLines: 400 })
      .catch((error: Error) => error.message);
    writeFileSync(join(folder, `${namespace}-${name}-${container}.log`), text ?? '');
  }
  return ready || status?.phase === 'Succeeded' ? [] : [`Pod ${namespace}/${name}: ${status?.phase}`];
}
