/**
 * `npm run explain`: where the values of a model's objects come from. Nothing is looked up in a table that could be wrong: each
 * scalar of the inputs is changed in turn, the objects are made again, and what changes with it comes from it.
 */
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { Model } from '../../schemas/types/models.d.ts';
import type { KubeObject } from '../kube/object.ts';
import { plan } from '../plan/plan.ts';
import type { Pointer } from '../problem.ts';
import { resolve, siteOf } from '../resolve/resolve.ts';
import { REGISTRY } from './compile-files.ts';

/** A file's value, and where a place in it stands. */
export interface Inputs {
  readonly cluster: string;
  readonly entry: Model;
  readonly site: Cluster;
}

export interface Origin {
  readonly file: 'entry' | 'cluster';
  readonly pointer: Pointer;
  /** The field is absent, and its default holds. */
  readonly absent: boolean;
}

export interface Explained {
  /** Dotted path in the object. */
  readonly path: string;
  readonly value: unknown;
  readonly origins: readonly Origin[];
}

/** Fields that may be absent; setting one shows which values are its default's. */
const optional: Readonly<Record<string, unknown>> = {
  'autoscaling.class': 'none',
  'autoscaling.minReplicas': 3,
  'autoscaling.maxReplicas': 9,
  'autoscaling.metric': 'memory',
  'autoscaling.target': 77,
  'resources.cpu': '777m',
  'resources.memory': '777Mi',
  'resources.cpuLimit': '7',
  timeoutSeconds: 77,
  visibility: 'cluster-local',
  runtime: 'kserve-tritonserver',
  protocol: 'grpc-v2',
};
const optionalOfCluster: Readonly<Record<string, unknown>> = {
  'gateway.name': 'other',
  'gateway.namespace': 'other',
  'credentials.serviceAccount': 'other',
  'predictor.image': 'example.org/other:1',
  'predictor.resources.cpu': '777m',
  'predictor.resources.memory': '777Mi',
};

/** The objects of the model's App, made from these inputs; none when they cannot be resolved. */
export function objectsOf({ cluster, entry, site }: Inputs): readonly KubeObject[] {
  const file = `clusters/${cluster}/cluster.yaml`;
  const input = { files: { registry: REGISTRY, cluster: file }, registry: { models: [entry] }, sealed: [] };
  const platform = resolve({ ...input, site: siteOf(cluster, file, site) }).value;
  const app = platform && plan(platform).apps.find(({ name }) => name === `model-${entry.name}`);
  return app?.source.kind === 'folder' ? app.source.objects : [];
}

/** Every scalar at or below `path` of the object, with its origins. */
export function explain(inputs: Inputs, kind: string, path: readonly string[]): Explained[] {
  // The first of its kind is the served version's own; a name may be what is changed.
  const valuesOf = (changed: Inputs) => leaves(objectsOf(changed).find((object) => object.kind === kind) ?? {});
  const base = new Map(
    [...valuesOf(inputs)].filter(([leaf]) => path.every((step, at) => leaf.split('\0')[at] === step)),
  );
  const origins = new Map<string, Origin[]>();
  for (const [origin, changed] of changes(inputs)) {
    const after = valuesOf(changed);
    if (after.size === 0) continue;
    for (const [leaf, value] of base) {
      if (after.get(leaf) !== value) origins.set(leaf, [...(origins.get(leaf) ?? []), origin]);
    }
  }
  return [...base].map(([leaf, value]) => {
    return { path: leaf.replaceAll('\0', '.'), value, origins: origins.get(leaf) ?? [] };
  });
}

/** Each way to change one thing in the inputs. */
function* changes(inputs: Inputs): Generator<[Origin, Inputs]> {
  const { cluster, entry, site } = inputs;
  for (const [leaf, value] of leaves(entry)) {
    const pointer = pointerOf(leaf);
    for (const other of others(value, pointer, entry)) {
      yield [
        { file: 'entry', pointer, absent: false },
        { ...inputs, entry: changed(entry, pointer, other) },
      ];
    }
  }
  for (const [leaf, value] of leaves(site)) {
    const pointer = pointerOf(leaf);
    for (const other of others(value, pointer, entry)) {
      yield [
        { file: 'cluster', pointer, absent: false },
        { ...inputs, site: changed(site, pointer, other) },
      ];
    }
  }
  // An owner alone would have no team.
  const owner = `${entry.owner}x`;
  const teams = site.teams.map((team) => (team.name === entry.owner ? { ...team, name: owner } : team));
  const [team, ...rest] = teams;
  if (team !== undefined) {
    const renamed = { ...inputs, entry: { ...entry, owner }, site: { ...site, teams: [team, ...rest] as const } };
    yield [{ file: 'entry', pointer: ['owner'], absent: false }, renamed];
  }
  for (const [field, value] of Object.entries(optional)) {
    const pointer = field.split('.');
    if (has(entry, pointer) || has(entry, ['serve', cluster, ...pointer])) continue;
    yield [
      { file: 'entry', pointer, absent: true },
      { ...inputs, entry: changed(entry, pointer, value) },
    ];
  }
  for (const [field, value] of Object.entries(optionalOfCluster)) {
    const pointer = field.split('.');
    if (has(site, pointer)) continue;
    yield [
      { file: 'cluster', pointer, absent: true },
      { ...inputs, site: changed(site, pointer, value) },
    ];
  }
}

/** Another value of the same kind; a version must be one that the entry has. */
function others(value: unknown, pointer: Pointer, entry: Model): unknown[] {
  if (pointer[0] === 'format') return ['onnx', 'sklearn'].filter((format) => format !== value);
  // A label is only what others refer to.
  if (pointer[0] === 'versions' && pointer.at(-1) === 'version') return [];
  // No object of a model depends on the release (kserve-profiles.test.ts), and one that nobody made cannot be tried.
  if (pointer[0] === 'kserve') return [];
  if (typeof value === 'number') return [value + 1];
  if (typeof value === 'boolean') return [!value];
  if (pointer[0] === 'serve' && pointer.at(-1) === 'version') {
    return entry.versions.map(({ version }) => version).filter((version) => version !== value);
  }
  const quantity = /^([0-9]+)(.*)$/.exec(String(value));
  if (quantity !== null) return [`${Number(quantity[1]) + 1}${quantity[2]}`];
  return [`${String(value)}x`];
}

/** Scalars by their path, whose steps are joined by NUL. */
function leaves(value: unknown, path: readonly string[] = []): Map<string, unknown> {
  const found = new Map<string, unknown>();
  if (value === null || typeof value !== 'object') return found.set(path.join('\0'), value);
  for (const [key, item] of Object.entries(value)) {
    for (const [leaf, scalar] of leaves(item, [...path, key])) found.set(leaf, scalar);
  }
  return found;
}

function pointerOf(leaf: string): Pointer {
  return leaf.split('\0').map((step) => (/^[0-9]+$/.test(step) ? Number(step) : step));
}

function has(value: unknown, pointer: Pointer): boolean {
  return (
    pointer.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], value) !== undefined
  );
}

function changed<T>(value: T, pointer: Pointer, other: unknown): T {
  const copy = structuredClone(value) as Record<string, unknown>;
  let at = copy;
  for (const step of pointer.slice(0, -1)) {
    at[step] ??= {};
    at = at[step] as Record<string, unknown>;
  }
  at[String(pointer.at(-1))] = other;
  return copy as T;
}
