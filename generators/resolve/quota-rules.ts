/** Rules of a team's quota against what its models ask for (tier T4). */
import { fault, type Problem, type Where, warning } from '../problem.ts';
import { clusterDemand, excesses, type TeamDemand } from './capacity.ts';
import type { ClusterFiles } from './places.ts';
import type { ServedModel, Site } from './platform.ts';

/** The fewest replicas must fit, or some never start; that scaling out or a rollout does not fit is a warning. */
export function quotaFaults(files: ClusterFiles, site: Site, models: readonly ServedModel[]): Problem[] {
  if (site.teams.every(({ quota }) => quota === undefined)) return [];
  return clusterDemand(site, models).flatMap((demand, index) => teamFaults(files, demand, index));
}

function teamFaults(files: ClusterFiles, { team, least, most, rollout }: TeamDemand, index: number): Problem[] {
  const { quota } = team;
  if (quota === undefined) return [];
  const where = (field: string): Where => ({ file: files.cluster, pointer: ['teams', index, 'quota', field] });
  const told = new Set<string>();
  const hints = (field: string) =>
    field === 'memory' ? ' (each pod counts with at least the 1Gi limit of the container that fetches artifacts)' : '';
  const faults = excesses(least, quota).map(({ field, asked, allowed }) => {
    told.add(field);
    const message = `Cannot fit the models of "${team.name}": they request ${asked}, the quota is ${allowed}${hints(field)}`;
    return fault('QUOTA_EXCEEDED', where(field), message, 'Raise the quota, or lower replicas and requests');
  });
  const situations = [
    ['while one of them is rolled out', rollout],
    ['at their most replicas', most],
  ] as const;
  const warnings = situations.flatMap(([when, demand]) =>
    excesses(demand, quota).flatMap(({ field, asked, allowed }) => {
      if (told.has(field)) return [];
      told.add(field);
      const message = `The models of "${team.name}" need ${asked} ${when}, the quota is ${allowed}${hints(field)}`;
      return [warning('QUOTA_TIGHT', where(field), message, 'Raise the quota, or lower replicas and requests')];
    }),
  );
  return [...faults, ...warnings];
}
