/** What a reviewer must not overlook: each with the reason why it matters. */
import type { Model, Registry } from '../../schemas/types/models.d.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Platform } from '../resolve/platform.ts';
import type { FieldChange } from './fields.ts';
import type { ModelChange } from './models.ts';
import { appOf, byApp, nameOf, type ObjectChange, objectOf } from './objects.ts';
import { restartingFields, restartsRuntime } from './restarts.ts';
import { transitionRisks } from './transitions.ts';
import { arrow, code, listed, plural, podsDo } from './words.ts';

export const riskKinds = [
  'restart',
  'prune',
  'route',
  'canary',
  'scaling',
  'scope',
  'crd',
  'secret',
  'immutable',
] as const;

export interface Risk {
  readonly kind: (typeof riskKinds)[number];
  readonly cluster?: string;
  readonly text: string;
}

/** A sealed file or a certificate that differs. */
export interface SealedChange {
  readonly cluster: string;
  readonly file: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Keys whose ciphertext differs. */
  readonly keys: readonly string[];
}

export interface RiskInput {
  readonly models: readonly ModelChange[];
  readonly objects: readonly ObjectChange[];
  readonly sealed: readonly SealedChange[];
  readonly before: { readonly registry?: Registry; readonly platforms: readonly Platform[] };
  readonly after: { readonly registry?: Registry; readonly platforms: readonly Platform[] };
}

export function risksOf(input: RiskInput): Risk[] {
  // Of a cluster whose files go, nothing is synced any more: its objects are no news one by one.
  const present = new Set(input.after.platforms.map(({ site }) => site.cluster));
  const objects = input.objects.filter(({ cluster }) => present.has(cluster));
  return [
    ...restarts({ ...input, objects }),
    ...prunes(objects),
    ...routes(objects),
    ...transitionRisks(input),
    ...scopes(objects),
    ...crds(objects),
    ...input.sealed.map(sealedRisk),
    ...immutables(input),
  ];
}

function restarts({ models, objects, after }: RiskInput): Risk[] {
  const runtimes = objects.filter(restartsRuntime).map(({ cluster, after: runtime }) => {
    const name = runtime?.metadata.name ?? '';
    const platform = after.platforms.find(({ site }) => site.cluster === cluster);
    const users = (platform?.models ?? []).filter((model) => model.runtime.name === name);
    const pods = users.reduce((sum, { replicas }) => sum + replicas.min, 0);
    const text = `The runtime ${code(name)} changes: KServe replaces the pods of every model on it, ${plural(users.length, 'model')} with at least ${plural(pods, 'pod')}.`;
    return { kind: 'restart' as const, cluster, text };
  });
  return [...runtimes, ...modelRestarts(models, objects)];
}

/** Models whose pods restart for the same reason are told together: an edit of many would bury the other risks. */
function modelRestarts(models: readonly ModelChange[], objects: readonly ObjectChange[]): Risk[] {
  const folders = byApp(objects);
  const groups = new Map<string, { cluster: string; fields: string[]; models: string[]; min: number; max: number }>();
  for (const { model, cluster, restarts: pods } of models) {
    if (cluster === undefined || pods === undefined) continue;
    const mine = folders.get(`${cluster}/model-${model}`) ?? [];
    const fields = [...new Set(mine.flatMap(restartingFields))];
    // Pods that restart for their runtime alone are told with it.
    if (fields.length === 0) continue;
    const key = `${cluster} ${fields.join(' ')}`;
    const group = groups.get(key) ?? { cluster, fields, models: [], min: 0, max: 0 };
    groups.set(key, group);
    group.models.push(model);
    group.min += pods.min;
    group.max += pods.max;
  }
  return [...groups.values()].map((group) => {
    const fields = listed(group.fields.map(code));
    const reason = `${fields} ${group.fields.length === 1 ? 'is' : 'are'} part of the pods' template`;
    const text = `${podsDo(group, 'restart')}, of ${listed(group.models.map(code))}: ${reason}.`;
    return { kind: 'restart' as const, cluster: group.cluster, text };
  });
}

interface ApplicationLike extends KubeObject {
  readonly spec: { readonly syncPolicy?: { readonly automated?: { readonly prune?: boolean } } };
}

function prunes(objects: readonly ObjectChange[]): Risk[] {
  const risks: Risk[] = [];
  const gone = new Map<string, { cascades: boolean }>();
  for (const { cluster, change, before } of objects) {
    if (change !== 'removed' || before?.kind !== 'Application') continue;
    const cascades = (before.metadata.finalizers ?? []).length > 0;
    gone.set(`${cluster}/${before.metadata.name}`, { cascades });
    const text = cascades
      ? `Argo CD deletes the Application ${code(before.metadata.name)} with everything that it made.`
      : `The Application ${code(before.metadata.name)} goes; what it made stays in place, without an owner.`;
    risks.push({ kind: 'prune', cluster, text });
  }
  for (const { cluster, file, change, before } of objects) {
    const app = appOf(file);
    if (change !== 'removed' || before === undefined || app === undefined || gone.has(`${cluster}/${app}`)) continue;
    risks.push({ kind: 'prune', cluster, text: `Argo CD deletes ${code(nameOf(before))}.` });
  }
  for (const { cluster, change, before, after } of objects) {
    if (change !== 'changed' || after?.kind !== 'Application') continue;
    const pruned = (object: KubeObject | undefined) =>
      (object as ApplicationLike | undefined)?.spec.syncPolicy?.automated?.prune === true;
    if (pruned(before) || !pruned(after)) continue;
    risks.push({ kind: 'prune', cluster, text: `The Application ${code(after.metadata.name)} begins to prune.` });
  }
  return risks;
}

