/** Rules between the entries that one cluster serves (tier T4). */
import type { Model, Registry } from '../../schemas/types/models.d.ts';
import { credentialKeys } from '../kube/sealed-secret.ts';
import { fault, type Pointer, type Problem, type Where } from '../problem.ts';
import type { Platform, ServedModel, Site } from './platform.ts';
import { bytes, millicores } from './quantity.ts';

/** Where a served model is written: the entry's index. */
export type Placed = { readonly model: ServedModel; readonly entry: Model; readonly index: number };

export interface ClusterFiles {
  readonly registry: string;
  readonly cluster: string;
}

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
    ...quotaFaults(files, site, placed),
  ];
}

function bucketFaults(files: ClusterFiles, site: Site, { model, entry, index }: Placed): Problem[] {
  const bucket = /^s3:\/\/([^/]+)/.exec(model.artifact)?.[1];
  if (bucket === undefined || bucket === site.storage.bucket) return [];
  const version = entry.versions.findIndex((candidate) => candidate.version === model.version);
  const pointer: Pointer = ['models', index, 'versions', version, 'artifact'];
  const message = `Cannot read bucket "${bucket}" on "${site.cluster}": its credentials are for "${site.storage.bucket}"`;
  const repair = `Copy the artifact to s3://${site.storage.bucket}/, or change "storage.bucket" in ${files.cluster}`;
  return [fault('ARTIFACT_BUCKET', { file: files.registry, pointer }, message, repair)];
}

/** A host may be claimed once, and each of its labels may have 63 characters (RFC 1035, 2.3.4). */
function hostFaults(files: ClusterFiles, site: Site, placed: readonly Placed[]): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, Where>(platformHosts(files, site));
  const claim = (host: string, where: Where, repair: string) => {
    const label = host.slice(0, host.indexOf('.'));
    if (label.length > 63) {
      const message = `Cannot use the host "${host}": its first label has ${label.length} characters, at most 63 are allowed`;
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
  for (const { model, index } of placed) {
    const name: Where = { file: files.registry, pointer: ['models', index, 'name'] };
    claim(model.host, name, 'Choose another model name or hostname');
    // KServe makes a second route for the predictor component (httproute_reconciler.go).
    claim(`${model.name}-predictor-${model.namespace}.${site.domain}`, name, 'Choose another model name or hostname');
    if (model.runtime.grpcPort !== undefined) claim(model.grpcHost, name, 'Choose another model name or hostname');
    if (model.pageHost === undefined) continue;
    const hostname: Where = { file: files.registry, pointer: ['models', index, 'client', 'hostname'] };
    claim(model.pageHost, hostname, 'Choose another hostname');
  }
  return problems;
}

function platformHosts(files: ClusterFiles, site: Site): [string, Where][] {
  const at = (...pointer: Pointer): Where => ({ file: files.cluster, pointer });
  const hosts: [string, Where][] = [];
  if (site.client !== undefined) hosts.push([site.client.host, at('client')]);
  if (site.parts.mlflow !== undefined) hosts.push([`mlflow.${site.domain}`, at('platform', 'mlflow')]);
  if (site.parts.jupyterhub !== undefined) hosts.push([`jupyter.${site.domain}`, at('platform', 'jupyterhub')]);
  return hosts;
}

/**
 * KServe owns the HTTPRoutes `<name>` and `<name>-predictor` and updates them without asking who made them
 * (httproute_reconciler.go), so no model may be called like another's predictor in the same namespace.
 */
function routeFaults(files: ClusterFiles, placed: readonly Placed[]): Problem[] {
  const owners = new Map(placed.map(({ model, index }) => [`${model.namespace}/${model.name}`, index]));
  return placed.flatMap(({ model, index }) => {
    if (!model.name.endsWith('-predictor')) return [];
    const base = model.name.slice(0, -'-predictor'.length);
    const owner = owners.get(`${model.namespace}/${base}`);
    if (owner === undefined) return [];
    const message = `Cannot add model "${model.name}": KServe gives that name to the route of "${base}" at {0}`;
    const where: Where = { file: files.registry, pointer: ['models', index, 'name'] };
    const related: Where[] = [{ file: files.registry, pointer: ['models', owner, 'name'] }];
    return [fault('ROUTE_TAKEN', where, message, 'Choose a name that does not end in "-predictor"', related)];
  });
}

/** The fewest replicas of all of a team's models must fit its quota, or some never start. */
function quotaFaults(files: ClusterFiles, site: Site, placed: readonly Placed[]): Problem[] {
  return site.teams.flatMap((team, index) => {
    if (team.quota === undefined) return [];
    const models = placed.filter(({ model }) => model.team === team.name).map(({ model }) => model);
    const { cpu, memory } = requestsOf(models, site);
    const at = (field: string): Where => ({ file: files.cluster, pointer: ['teams', index, 'quota', field] });
    const problems: Problem[] = [];
    if (team.quota.cpu !== undefined && cpu > millicores(team.quota.cpu)) {
      const message = `Cannot fit the models of "${team.name}": they request ${cpu}m of CPU, the quota is ${team.quota.cpu}`;
      problems.push(fault('QUOTA_EXCEEDED', at('cpu'), message, 'Raise the quota or lower replicas and requests'));
    }
    if (team.quota.memory !== undefined && memory > bytes(team.quota.memory)) {
      const wanted = `${Math.ceil(memory / 1024 ** 2)}Mi`;
      const message = `Cannot fit the models of "${team.name}": they request ${wanted} of memory, the quota is ${team.quota.memory}`;
      problems.push(fault('QUOTA_EXCEEDED', at('memory'), message, 'Raise the quota or lower replicas and requests'));
    }
    return problems;
  });
}

/** Requests of the fewest replicas: CPU in thousandths of a core, memory in bytes. */
function requestsOf(models: readonly ServedModel[], site: Site): { cpu: number; memory: number } {
  let cpu = 0;
  let memory = 0;
  for (const model of models) {
    const fallback = model.runtime.name === 'onnx-node' ? site.predictor : model.runtime.defaults;
    cpu += model.replicas.min * millicores(model.resources?.requests['cpu'] ?? fallback.cpu);
    memory += model.replicas.min * bytes(model.resources?.requests['memory'] ?? fallback.memory);
  }
  return { cpu, memory };
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
