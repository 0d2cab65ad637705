/** Where the parts of a run are, and what it may reach: defaults are those of a cluster on this machine. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Settings {
  /** Root of this checkout. */
  readonly source: string;
  /** Holds the working copy, the git server's repository, the bucket and the report's logs. Kept between runs with --keep. */
  readonly folder: string;
  /** An address of this machine that pods reach, for the git and S3 servers. */
  readonly address: string;
  /** Where the Gateway listens: host, and its ports for HTTP and HTTPS. No host: where the Gateway's status says. */
  readonly gateway: { readonly host: string; readonly http: number; readonly https: number };
  /** Registry for images as pods and this machine name it. */
  readonly registry: string;
  /** OCI path of the charts as Argo CD names it; undefined for the public charts. */
  readonly charts: string | undefined;
  /** Released CRDs and manifests; see `e2e/README.md`. */
  readonly upstream: string;
  /** Image of JupyterHub's users' servers, where the public chart starts them. */
  readonly notebookImage: string | undefined;
  /** Whether Services of type LoadBalancer get the node's address, since the cluster gives them none. */
  readonly loadBalancer: boolean;
  /** Base domain of the cluster's models and pages. */
  readonly domain: string;
}

export const CLUSTER = 'e2e';
export const BUCKET = 'nsa2-sf-ml-models';
export const TEAM = 'ml-platform';

export function settings(env: NodeJS.ProcessEnv, realCharts: boolean): Settings {
  const source = resolve(import.meta.dirname, '..');
  const address = env['E2E_ADDRESS'] ?? '10.243.0.1';
  const [http, https] = realCharts ? [80, 443] : [8000, 8443];
  const loadBalancer = env['E2E_LOAD_BALANCER'];
  if (loadBalancer !== undefined && loadBalancer !== 'node')
    throw new Error(`E2E_LOAD_BALANCER is "${loadBalancer}"; it can be node`);
  return {
    source,
    folder: env['E2E_FOLDER'] ?? join(tmpdir(), 'kserve-gitops-e2e'),
    address,
    gateway: {
      host: env['E2E_GATEWAY'] ?? (realCharts ? '' : address),
      http: Number(env['E2E_HTTP_PORT'] ?? http),
      https: Number(env['E2E_HTTPS_PORT'] ?? https),
    },
    registry: env['E2E_REGISTRY'] ?? `${address}:5000`,
    charts: realCharts ? undefined : (env['E2E_CHARTS'] ?? `${address}:5443/charts`),
    upstream: resolve(env['KSERVE_GITOPS_UPSTREAM'] ?? join(source, '../shared/upstream')),
    notebookImage: realCharts ? (env['E2E_NOTEBOOK_IMAGE'] ?? 'ghcr.io/kserve-gitops/e2e-python:1') : undefined,
    loadBalancer: loadBalancer === 'node',
    domain: 'e2e.servicefoundry.org',
  };
}
