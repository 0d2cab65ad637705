/** `npm run capacity`: what the models of each cluster ask for, against quotas and prices. */
import { allow } from '../problem.ts';
import { clusterDemand, type Demand, excesses, monthly, sum, type TeamDemand } from '../resolve/capacity.ts';
import type { Prices } from '../resolve/platform.ts';
import { type CompileOptions, createCompiler } from './compile.ts';
import { unknownClusters } from './generate.ts';
import { createLocate } from './locate.ts';
import type { Outcome } from './outcome.ts';

export interface ClusterCapacity {
  readonly cluster: string;
  readonly teams: readonly TeamDemand[];
  readonly least: Demand;
  readonly most: Demand;
  readonly prices?: Prices;
}

/** The clusters, or what is wrong with the registry. */
export type Capacity = { readonly clusters: readonly ClusterCapacity[] } | { readonly outcome: Outcome };

export async function capacity(root: string, options: CompileOptions): Promise<Capacity> {
  const compiled = await createCompiler(root).compile({ unsealed: 'warning', ...options });
  const problems = [...compiled.problems, ...unknownClusters(compiled, options)];
  if (!allow(problems)) {
    const locate = createLocate(compiled.sources, () => undefined);
    return { outcome: { problems, locate, done: 'nothing added up', summary: {} } };
  }
  return {
    clusters: compiled.platforms.map(({ site, models }) => {
      const teams = clusterDemand(site, models);
      return {
        cluster: site.cluster,
        teams,
        least: sum(teams.map((team) => team.least)),
        most: sum(teams.map((team) => team.most)),
        ...(site.prices === undefined ? {} : { prices: site.prices }),
      };
    }),
  };
}

/** The report for programs: demands in cores and bytes, prices of a month. */
export function capacityJson(clusters: readonly ClusterCapacity[]): string {
  const value = clusters.map(({ cluster, teams, least, most, prices }) => ({
    cluster,
    ...bounds(least, most, prices),
    ...(prices === undefined ? {} : { currency: prices.currency }),
    teams: teams.map(({ team, models, rollout, ...own }) => ({
      team: team.name,
      namespace: team.namespace,
      ...(team.quota === undefined ? {} : { quota: team.quota }),
      ...bounds(own.least, own.most, prices),
      rollout: cores(rollout),
      exceeds: (['least', 'rollout', 'most'] as const).filter(
        (when) => team.quota !== undefined && excesses({ ...own, rollout }[when], team.quota).length > 0,
      ),
      models: models.map(({ model, suspended, workloads }) => ({
        model,
        suspended,
        workloads: workloads.map(({ pod, replicas, ...workload }) => ({
          ...workload,
          minReplicas: replicas.min,
          maxReplicas: replicas.max,
          pod: cores(pod),
        })),
      })),
    })),
  }));
  return `${JSON.stringify({ clusters: value }, undefined, 2)}\n`;
}

function bounds(least: Demand, most: Demand, prices: Prices | undefined) {
  const priced = (demand: Demand) => ({
    ...cores(demand),
    ...(prices === undefined ? {} : { month: round(monthly(demand, prices)) }),
  });
  return { least: priced(least), most: priced(most) };
}

function round(price: number | undefined): number | null {
  return price === undefined ? null : Math.round(price * 100) / 100;
}

function cores({ cpu, ...others }: Demand) {
  return { cpu: cpu / 1000, ...others };
}
