/** Rules between the entries that one cluster serves (tier T4). */
import type { Model, Registry } from '../../schemas/types/models.d.ts';
import { credentialKeys } from '../kube/sealed-secret.ts';
import { fault, type Pointer, type Problem, type Where } from '../problem.ts';
import { kedaFaults } from './autoscaling-rules.ts';
import { catalogueFaults } from './catalogue-rules.ts';
import type { ClusterFiles, Placed } from './places.ts';
import type { Platform, ServedModel, Site } from './platform.ts';
import { millicores } from './quantity.ts';
import { quotaFaults } from './quota-rules.ts';
import { trafficClusterFaults } from './traffic-rules.ts';

/** Owners first: a model without a team on this cluster cannot be resolved at all. */
export function ownerFaults(files: ClusterFiles, registry: Registry, site: Site): Problem[] {
  const teams = new Set(site.teams.map(({ name }) => name));
  return registry.models.flatMap((model, index) => {
    if (model.serve?.[site.cluster] === undefined || teams.has(model.owner)) return [];
    const message = `Cannot serve "${model.name}" on "${site.cluster}": ${files.cluster} lists no team "${model.owner}"`;
    const repair = `Add the team there, or choose one of: ${[...teams].join(', ')}`;
    return [
      fault('MODEL_OWNER_UNKNOWN', { file: files.registry, pointer: ['models', index, 'owner'] }, message, repair),
    ];
  });
}

export function clusterFaults(files: ClusterFiles, site: Site, placed: readonly Placed[]): Problem[] {
  return [
    ...placed.flatMap((one) => bucketFaults(files, site, one)),
    ...hostFaults(files, site, placed),
    ...routeFaults(files, placed),
    ...placed.flatMap((one) => limitFaults(files, site, one)),
    ...placed.flatMap((one) => kedaFaults(files, site, one)),
    ...trafficClusterFaults(files, site, placed),
    ...catalogueFaults(files, site, placed),
    ...quotaFaults(
      files,
      site,
      placed.map(({ model }) => model),
    ),
  ];
}

function bucketFaults(files: ClusterFiles, site: Site, { model, entry, index }: Placed): Problem[] {
  return [model, model.canary ?? [], model.mirror ?? []]
    .flat()
    .flatMap((served) => artifactFaults(files, site, served, entry, index));
}

function artifactFaults(
  files: ClusterFiles,
  site: Site,
  served: Pick<ServedModel, 'artifact' | 'version'>,
  entry: Model,
  index: number,
): Problem[] {
  if (served.artifact.startsWith(`s3://${site.storage.bucket}/`)) return [];
  const bucket = /^s3:\/\/([^/]+)/.exec(served.artifact)?.[1];
  if (bucket === undefined) return [];
  const version = entry.versions.findIndex((candidate) => candidate.version === served.version);
  const pointer: Pointer = ['models', index, 'versions', version, 'artifact'];
  const message = `Cannot read bucket "${bucket}" on "${site.cluster}": its credentials are for "${site.storage.bucket}"`;
  const repair = `Copy the artifact to s3://${site.storage.bucket}/, or change "storage.bucket" in ${files.cluster}`;
  return [fault('ARTIFACT_BUCKET', { file: files.registry, pointer }, message, repair)];
}

/** A CPU limit below the request that the runtime brings: the API server would refuse every pod. */
function limitFaults(files: ClusterFiles, site: Site, { model, entry, index }: Placed): Problem[] {
  const override = entry.serve?.[site.cluster]?.resources;
  const limit = model.resources?.limits['cpu'];
  const request = model.resources?.requests['cpu'];
  // Where the entry writes the request, `entryFaults` compares the two.
  if (limit === undefined || request === undefined || (override?.cpu ?? entry.resources?.cpu) !== undefined) return [];
  if (millicores(limit) >= millicores(request)) return [];
  const place: Pointer = override?.cpuLimit === undefined ? ['resources'] : ['serve', site.cluster, 'resources'];
  const where: Where = { file: files.registry, pointer: ['models', index, ...place, 'cpuLimit'] };
  const message = `Cannot limit "${model.name}" to ${limit} CPU on "${site.cluster}": its runtime requests ${request}`;
  return [fault('RESOURCES_LIMIT', where, message, 'Raise "cpuLimit", or set "cpu" as low as the limit')];
}

/** A host may be claimed once, and each of its labels may have 63 characters (RFC 1035, 2.3.4). */
function hostFaults(files: ClusterFiles, site: Site, placed: readonly Placed[]): Problem[] {
  const before = sound.get(site);
  if (before?.length === placed.length && placed.every(({ model }, index) => keepsHosts(before[index], model, site))) {
    return [];
  }
  const problems = allHostFaults(files, site, placed);
  if (problems.length === 0)
    sound.set(
      site,
      placed.map(({ model }) => model),
    );
  return problems;
}

/** The models whose hosts were found without fault: as long as these stay, no two can collide. */
const sound = new WeakMap<Site, readonly ServedModel[]>();

