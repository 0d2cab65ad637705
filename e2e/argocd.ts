/** Argo CD: the one thing that is there before, and how its Applications stand. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Kube, Reference, Thing } from './kube.ts';
import type { Settings } from './settings.ts';
import { NotYet, type Patience, until } from './wait.ts';

export const ARGOCD = 'argocd';

export function application(name: string): Reference {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', name, namespace: ARGOCD };
}

export function documents(text: string): Thing[] {
  return parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as Thing | null;
    return value === null ? [] : [value];
  });
}

/** Installs the released core manifest unless Argo CD runs already. */
export async function installArgoCd(kube: Kube, { upstream }: Settings): Promise<void> {
  const release = readdirSync(upstream).find((name) => name.startsWith('argo-cd-')) ?? 'argo-cd';
  const file = join(upstream, release, 'core-install.yaml');
  if (!existsSync(file)) throw new Error(`${file} is missing: set KSERVE_GITOPS_UPSTREAM to the folder of releases`);
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ARGOCD } });
  const clusterScoped = new Set(['CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding']);
  for (const object of documents(readFileSync(file, 'utf8'))) {
    const namespace = clusterScoped.has(object.kind ?? '') ? {} : { namespace: ARGOCD };
    await kube.apply({ ...object, metadata: { ...object.metadata, ...namespace } });
  }
  const secret = { apiVersion: 'v1', kind: 'Secret', name: 'argocd-secret', namespace: ARGOCD };
  const { data } = (await kube.get(secret)) ?? {};
  // The API server, which the core install lacks, would make it.
  if (data?.['server.secretkey'] === undefined)
    await kube.mergePatch(secret, { stringData: { 'server.secretkey': randomBytes(16).toString('hex') } });
  for (const [kind, name] of [
    ['Deployment', 'argocd-repo-server'],
    ['StatefulSet', 'argocd-application-controller'],
  ] as const) {
    await kube.waitFor({ apiVersion: 'apps/v1', kind, name, namespace: ARGOCD }, { seconds: 180 }, ({ status }) =>
      (status?.readyReplicas ?? 0) > 0 ? undefined : 'no pod is ready',
    );
  }
}

/** Tells Argo CD about the registry of the stand-in charts, whose certificate is the test cluster's own. */
export async function addChartRegistry(kube: Kube, url: string): Promise<void> {
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'charts', namespace: ARGOCD, labels: { 'argocd.argoproj.io/secret-type': 'repository' } },
    stringData: { type: 'helm', name: 'charts', url, enableOCI: 'true', insecure: 'true' },
  } as Thing);
}

export interface AppState {
  readonly name: string;
  readonly sync: string;
  readonly health: string;
  /** What it says where it is not fine. */
  readonly why: string;
}

export async function applications(kube: Kube): Promise<readonly AppState[]> {
  const items = await kube.list('argoproj.io/v1alpha1', 'Application', ARGOCD);
  return items.map(stateOf).sort((a, b) => a.name.localeCompare(b.name));
}

function stateOf({ metadata, status }: Thing): AppState {
  const ill = (status?.resources ?? [])
    .filter((one) => (one.status ?? 'Synced') !== 'Synced' || !['Healthy', undefined].includes(one.health?.status))
    .map(
      (one) =>
        `${one.kind} ${one.name} is ${[one.status, one.health?.status, one.health?.message].filter(Boolean).join(', ')}`,
    );
  const conditions = (status?.conditions ?? []).map(({ message }) => message);
  const { phase, message = '', syncResult } = status?.operationState ?? {};
  const failed = (syncResult?.resources ?? []).filter(({ hookPhase }) => hookPhase === 'Failed');
  const operation =
    phase === 'Succeeded' ? [] : [...failed.map((one) => `${one.kind} ${one.name}: ${one.message ?? ''}`), message];
  return {
    name: metadata?.name ?? '',
    sync: status?.sync?.status ?? 'Unknown',
    health: status?.health?.status ?? 'Unknown',
    why: [...conditions, ...operation, ...ill].filter(Boolean).join('; ').slice(0, 600),
  };
}

/** Waits until each Application of `names` (all where undefined) is Synced and Healthy; `say` hears of each that becomes so. */
export async function waitHealthy(
  kube: Kube,
  names: readonly string[] | undefined,
  patience: Patience,
  say: (text: string) => void,
): Promise<readonly AppState[]> {
  const seen = new Set<string>();
  return until('Applications', patience, async () => {
    const all = await applications(kube);
    const wanted =
      names === undefined ? all : names.map((name) => all.find((one) => one.name === name) ?? absent(name));
    for (const { name, sync, health } of wanted) {
      if (sync !== 'Synced' || health !== 'Healthy' || seen.has(name)) continue;
      seen.add(name);
      say(`${name} is Synced and Healthy`);
    }
    const open = wanted.filter(({ sync, health }) => sync !== 'Synced' || health !== 'Healthy');
    if (open.length > 0 || wanted.length === 0) throw new NotYet(open.map(told).join('\n  ') || 'there is none');
    return wanted;
  });
}

function absent(name: string): AppState {
  return { name, sync: 'absent', health: 'absent', why: '' };
}

export function told({ name, sync, health, why }: AppState): string {
  return `${name}: ${sync}, ${health}${why === '' ? '' : ` (${why})`}`;
}

/** Has Argo CD look at git and the cluster anew, and resolves when it has. */
export async function refresh(kube: Kube, name: string, kind: 'normal' | 'hard' = 'normal'): Promise<void> {
  const annotation = 'argocd.argoproj.io/refresh';
  await kube.mergePatch(application(name), {
    metadata: { name, namespace: ARGOCD, annotations: { [annotation]: kind } },
  });
  await kube.waitFor(application(name), { seconds: 120, everyMs: 300 }, ({ metadata }) =>
    metadata?.annotations?.[annotation] === undefined ? undefined : 'the refresh is not done',
  );
}

/** As a webhook of the git server would: everybody looks at the new commit at once. Resolves when the root has synced it. */
export async function syncTo(kube: Kube, revision: string, seconds = 180): Promise<void> {
  await Promise.all((await applications(kube)).map(({ name }) => refresh(kube, name)));
  await kube.waitFor(application('root'), { seconds }, ({ status }) =>
    status?.sync?.revision === revision && status?.sync?.status === 'Synced'
      ? undefined
      : `it is ${status?.sync?.status} at ${status?.sync?.revision}, not at ${revision}`,
  );
}
