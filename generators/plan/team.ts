/** One team → its App: the namespace and everything in it that is not a model. */
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { INamespace, IResourceQuota, IServiceAccount } from 'kubernetes-models/v1';
import type { KubeObject } from '../kube/object.ts';
import { partNamespaces } from '../resolve/defaults.ts';
import type { Platform, Site, Team } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, ROUTES_LABEL, waves } from './app.ts';
import { plain } from './plain.ts';
import { plannedSecret } from './sealed-secret.ts';

/** Resource waves inside an App: what others need comes first. */
const step = (wave: number) => ({ 'argocd.argoproj.io/sync-wave': String(wave) });

export function teamApp(team: Team, platform: Platform): App {
  const { site } = platform;
  const objects: KubeObject[] = [
    plain(namespace(team.namespace, { 'pod-security.kubernetes.io/enforce': 'baseline' })),
    ...secretObjects(team.namespace, platform),
    plain(serviceAccount(team, site)),
    plain(networkPolicy(team, site)),
  ];
  if (team.quota !== undefined) objects.push(plain(resourceQuota(team, team.quota)));
  return {
    name: `team-${team.name}`,
    project: PLATFORM_PROJECT,
    namespace: team.namespace,
    wave: waves.teams,
    source: { kind: 'folder', objects },
    createNamespace: false,
    removal: 'delete',
  };
}

/** A namespace that may route through the Gateway. Deleting it would delete all in it, so Argo CD asks first. */
export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): INamespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { ...ROUTES_LABEL, ...labels },
      annotations: { ...step(-3), 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' },
    },
  };
}

/** The sealed secrets that pods of a namespace need; what is missing has been reported by `checkSealed`. */
export function secretObjects(name: string, platform: Platform): KubeObject[] {
  return platform.secrets
    .filter((need) => need.namespace === name)
    .flatMap((need) => {
      const sealed = platform.sealed.get(`${need.namespace}.${need.secret}`);
      return sealed === undefined ? [] : [plannedSecret(need, sealed.value, platform.site, step(-2))];
    });
}

/** The ServiceAccount of model pods. KServe reads the credentials from its `secrets` or its annotations. */
function serviceAccount(team: Team, site: Site): IServiceAccount {
  const { credentials, storage } = site;
  const base = { name: credentials.serviceAccount, namespace: team.namespace };
  const common = { apiVersion: 'v1', kind: 'ServiceAccount', automountServiceAccountToken: false } as const;
  if (credentials.kind === 'static') {
    return { ...common, metadata: { ...base, annotations: step(-1) }, secrets: [{ name: credentials.secret }] };
  }
  const annotations = {
    ...step(-1),
    'eks.amazonaws.com/role-arn': credentials.readerRoleArn,
    // With a role, KServe takes the S3 settings from here alone (pkg/credentials/s3, BuildServiceAccountEnvs).
    'serving.kserve.io/s3-region': storage.region,
    'serving.kserve.io/s3-usehttps': '1',
  };
  return { ...common, metadata: { ...base, annotations } };
}

/** Pods accept traffic from the Gateway, the client, Prometheus and their own namespace; nothing else. */
function networkPolicy(team: Team, site: Site): INetworkPolicy {
  const from = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
  const allowed = [
    site.gateway.namespace,
    ...(site.client === undefined ? [] : [site.client.namespace]),
    ...(site.parts.monitoring === undefined ? [] : [partNamespaces.monitoring]),
  ];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'models', namespace: team.namespace },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }, ...allowed.map(from)] }],
    },
  };
}

function resourceQuota(team: Team, quota: NonNullable<Team['quota']>): IResourceQuota {
  const hard: Record<string, string> = {
    ...(quota.pods === undefined ? {} : { pods: String(quota.pods) }),
    ...(quota.cpu === undefined ? {} : { 'requests.cpu': quota.cpu }),
    ...(quota.memory === undefined ? {} : { 'requests.memory': quota.memory, 'limits.memory': quota.memory }),
    ...(quota.gpu === undefined ? {} : { 'requests.nvidia.com/gpu': String(quota.gpu) }),
  };
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'models', namespace: team.namespace },
    spec: { hard },
  };
}
