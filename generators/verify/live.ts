/** One object against the cluster (tier T8): what the server would make of it, what stands there, and who made it differ. */
import type { KubeObject } from '../kube/object.ts';
import { fault, type Pointer, type Problem, warning } from '../problem.ts';

export interface LiveInput {
  readonly file: string;
  readonly object: KubeObject;
  /** The server's answer to a dry run: its status, and the object or the reason of a refusal. */
  readonly tried: { readonly status: number; readonly body: unknown; readonly message?: string };
  /** The object as it stands in the cluster; undefined where there is none. */
  readonly live: KubeObject | undefined;
}

interface Manager {
  readonly manager?: string;
  readonly time?: string;
  readonly fieldsV1?: Fields;
}

interface Fields {
  readonly [key: string]: Fields;
}

interface Difference {
  readonly pointer: Pointer;
  readonly written: unknown;
  readonly live: unknown;
}

/** Who applies what is in git. */
const APPLIERS = new Set(['argocd-controller', 'kserve-gitops']);
const BY_HAND = /^kubectl|^(?:k9s|Lens|Headlamp|dashboard|node-fetch|curl)/;

export function checkLive({ file, object, tried, live }: LiveInput): Problem[] {
  const title = titleOf(object);
  if (tried.status === 404 && live === undefined) {
    const message = `Cannot try ${title} on the cluster: ${tried.message ?? 'it is not there'}`;
    return [warning('LIVE_ABSENT', { file }, message, 'Sync what comes before it, such as its namespace and CRDs')];
  }
  if (tried.status >= 400) {
    const message = `Cannot apply ${title}: the server refuses it: ${(tried.message ?? `status ${tried.status}`).replace(/\s+/g, ' ')}`;
    return [fault('LIVE_REFUSED', { file }, message.replace(/\.$/, ''), 'Correct the field that it names')];
  }
  if (live === undefined) {
    return [warning('LIVE_ABSENT', { file }, `Cannot find ${title} on the cluster`, 'Let Argo CD sync it')];
  }
  return differences(object, live, []).map((difference) => {
    const { pointer, written, live: value } = difference;
    const message = `Cannot find ${title} as it is written: ${pathOf(pointer)} is ${print(value)} instead of ${print(written)}, ${causeOf(difference, tried.body, live)}`;
    return warning('LIVE_DRIFT', { file, pointer }, message, 'Sync it, or write what the cluster shall keep');
  });
}

/** Leaves of the written object that stand otherwise in the cluster; what only the cluster has is its own affair. */
function differences(written: unknown, live: unknown, pointer: Pointer): Difference[] {
  if (written === live) return [];
  if (!isTree(written) || !isTree(live) || Array.isArray(written) !== Array.isArray(live))
    return [{ pointer, written, live }];
  return Object.entries(written).flatMap(([key, value]) =>
    differences(value, live[key], [...pointer, Array.isArray(written) ? Number(key) : key]),
  );
}

function causeOf({ pointer, live: value }: Difference, tried: unknown, live: KubeObject): string {
  if (same(valueAt(tried, pointer), value)) return 'since the admission of the cluster writes it so';
  const owner = ownerOf(live, pointer);
  if (owner?.manager === undefined)
    return value === undefined ? 'and nothing there has written it' : 'and nobody owns the field';
  const when = owner.time === undefined ? '' : ` on ${owner.time}`;
  if (APPLIERS.has(owner.manager)) return `as it was synced last${when}`;
  return BY_HAND.test(owner.manager)
    ? `edited by hand with ${owner.manager}${when}`
    : `written by the controller "${owner.manager}"${when}`;
}

/** The manager whose fields reach deepest towards a place; of several, the last to write. */
function ownerOf(live: KubeObject, pointer: Pointer): Manager | undefined {
  const managers = (live.metadata as { readonly managedFields?: readonly Manager[] }).managedFields ?? [];
  const found = managers
    .map((manager) => ({ manager, depth: depthOf(manager.fieldsV1, live, pointer) }))
    .filter(({ depth }) => depth === pointer.length)
    .sort((a, b) => (a.manager.time ?? '').localeCompare(b.manager.time ?? ''));
  return found.at(-1)?.manager;
}

/** How many steps of a pointer the fields of a manager go along; an empty set owns all below it. */
function depthOf(fields: Fields | undefined, value: unknown, pointer: Pointer): number {
  const [step, ...rest] = pointer;
  if (fields === undefined || step === undefined) return 0;
  const below = valueAt(value, [step]);
  const key = typeof step === 'string' ? `f:${step}` : itemKey(fields, below);
  const next = key === undefined ? undefined : fields[key];
  if (next === undefined) return 0;
  return Object.keys(next).length === 0 ? pointer.length : 1 + depthOf(next, below, rest);
}

/** Items of lists go by the fields that identify them: `k:{"name":"kserve-container"}`. */
function itemKey(fields: Fields, item: unknown): string | undefined {
  return Object.keys(fields).find((key) => {
    if (!key.startsWith('k:') || !isTree(item)) return false;
    return Object.entries(JSON.parse(key.slice(2)) as object).every(([name, value]) => item[name] === value);
  });
}

function valueAt(value: unknown, pointer: Pointer): unknown {
  return pointer.reduce<unknown>((part, step) => (isTree(part) ? part[String(step)] : undefined), value);
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object';
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function print(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function titleOf({ kind, metadata: { name, namespace } }: KubeObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function pathOf(pointer: Pointer): string {
  return pointer
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}
