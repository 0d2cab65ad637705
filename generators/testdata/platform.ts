/** Plans for tests: a registry and a cluster through `resolve` and `plan`, without files. */
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { Model } from '../../schemas/types/models.d.ts';
import type { Plan } from '../plan/app.ts';
import { plan } from '../plan/plan.ts';
import type { Platform } from '../resolve/platform.ts';
import { resolve, siteOf } from '../resolve/resolve.ts';

/** The least that `cluster.yaml` must say. */
export const leastCluster: Cluster = {
  repository: { url: 'https://git.example.org/models.git' },
  domain: 'example.org',
  gateway: {},
  storage: { bucket: 'models', region: 'eu-west-1' },
  credentials: { kind: 'static' },
  teams: [{ name: 'flowers' }],
  kserve: { version: 'v0.16.0' },
};

export const leastModel: Model = {
  name: 'iris',
  owner: 'flowers',
  description: 'Species of an iris flower.',
  format: 'onnx',
  versions: [{ version: '1', artifact: 's3://models/iris/1/', sha256: 'a'.repeat(64) }],
  serve: { alpha: { version: '1' } },
};

export function platformOf(cluster: Partial<Cluster> = {}, models: readonly Partial<Model>[] = [{}]): Platform {
  const { value, problems } = resolve({
    files: { registry: 'models.yaml', cluster: 'clusters/alpha/cluster.yaml' },
    registry: { models: models.map((model) => ({ ...leastModel, ...model })) },
    site: siteOf('alpha', 'clusters/alpha/cluster.yaml', { ...leastCluster, ...cluster }),
    sealed: [],
  });
  if (value === undefined || problems.length > 0) throw new Error(`not a good platform: ${JSON.stringify(problems)}`);
  return value;
}

export function planOf(cluster: Partial<Cluster> = {}, models: readonly Partial<Model>[] = [{}]): Plan {
  return plan(platformOf(cluster, models));
}
