/** Registry × Cluster × Sealed → Platform: the one place where this project's own rules live. */
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { Model, Registry } from '../../schemas/types/models.d.ts';
import type { Problem, Staged } from '../problem.ts';
import { clusterFaults, ownerFaults, secretNeeds } from './cluster-rules.ts';
import { entryFaults } from './entry-rules.ts';
import { serveModel } from './model.ts';
import type { ClusterFiles, Placed } from './places.ts';
import type { Platform, SealedFile } from './platform.ts';
import { registryFaults } from './registry-rules.ts';
import { type ResolvedSite, resolveSite } from './site.ts';

/** Faults of the registry that do not depend on any cluster; report them once, not once per cluster. */
export function checkRegistry(file: string, registry: Registry, clusters: readonly string[]): Problem[] {
  const problems = registry.models.flatMap((model, index) => entryFaults(file, index, model));
  return [...problems, ...registryFaults(file, registry, clusters)];
}

export interface ResolveInput {
  readonly files: ClusterFiles;
  readonly registry: Registry;
  readonly site: ResolvedSite;
  readonly sealed: readonly SealedFile[];
}

/**
 * Resolves what one cluster serves. Entries that `checkRegistry` found faulty are left out here, so that their fault is
 * reported once.
 */
export function resolve(input: ResolveInput): Staged<Platform> {
  const { files, registry } = input;
  const { site } = input.site;
  const placed = place(registry, input.site);
  const secrets = secretNeeds(files, site);
  const problems = [
    ...input.site.problems,
    ...ownerFaults(files, registry, site),
    ...clusterFaults(files, site, placed),
  ];
  const needed = new Set(secrets.map(({ namespace, secret }) => `${namespace}.${secret}`));
  const sealed = new Map(
    input.sealed.map((file) => [sealedKey(file), file] as const).filter(([key]) => needed.has(key)),
  );
  return { value: { site, models: placed.map(({ model }) => model), secrets, sealed }, problems };
}

function place(registry: Registry, { site }: ResolvedSite): Placed[] {
  const placed: Placed[] = [];
  const names = new Set<string>();
  registry.models.forEach((entry: Model, index) => {
    // A name that is taken is reported by `checkRegistry`; its hosts and routes would only repeat that.
    if (entry.serve?.[site.cluster] === undefined || names.has(entry.name)) return;
    names.add(entry.name);
    const model = serveModel(entry, site);
    if (model !== undefined) placed.push({ model, entry, index });
  });
  return placed;
}

/** `<namespace>.<secret>` of a file in `sealed/`, from its name: `checkSealed` holds name and content together. */
function sealedKey({ file }: SealedFile): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.yaml$/, '');
}

/** Memoised by the parsed cluster: the same text gives the same Site, on which per-model memos hang. */
const sites = new WeakMap<Cluster, Map<string, ResolvedSite>>();

export function siteOf(name: string, file: string, cluster: Cluster): ResolvedSite {
  const byName = sites.get(cluster) ?? new Map<string, ResolvedSite>();
  sites.set(cluster, byName);
  const site = byName.get(name) ?? resolveSite(name, file, cluster);
  byName.set(name, site);
  return site;
}