const ROUTES = new Set(['HTTPRoute', 'GRPCRoute', 'Gateway']);

function routes(objects: readonly ObjectChange[]): Risk[] {
  return objects.flatMap((one): Risk[] => {
    const object = objectOf(one);
    if (one.change === 'changed' && object.kind === 'InferenceService') return visibility(one);
    if (!ROUTES.has(object.kind) || one.change === 'added') return [];
    const what = one.change === 'removed' ? 'goes' : `changes: ${listed(one.fields.map(({ path }) => code(path)))}`;
    return [{ kind: 'route', cluster: one.cluster, text: `${code(nameOf(object))} ${what}.` }];
  });
}

const VISIBILITY = 'metadata.labels.networking.kserve.io/visibility';

function visibility({ cluster, fields, after }: ObjectChange): Risk[] {
  const label = fields.find(({ path }) => path === VISIBILITY || path === 'metadata.labels');
  if (label === undefined || after === undefined) return [];
  const name = code(after.metadata.name);
  const local = after.metadata.labels?.['networking.kserve.io/visibility'] === 'cluster-local';
  const text = local
    ? `${name} is no longer reachable through KServe's own route.`
    : `${name} becomes reachable from outside the cluster.`;
  return [{ kind: 'route', cluster, text }];
}

/** Who may do what, and from where. */
const SCOPES: Readonly<Record<string, string>> = {
  AppProject: 'what Argo CD may apply',
  NetworkPolicy: 'who may reach whom',
  ServiceAccount: 'what pods may act as',
  Role: 'rights',
  RoleBinding: 'rights',
  ClusterRole: 'rights',
  ClusterRoleBinding: 'rights',
  ResourceQuota: 'how much a team may use',
};

function scopes(objects: readonly ObjectChange[]): Risk[] {
  return objects.flatMap((one): Risk[] => {
    const object = objectOf(one);
    const meaning = SCOPES[object.kind];
    if (meaning === undefined || one.change === 'added') return [];
    const fields = one.change === 'removed' ? 'it goes' : listed(one.fields.map(({ path }) => code(path)));
    return [{ kind: 'scope', cluster: one.cluster, text: `${code(nameOf(object))}, ${meaning}, changes: ${fields}.` }];
  });
}

/** Applications that carry CRDs: the names are the plan's own, and charts that end in `-crd`. */
const CRD_APPS = /(?:^|-)crds?$|^(?:gateway-api|cert-manager|sealed-secrets|monitoring|keda)$/;

function crds(objects: readonly ObjectChange[]): Risk[] {
  return objects.flatMap(({ cluster, change, after, fields }): Risk[] => {
    if (change !== 'changed' || after?.kind !== 'Application' || !CRD_APPS.test(after.metadata.name)) return [];
    const moved = fields.find(({ path }) => path === 'spec.source.targetRevision');
    if (moved === undefined) return [];
    const text = `CRDs change with ${code(after.metadata.name)} ${versions(moved)}: read its notes on stored versions before the merge.`;
    return [{ kind: 'crd', cluster, text }];
  });
}

function versions({ before, after }: FieldChange): string {
  return arrow(String(before), String(after));
}

function sealedRisk({ cluster, file, change, keys }: SealedChange): Risk {
  const what =
    change === 'changed' && keys.length > 0
      ? `holds new ciphertext for ${listed(keys.map(code))}; nobody can see the value here, ask its author where it comes from`
      : change === 'changed'
        ? 'changes'
        : `is ${change}`;
  return { kind: 'secret', cluster, text: `${code(file)} ${what}.` };
}

/** A version's artifact is what others measured and served: it must not change under its name. */
function immutables({ before, after }: RiskInput): Risk[] {
  const old = new Map((before.registry?.models ?? []).map((model) => [model.name, model]));
  return (after.registry?.models ?? []).flatMap((model) => changedVersions(old.get(model.name), model));
}

function changedVersions(before: Model | undefined, after: Model): Risk[] {
  return after.versions.flatMap((version): Risk[] => {
    const old = before?.versions.find((one) => one.version === version.version);
    if (old === undefined) return [];
    const fields = (['artifact', 'sha256', 'size'] as const).filter(
      (field) => old[field] !== undefined && old[field] !== version[field],
    );
    if (fields.length === 0) return [];
    const text = `Version ${version.version} of ${code(after.name)} keeps its name with another ${fields.join(' and ')}: versions do not change, add a new one.`;
    return [{ kind: 'immutable', text }];
  });
}
