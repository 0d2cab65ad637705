/** What the models of a cluster cost a month at their fewest replicas, by the prices that its `cluster.yaml` tells. */
import { clusterDemand, monthly, sum, times } from '../resolve/capacity.ts';
import type { Platform, Site } from '../resolve/platform.ts';

export interface Costs {
  readonly currency: string;
  readonly models: ReadonlyMap<string, number>;
}

/** Undefined where nobody told prices. Both sides are weighed with the same ones, so that only the models make a difference. */
export function costsOf({ site, models }: Platform, prices: Site['prices']): Costs | undefined {
  if (prices === undefined) return undefined;
  const costs = new Map<string, number>();
  for (const team of clusterDemand(site, models)) {
    for (const { model, workloads } of team.models) {
      const cost = monthly(sum(workloads.map(({ pod, replicas }) => times(pod, replicas.min))), prices);
      if (cost !== undefined) costs.set(model, cost);
    }
  }
  return { currency: prices.currency, models: costs };
}

/** `cost 12.80 → 16.00 EUR a month`; nothing where it stays or is not known on both sides. */
export function costWords(model: string, before: Costs | undefined, after: Costs | undefined): string[] {
  if (after === undefined) return [];
  const [old, now] = [before?.models.get(model) ?? 0, after.models.get(model) ?? 0];
  if (Math.abs(old - now) < 0.005) return [];
  return [`cost ${old.toFixed(2)} → ${now.toFixed(2)} ${after.currency} a month`];
}
