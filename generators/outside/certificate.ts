/** Fetches the certificate with which secrets are sealed: from a file, a URL, or the cluster's own controller. */
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

export type CertificateSource =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'url'; readonly url: string }
  | ControllerSource;

/** The Service of a Sealed Secrets controller, reached through the API server with a kubeconfig. */
export interface ControllerSource {
  readonly from: 'controller';
  readonly namespace: string;
  readonly name: string;
  /** Path of a kubeconfig; without it what kubectl would use. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

export const defaultController = { namespace: 'sealed-secrets', name: 'sealed-secrets-controller' } as const;

const timeoutMs = 15_000;
const mostBytes = 65_536;

/** The text of a certificate, or the reason why there is none. */
export type Fetched = { readonly pem: string } | { readonly reason: string };

/** What a person gave as `--cert`: a file or an http(s) URL. */
export function certificateSource(given: string): CertificateSource {
  return /^https?:\/\//.test(given) ? { from: 'url', url: given } : { from: 'file', path: given };
}

export async function fetchCertificate(source: CertificateSource): Promise<Fetched> {
  try {
    if (source.from === 'file') return { pem: await readFile(source.path, 'utf8') };
    const options = { timeout: timeoutMs, headers: { accept: 'application/x-pem-file, */*' } };
    if (source.from === 'url') return { pem: await get(new URL(source.url), options) };
    return { pem: await fromController(source, options) };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** A refused connection comes as an error without a message, only a code. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}

/**
 * Asks through the API server's service proxy, as kubeseal does. The generated client cannot: it escapes the slash in
 * `v1/cert.pem` and knows no decoder for `application/x-pem-file`.
 */
async function fromController(source: ControllerSource, options: https.RequestOptions): Promise<string> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (source.kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(source.kubeconfig);
  if (source.context !== undefined) config.setCurrentContext(source.context);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('the kubeconfig names no current cluster');
  await config.applyToHTTPSOptions(options);
  const port = await portName(config, source);
  const service = encodeURIComponent(`http:${source.name}:${port}`);
  const path = `api/v1/namespaces/${encodeURIComponent(source.namespace)}/services/${service}/proxy/v1/cert.pem`;
  return get(new URL(path, `${server.replace(/\/$/, '')}/`), options);
}

/** The proxy wants the name of the Service's port where it has one. */
async function portName(config: KubeConfig, { name, namespace }: ControllerSource): Promise<string> {
  const { CoreV1Api, ApiException } = await import('@kubernetes/client-node');
  try {
    const service = await config.makeApiClient(CoreV1Api).readNamespacedService({ name, namespace });
    return service.spec?.ports?.[0]?.name ?? '';
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    throw new Error(`the API server answered ${error.code} for the Service "${name}" in namespace "${namespace}"`);
  }
}

function get(url: URL, options: https.RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? http : https).get(url, options, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        reject(new Error(`${url.host} answered ${response.statusCode}`));
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostBytes) request.destroy(new Error(`${url.host} sent more than ${mostBytes} bytes`));
        chunks.push(chunk);
      });
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`${url.host} did not answer within ${timeoutMs} ms`)));
    request.on('error', reject);
  });
}
