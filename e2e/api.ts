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

export type Api = <T>(path: string, call?: Call) => Promise<T>;

const TIMEOUT_MS = 30_000;

/** Rejects with Refused where the server answers 4xx or 5xx. */
export function apiOf(config: KubeConfig): Api {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('No cluster: set KUBECONFIG');
  return async (path, { method = 'GET', query = {}, body, contentType = 'application/json' } = {}) => {
    const url = new URL(`${server.replace(/\/$/, '')}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const options: https.RequestOptions = { method, timeout: TIMEOUT_MS };
    await config.applyToHTTPSOptions(options);
    const { status, text } = await send(url, options, body, contentType);
    if (status >= 400) throw new Refused(`${method} ${path}`, refusalOf(status, text));
    return JSON.parse(text);
  };
}

function send(
  url: URL,
  options: https.RequestOptions,
  body: unknown,
  contentType: string,
): Promise<{ status: number; text: string }> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const headers = { ...options.headers, accept: 'application/json', ...(sent && { 'content-type': contentType }) };
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
