/** Rules of a model's canary, mirror and suspension (tier T4). */
import type { Model, Serve } from '../../schemas/types/models.d.ts';
import { fault, type Problem, type Where, warning } from '../problem.ts';
import type { At, ClusterFiles, Placed } from './places.ts';
import type { Site } from './platform.ts';
import { runtimeOf } from './runtimes.ts';

/**
 * Longest name of a model with a second version: `isvc.<name>-canary-predictor` is a label of its pods, and a label's value
 * has at most 63 characters.
 */
const LONGEST_NAME = 63 - 'isvc.-canary-predictor'.length;

const KINDS = ['canary', 'mirror'] as const;

/** Faults of the entry alone. */
export function trafficFaults(model: Model, at: At): Problem[] {
  return Object.entries(model.serve ?? {}).flatMap(([cluster, serve]) =>
    KINDS.filter((kind) => serve[kind] !== undefined).flatMap((kind) => [
      ...versionFaults(model, cluster, serve, kind, at),
      ...stateFaults(model, cluster, serve, kind, at),
      ...runtimeFaults(model, cluster, kind, at),
      ...(kind === 'canary' ? idleFaults(model, cluster, serve, at) : []),
    ]),
  );
}

type Kind = (typeof KINDS)[number];

function versionFaults(model: Model, cluster: string, serve: Serve, kind: Kind, at: At): Problem[] {
  const version = serve[kind]?.version;
  const place = at('serve', cluster, kind, 'version');
  if (version === serve.version) {
    const message = `Cannot try version "${version}" of "${model.name}" beside itself: it is the one that "${cluster}" serves`;
    return [fault('CANARY_VERSION', place, message, `Choose another version, or remove "${kind}"`)];
  }
  if (model.versions.some((candidate) => candidate.version === version)) return [];
  const message = `Cannot serve version "${version}" of "${model.name}": it has no such version`;
  const repair = `Choose one of: ${model.versions.map((candidate) => candidate.version).join(', ')}`;
  return [fault('VERSION_UNKNOWN', place, message, repair)];
}

function stateFaults(model: Model, cluster: string, serve: Serve, kind: Kind, at: At): Problem[] {
  const place: Where = { ...at('serve', cluster, kind), key: true };
  if (serve.suspended === true) {
    const message = `Cannot run a ${kind} of "${model.name}" on "${cluster}": the model is suspended there`;
    return [fault('CANARY_SUSPENDED', place, message, `Remove "${kind}" or "suspended"`)];
  }
  if ((serve.visibility ?? model.visibility) === 'cluster-local') {
    const message = `Cannot share the requests of "${model.name}" on "${cluster}": it is cluster-local, and the Gateway shares them`;
    return [fault('CANARY_VISIBILITY', place, message, `Make the model public, or remove "${kind}"`)];
  }
  return [];
}

function runtimeFaults(model: Model, cluster: string, kind: Kind, at: At): Problem[] {
  const place: Where = { ...at('serve', cluster, kind), key: true };
  const runtime = runtimeOf(model);
  const problems: Problem[] = [];
  if (runtime !== undefined && runtime.modelName === undefined) {
    const message = `Cannot run a ${kind} of "${model.name}": "${runtime.name}" names a model for its InferenceService, so that its paths would differ`;
    problems.push(fault('CANARY_RUNTIME', place, message, `Choose another runtime, or remove "${kind}"`));
  }
  if (model.name.length > LONGEST_NAME) {
    const message = `Cannot run a ${kind} of "${model.name}": with it the name may have ${LONGEST_NAME} characters, not ${model.name.length}`;
    problems.push(fault('CANARY_NAME', place, message, `Add the model under a shorter name, or remove "${kind}"`));
  }
  return problems;
}

function idleFaults(model: Model, cluster: string, { canary }: Serve, at: At): Problem[] {
  if (canary === undefined || canary.weight > 0 || canary.header !== undefined) return [];
  const message = `The canary of "${model.name}" on "${cluster}" gets no requests: its weight is 0, and no header leads to it`;
  const repair = 'Raise "weight", add "header", or remove "canary"';
  return [warning('CANARY_IDLE', at('serve', cluster, 'canary', 'weight'), message, repair)];
}

/** Faults that depend on the cluster and its other models. */
export function trafficClusterFaults(files: ClusterFiles, site: Site, placed: readonly Placed[]): Problem[] {
  const busy = placed.filter(({ model }) => model.canary !== undefined || model.mirror !== undefined);
  if (busy.length === 0) return [];
  const owners = new Map(placed.map(({ model, index }) => [`${model.namespace}/${model.name}`, index]));
  return busy.flatMap(({ model, index }) => {
    const taken = [model.canary?.service ?? [], model.mirror?.service ?? [], `${model.name}-traffic`].flat();
    const clashes = taken.flatMap((name) => {
      const owner = owners.get(`${model.namespace}/${name}`);
      if (owner === undefined) return [];
      const message = `Cannot run a second version of "${model.name}" on "${site.cluster}": it needs the name "${name}", which is used at {0}`;
      const where: Where = { file: files.registry, pointer: ['models', index, 'serve', site.cluster] };
      const related: Where[] = [{ file: files.registry, pointer: ['models', owner, 'name'] }];
      return [fault('CANARY_NAME', where, message, 'Add the other model under another name', related)];
    });
    return [...clashes, ...(model.mirror === undefined ? [] : mirrorFaults(files, site, index))];
  });
}

/** A chart of Traefik whose CRDs cannot be installed (copies.ts). */
function mirrorFaults(files: ClusterFiles, site: Site, index: number): Problem[] {
  if (site.gateway.copies !== 'nothing') return [];
  const where: Where = { file: files.registry, pointer: ['models', index, 'serve', site.cluster, 'mirror'], key: true };
  const message = `Cannot mirror on "${site.cluster}": the chart traefik ${site.parts.traefik} holds CRDs of the Gateway API beside TraefikService, and is installed without`;
  const repair = `Set "platform.traefik.version" to 41.0.0 or newer in ${files.cluster}, or use "canary" with a small weight`;
  return [fault('MIRROR_GATEWAY', where, message, repair)];
}
