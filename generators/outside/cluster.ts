/**
 * A Kubernetes API server, spoken to in plain JSON. @kubernetes/client-node finds the server and proves who asks; its
 * generated classes are not used, since they drop the fields that they do not know.
 */
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { groupOf, type KubeObject } from '../kube/object.ts';

export interface ClusterAccess {
  /** Path of a kubeconfig; without it what kubectl would use. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** What the server said. `message` is that of its Status where it refused. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly message?: string;
}

export interface ClusterApi {
  /** The address, for people. */
  readonly server: string;
  /** GET of a path such as `/version`. A refusal is an answer; only a server that cannot be reached throws. */
  get(path: string): Promise<Answer>;
  /** The object as it stands in the cluster; undefined where there is none, or where its kind is unknown. */
  live(object: KubeObject): Promise<KubeObject | undefined>;
  /** What the server would make of the object, admission included, without storing it (server-side apply, dry run). */
  dryRun(object: KubeObject): Promise<Answer>;
  /** May the caller do this? (SelfSubjectAccessReview) */
  may(verb: string, resource: string, group: string, namespace?: string): Promise<boolean>;
}

export const FIELD_MANAGER = 'kserve-gitops';
const timeoutMs = 20_000;
const mostBytes = 64 * 1024 * 1024;

/** Throws where there is no kubeconfig, or no such context in it. */
export async function connectCluster({ kubeconfig, context }: ClusterAccess): Promise<ClusterApi> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context !== undefined) {
    if (config.getContextObject(context) === null) throw new Error(`the kubeconfig has no context "${context}"`);
    config.setCurrentContext(context);
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('the kubeconfig names no current cluster');
  return clusterApi(config, server.replace(/\/$/, ''));
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function clusterApi(config: KubeConfig, server: string): ClusterApi {
  const send = (method: string, path: string, body?: unknown, type?: string) =>
    request(config, new URL(`${server}${path}`), method, body, type);
  const known = new Map<string, Promise<readonly Resource[]>>();
  const resources = (apiVersion: string): Promise<readonly Resource[]> => {
    const asked = known.get(apiVersion) ?? listResources(send, apiVersion);
    known.set(apiVersion, asked);
    return asked;
  };
  const pathOf = async (object: KubeObject): Promise<string | undefined> => {
    const list = await resources(object.apiVersion);
    const resource = list.find(({ kind, name }) => kind === object.kind && !name.includes('/'));
    if (resource === undefined) return undefined;
    const { name, namespace = 'default' } = object.metadata;
    const place = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${rootOf(object.apiVersion)}${place}/${resource.name}/${encodeURIComponent(name)}`;
  };
  return {
    server,
    get: (path) => send('GET', path),
    async live(object) {
      const path = await pathOf(object);
      if (path === undefined) return undefined;
      const answer = await send('GET', path);
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw new Error(`${server}${path} answered ${answer.status}: ${answer.message ?? ''}`);
      return answer.body as KubeObject;
    },
    async dryRun(object) {
      const path = await pathOf(object);
      if (path === undefined) {
        return {
          status: 404,
          body: undefined,
          message: `the cluster does not know ${object.kind} of ${object.apiVersion}`,
        };
      }
      const query = `?dryRun=All&force=true&fieldValidation=Strict&fieldManager=${FIELD_MANAGER}`;
      return send('PATCH', `${path}${query}`, object, 'application/apply-patch+yaml');
    },
    async may(verb, resource, group, namespace) {
      const spec = { resourceAttributes: { verb, resource, group, ...(namespace === undefined ? {} : { namespace }) } };
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
      const { body } = await send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review);
      return (body as { status?: { allowed?: boolean } } | undefined)?.status?.allowed === true;
    },
  };
}

type Send = (method: string, path: string, body?: unknown, type?: string) => Promise<Answer>;

function rootOf(apiVersion: string): string {
  return groupOf({ apiVersion }) === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
}

async function listResources(send: Send, apiVersion: string): Promise<readonly Resource[]> {
  const answer = await send('GET', rootOf(apiVersion));
  if (answer.status === 404) return [];
  if (answer.status !== 200)
    throw new Error(`${rootOf(apiVersion)} answered ${answer.status}: ${answer.message ?? ''}`);
  return (answer.body as { resources: readonly Resource[] }).resources;
}

async function request(config: KubeConfig, url: URL, method: string, body?: unknown, type?: string): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const options: https.RequestOptions = { method, timeout: timeoutMs };
  await config.applyToHTTPSOptions(options);
  const headers = {
    ...(options.headers as http.OutgoingHttpHeaders | undefined),
    accept: 'application/json',
    ...(text === undefined
      ? {}
      : { 'content-type': type ?? 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'http:' ? http : https).request(url, { ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostBytes) sent.destroy(new Error(`${url.host} sent more than ${mostBytes} bytes`));
        chunks.push(chunk);
      });
      response.on('end', () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))));
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`${url.host} did not answer within ${timeoutMs / 1000} s`)));
    sent.on('error', reject);
    sent.end(text);
  });
}

function answerOf(status: number, text: string): Answer {
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch (error) {
    // Some refusals, of a proxy for instance, are plain text.
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (status < 400) return { status, body };
  const message = (body as { readonly message?: unknown } | null)?.message;
  return { status, body, message: typeof message === 'string' ? message : text.slice(0, 300) };
}
