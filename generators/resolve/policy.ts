/** The policy of a cluster: how strictly each rule is held, and what is excepted for a time. */
import type { Cluster, Level, PolicyRule, Waiver } from '../../schemas/types/cluster.d.ts';

export type { Level, PolicyRule, Waiver } from '../../schemas/types/cluster.d.ts';

export interface ResolvedPolicy {
  readonly levels: Readonly<Record<PolicyRule, Level>>;
  readonly waivers: readonly Waiver[];
}

/** What holds where `cluster.yaml` says nothing. The schema's descriptions repeat it for people; a test holds the two together. */
export const defaultLevels: Readonly<Record<PolicyRule, Level>> = {
  resources: 'error',
  memoryLimit: 'error',
  imageLatest: 'error',
  imageDigest: 'off',
  nonRoot: 'error',
  privilegeEscalation: 'error',
  readOnlyRoot: 'error',
  secretsInEnv: 'error',
  sealingScope: 'error',
  wildcardRoutes: 'error',
  clusterLocal: 'off',
  replicas: 'off',
  artifactDigest: 'off',
};

export function resolvePolicy({ policy, waivers }: Pick<Cluster, 'policy' | 'waivers'>): ResolvedPolicy {
  return { levels: { ...defaultLevels, ...policy }, waivers: waivers ?? [] };
}
