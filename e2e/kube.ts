/** The cluster, through @kubernetes/client-node: objects as plain JSON, server-side apply, waiting. */
import {
  ApiException,
  CoreV1Api,
  Exec,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
} from '@kubernetes/client-node';
import { NotYet, type Patience, until } from './wait.ts';

/** Any object, with its spec and status open. */
export interface Thing extends KubernetesObject {
  readonly spec?: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: a status differs from kind to kind; each step names what it reads
  readonly status?: any;
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
  mergePatch(reference: Reference, patch: object): Promise<void>;
  /** Nothing where it is gone already. */
  remove(reference: Reference): Promise<void>;
  waitFor(reference: Reference, patience: Patience, check: (object: Thing) => string | undefined): Promise<Thing>;
  waitGone(reference: Reference, patience: Patience): Promise<void>;
  /** Output of a command in a container. Rejects when it fails. */
  exec(namespace: string, pod: string, container: string, command: readonly string[]): Promise<string>;
}

function header({ apiVersion, kind, name, namespace }: Reference) {
  return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

export function nameOf({ kind, name, namespace }: Reference): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function isCode(error: unknown, ...codes: number[]): boolean {
  return error instanceof ApiException && codes.includes(error.code);
}

/** Throws where no kubeconfig names a cluster. */
export function connect(): Kube {
  const config = new KubeConfig();
  config.loadFromDefault();
  if (config.getCurrentCluster() === null) throw new Error('No cluster: set KUBECONFIG');
  const objects = KubernetesObjectApi.makeApiClient(config);
  const core = config.makeApiClient(CoreV1Api);

  async function get(reference: Reference): Promise<Thing | undefined> {
    try {
      return (await objects.read(header(reference))) as Thing;
    } catch (error) {
      // A kind that the cluster does not know yet is an object that is not there.
      if (isCode(error, 404) || /Unrecognized API version and kind/.test(String(error))) return undefined;
      throw error;
    }
  }

  const kube: Kube = {
    config,
    core,
    get,
    async list(apiVersion, kind, namespace, labels) {
      const { items } = await objects.list(
        apiVersion,
        kind,
        namespace,
        undefined,
        undefined,
        undefined,
        undefined,
        labels,
      );
      return items as Thing[];
    },
    async apply(object) {
      const patch = PatchStrategy.ServerSideApply;
      return (await objects.patch(object, undefined, undefined, 'e2e', true, patch)) as Thing;
    },
    async mergePatch(reference, patch) {
      const strategy = PatchStrategy.MergePatch;
      await objects.patch({ ...header(reference), ...patch }, undefined, undefined, 'e2e', undefined, strategy);
    },
    async remove(reference) {
      try {
        await objects.delete(header(reference), undefined, undefined, undefined, undefined, 'Background');
      } catch (error) {
        if (!isCode(error, 404) && !/Unrecognized API version and kind/.test(String(error))) throw error;
      }
    },
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
    exec: (namespace, pod, container, command) => run(config, namespace, pod, container, command),
  };
  return kube;
}

async function run(
  config: KubeConfig,
  namespace: string,
  pod: string,
  container: string,
  command: readonly string[],
): Promise<string> {
  const { PassThrough } = await import('node:stream');
  const [out, err] = [new PassThrough(), new PassThrough()];
  const said: string[] = [];
  for (const stream of [out, err]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    const done = (status: { status?: string; message?: string }) => {
      if (status.status === 'Success') resolve(said.join(''));
      else reject(new Error(`${command.join(' ')} in ${namespace}/${pod}: ${status.message}\n${said.join('')}`));
    };
    new Exec(config).exec(namespace, pod, container, [...command], out, err, null, false, done).catch(reject);
  });
}

/** The condition's reason to wait, or undefined when it is met. */
export function condition(type: string, status = 'True'): (object: Thing) => string | undefined {
  return (object) => {
    const conditions = (object.status?.conditions ?? []) as {
      type: string;
      status: string;
      reason?: string;
      message?: string;
    }[];
    const one = conditions.find((candidate) => candidate.type === type);
    if (one === undefined) return `it has no condition ${type}`;
    return one.status === status ? undefined : `${type} is ${one.status}: ${one.reason ?? ''} ${one.message ?? ''}`;
  };
}