function keepsHosts(before: ServedModel | undefined, now: ServedModel, site: Site): boolean {
  if (before === now) return true;
  if (before === undefined || before.pageHost !== now.pageHost) return false;
  return ownHosts(before, site).join() === ownHosts(now, site).join();
}

function allHostFaults(files: ClusterFiles, site: Site, placed: readonly Placed[]): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, Where>();
  const long = new Set<Where>();
  const claim = (host: string, where: Where, repair: string) => {
    const length = host.indexOf('.');
    if (length > 63) {
      // The hosts of one model differ by a suffix only; the first that is too long tells enough.
      if (long.has(where)) return;
      long.add(where);
      const message = `Cannot use the host "${host}": its first label has ${length} characters, at most 63 are allowed`;
      problems.push(fault('HOST_LENGTH', where, message, 'Shorten the name of the model or of its namespace'));
      return;
    }
    const first = taken.get(host);
    if (first === undefined) {
      taken.set(host, where);
      return;
    }
    const message = `Cannot use the host "${host}" on "${site.cluster}": it is claimed at {0}`;
    problems.push(fault('HOST_TAKEN', where, message, repair, [first]));
  };
  for (const [host, where] of platformHosts(files, site)) claim(host, where, 'Choose another hostname');
  for (const { model, index } of placed) {
    const name: Where = { file: files.registry, pointer: ['models', index, 'name'] };
    for (const host of ownHosts(model, site)) claim(host, name, 'Choose another model name or hostname');
    if (model.pageHost === undefined) continue;
    const hostname: Where = { file: files.registry, pointer: ['models', index, 'client', 'hostname'] };
    claim(model.pageHost, hostname, 'Choose another hostname');
  }
  return problems;
}

const hosts = new WeakMap<ServedModel, readonly string[]>();

/** Hosts that follow from a model's name; the same model gives the same strings, whose hashes are known. */
function ownHosts(model: ServedModel, site: Site): readonly string[] {
  const known = hosts.get(model);
  if (known !== undefined) return known;
  // KServe makes a second route for the predictor component (httproute_reconciler.go).
  const predictor = `${model.name}-predictor-${model.namespace}.${site.domain}`;
  const own = [model.host, predictor, ...(model.runtime.grpcPort === undefined ? [] : [model.grpcHost])];
  hosts.set(model, own);
  return own;
}

function platformHosts(files: ClusterFiles, site: Site): [string, Where][] {
  const at = (...pointer: Pointer): Where => ({ file: files.cluster, pointer });
  const hosts: [string, Where][] = [];
  if (site.client !== undefined) hosts.push([site.client.host, at('client', 'hostname')]);
  if (site.parts.mlflow !== undefined) hosts.push([`mlflow.${site.domain}`, at('platform', 'mlflow')]);
  if (site.parts.jupyterhub !== undefined) hosts.push([`jupyter.${site.domain}`, at('platform', 'jupyterhub')]);
  return hosts;
}

/**
 * KServe owns the HTTPRoutes `<name>` and `<name>-predictor` and updates them without asking who made them
 * (httproute_reconciler.go), so no model may be called like another's predictor in the same namespace.
 */
function routeFaults(files: ClusterFiles, placed: readonly Placed[]): Problem[] {
  const suspects = placed.filter(({ model }) => model.name.endsWith('-predictor'));
  if (suspects.length === 0) return [];
  const owners = new Map(placed.map(({ model, index }) => [`${model.namespace}/${model.name}`, index]));
  return suspects.flatMap(({ model, index }) => {
    const base = model.name.slice(0, -'-predictor'.length);
    const owner = owners.get(`${model.namespace}/${base}`);
    if (owner === undefined) return [];
    const message = `Cannot add model "${model.name}": KServe gives that name to the route of "${base}" at {0}`;
    const where: Where = { file: files.registry, pointer: ['models', index, 'name'] };
    const related: Where[] = [{ file: files.registry, pointer: ['models', owner, 'name'] }];
    return [fault('ROUTE_TAKEN', where, message, 'Choose a name that does not end in "-predictor"', related)];
  });
}

/** Every Secret that pods of the cluster read. */
export function secretNeeds(files: ClusterFiles, site: Site): Platform['secrets'] {
  if (site.credentials.kind !== 'static') return [];
  const { secret } = site.credentials;
  const keys = credentialKeys({ region: site.storage.region, endpoint: site.storage.endpoint?.url });
  const teams = site.teams.map(({ namespace }, index) => ({ namespace, pointer: ['teams', index] as Pointer }));
  const mlflow =
    site.parts.mlflow === undefined ? [] : [{ namespace: 'mlflow', pointer: ['platform', 'mlflow'] as Pointer }];
  return [...teams, ...mlflow].map(({ namespace, pointer }) => ({
    namespace,
    secret,
    keys,
    because: { file: files.cluster, pointer },
  }));
}
