/** The cluster, through @kubernetes/client-node: objects as plain JSON, server-side apply, waiting. */
import { CoreV1Api, KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { type Api, apiOf, Refused } from './api.ts';
import type { Status } from './status.ts';
import { NotYet, type Patience, until } from './wait.ts';

/** Any object, with its spec open. */
export interface Thing extends KubernetesObject {
  readonly spec?: Record<string, unknown>;
  readonly status?: Status;
  readonly data?: Record<string, string>;
}

export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface Kube {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  get(reference: Reference): Promise<Thing | undefined>;
  list(apiVersion: string, kind: string, namespace?: string, labels?: string): Promise<readonly Thing[]>;
  /** Server-side apply as the field manager `e2e`. */
  apply(object: Thing): Promise<Thing>;
  mergePatch(reference: Reference, patch: object, subresource?: 'status'): Promise<void>;
  /** Nothing where it is gone already. */
  remove(reference: Reference): Promise<void>;
  /** What a pod answers to a GET, through the API server. */
  fromPod(
    pod: { readonly name: string; readonly namespace: string; readonly port: number },
    path: string,
  ): Promise<string>;
  waitFor(reference: Reference, patience: Patience, check: (object: Thing) => string | undefined): Promise<Thing>;
  waitGone(reference: Reference, patience: Patience): Promise<void>;
}

export function nameOf({ kind, name, namespace }: Reference): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Path of a kind's objects; undefined where the cluster does not know it (yet). */
async function pathOf(api: Api, apiVersion: string, kind: string, namespace?: string): Promise<string | undefined> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  try {
    const { resources } = await api<{ resources: readonly Resource[] }>(root);
    const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
    if (resource === undefined) return undefined;
    const place = resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
    return `${root}${place}/${resource.name}`;
  } catch (error) {
    if (error instanceof Refused && error.code === 404) return undefined;
    throw error;
  }
}

/** Throws where no kubeconfig names a cluster. */
export function connect(): Kube {
  const config = new KubeConfig();
  config.loadFromDefault();
  const api = apiOf(config);

  async function place({ apiVersion, kind, name, namespace }: Reference): Promise<string | undefined> {
    const path = await pathOf(api, apiVersion, kind, namespace);
    return path === undefined ? undefined : `${path}/${name}`;
  }
  async function known(reference: Reference): Promise<string> {
    const path = await place(reference);
    if (path === undefined) throw new Error(`The cluster does not know ${reference.kind} of ${reference.apiVersion}`);
    return path;
  }
  async function get(reference: Reference): Promise<Thing | undefined> {
    const path = await place(reference);
    return path === undefined ? undefined : api<Thing>(path).catch(absent);
  }
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    get,
    async list(apiVersion, kind, namespace, labels) {
      const path = await pathOf(api, apiVersion, kind, namespace);
      if (path === undefined) return [];
      const query = labels === undefined ? {} : { labelSelector: labels };
      const { items } = await api<{ items: Thing[] }>(path, { query });
      return items.map((item) => ({ apiVersion, kind, ...item }));
    },
    async apply(object) {
      const query = { fieldManager: 'e2e', force: 'true' };
      const contentType = 'application/apply-patch+yaml';
      return api<Thing>(await known(referenceOf(object)), { method: 'PATCH', query, body: object, contentType });
    },
    async mergePatch(reference, patch, subresource) {
      const path = [await known(reference), subresource].filter(Boolean).join('/');
      const contentType = 'application/merge-patch+json';
      await api(path, { method: 'PATCH', query: { fieldManager: 'e2e' }, body: patch, contentType });
    },
    async remove(reference) {
      const path = await place(reference);
      const query = { propagationPolicy: 'Background' };
      if (path !== undefined) await api(path, { method: 'DELETE', query }).catch(absent);
    },
    fromPod: ({ name, namespace, port }, path) =>
      api.text(`/api/v1/namespaces/${namespace}/pods/${name}:${port}/proxy/${path}`),
    waitFor: (reference, patience, check) =>
      until(nameOf(reference), patience, async () => {
        const object = await get(reference);
        if (object === undefined) throw new NotYet('it is not there');
        const missing = check(object);
        if (missing !== undefined) throw new NotYet(missing);
        return object;
      }),
    waitGone: (reference, patience) =>
      until(nameOf(reference), patience, async () => {
        if ((await get(reference)) !== undefined) throw new NotYet('it is still there');
      }),
  };
}

export function referenceOf({ apiVersion = '', kind = '', metadata }: Thing): Reference {
  const { name = '', namespace } = metadata ?? {};
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function absent(error: unknown): undefined {
  if (error instanceof Refused && error.code === 404) return undefined;
  throw error;
}

/** The condition's reason to wait, or undefined when it is met. */
export function condition(type: string, status = 'True'): (object: Thing) => string | undefined {
  return (object) => {
    const one = object.status?.conditions?.find((candidate) => candidate.type === type);
    if (one === undefined) return `it has no condition ${type}`;
    return one.status === status ? undefined : `${type} is ${one.status}: ${one.reason ?? ''} ${one.message ?? ''}`;
  };
}
