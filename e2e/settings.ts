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
  /** Where the Gateway listens: host, and its ports for HTTP and HTTPS. */
  readonly gateway: { readonly host: string; readonly http: number; readonly https: number };
  /** Registry for images as pods and this machine name it. */
  readonly registry: string;
  /** OCI path of the charts as Argo CD names it; undefined for the public charts. */
  readonly charts: string | undefined;
  /** Released CRDs and manifests; see `e2e/README.md`. */
  readonly upstream: string;
  /** Base domain of the cluster's models and pages. */
  readonly domain: string;
}

export const CLUSTER = 'e2e';
export const BUCKET = 'nsa2-sf-ml-models';
export const TEAM = 'ml-platform';

export function settings(env: NodeJS.ProcessEnv, realCharts: boolean): Settings {
  const source = resolve(import.meta.dirname, '..');
  const address = env['E2E_ADDRESS'] ?? '10.243.0.1';
  const host = env['E2E_GATEWAY'] ?? address;
  return {
    source,
    folder: env['E2E_FOLDER'] ?? join(tmpdir(), 'kserve-gitops-e2e'),
    address,
    gateway: { host, http: Number(env['E2E_HTTP_PORT'] ?? 8000), https: Number(env['E2E_HTTPS_PORT'] ?? 8443) },
    registry: env['E2E_REGISTRY'] ?? `${address}:5000`,
    charts: realCharts ? undefined : (env['E2E_CHARTS'] ?? `${address}:5443/charts`),
    upstream: resolve(env['KSERVE_GITOPS_UPSTREAM'] ?? join(source, '../shared/upstream')),
    domain: 'e2e.servicefoundry.org',
  };
}
