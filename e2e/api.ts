/**
 * The API server in plain JSON. @kubernetes/client-node finds it and proves who asks; its generated classes would drop
 * fields that they do not know, such as `x-kubernetes-preserve-unknown-fields` of a CustomResourceDefinition.
 */
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** What the API server said no to. */
export class Refused extends Error implements Refusal {
  readonly code: number;
  readonly reason: string;

  constructor(what: string, { code, reason, message }: Refusal) {
    super(`${what}: ${code} ${reason}: ${message}`);
    this.code = code;
    this.reason = reason;
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** Reject with Refused where the server answers 4xx or 5xx. */
export interface Api {
  <T>(path: string, call?: Call): Promise<T>;
  /** What is no JSON, such as the answer of a pod behind the server. */
  text(path: string): Promise<string>;
}

const TIMEOUT_MS = 30_000;

export function apiOf(config: KubeConfig): Api {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('No cluster: set KUBECONFIG');
  const call = async (accept: string, path: string, { method = 'GET', query = {}, ...sent }: Call = {}) => {
    const url = new URL(`${server.replace(/\/$/, '')}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const options: https.RequestOptions = { method, timeout: TIMEOUT_MS };
    await config.applyToHTTPSOptions(options);
    const { status, text } = await send(url, { ...options, headers: { ...options.headers, accept } }, sent);
    if (status >= 400) throw new Refused(`${method} ${path}`, refusalOf(status, text));
    return text;
  };
  const json = async <T>(path: string, options?: Call): Promise<T> =>
    JSON.parse(await call('application/json', path, options));
  return Object.assign(json, { text: (path: string) => call('*/*', path) });
}

function send(
  url: URL,
  options: https.RequestOptions,
  { body, contentType = 'application/json' }: Pick<Call, 'body' | 'contentType'>,
): Promise<{ status: number; text: string }> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const headers = { ...options.headers, ...(sent && { 'content-type': contentType }) };
  return new Promise((resolve, reject) => {
    const request = https.request(url, { ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`${url.host} did not answer within ${TIMEOUT_MS / 1000} s`)));
    request.on('error', reject);
    request.end(sent);
  });
}

function refusalOf(code: number, text: string): Refusal {
  try {
    const { reason = '', message = '' } = JSON.parse(text) as Partial<Refusal>;
    return { code, reason, message };
  } catch {
    return { code, reason: '', message: text.slice(0, 300) };
  }
}
