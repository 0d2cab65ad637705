/** One registry entry on one cluster → ServedModel. */
import type { Autoscaling, Model, Resources, Serve, Version } from '../../schemas/types/models.d.ts';
import { catalogueModel } from './catalogue.ts';
import { defaults } from './defaults.ts';
import type { Canary, Mirror, Replicas, SecondVersion, ServedModel, Site, Toleration } from './platform.ts';
import { canonicalCpu, canonicalMemory } from './quantity.ts';
import { protocolOf, runtimeOf } from './runtimes.ts';
import { resolveSmoke } from './smoke.ts';

const done = new WeakMap<Site, WeakMap<Model, ServedModel>>();

/**
 * Resolves an entry whose references the rules have found good; undefined when one of them is not.
 * The result depends on the entry and the site alone, so an unchanged entry gives the very same object again.
 */
export function serveModel(model: Model, site: Site): ServedModel | undefined {
  const known = done.get(site) ?? new WeakMap<Model, ServedModel>();
  done.set(site, known);
  const before = known.get(model);
  if (before !== undefined) return before;
  const served = build(model, site);
  if (served !== undefined) known.set(model, served);
  return served;
}

function build(model: Model, site: Site): ServedModel | undefined {
  const serve = model.serve?.[site.cluster];
  const version = model.versions.find((candidate) => candidate.version === serve?.version);
  const team = site.teams.find((candidate) => candidate.name === model.owner);
  const runtime = runtimeOf(model);
  const formatVersion = runtime?.formats[model.format];
  if (!serve || !version || !team || !runtime || formatVersion === undefined) return undefined;
  const placement = { ...model.placement, ...serve.placement };
  const canary = model.versions.find((candidate) => candidate.version === serve.canary?.version);
  const smoke = runtime.name === 'onnx-node' && site.predictor.smoke ? resolveSmoke(model, version, canary) : undefined;
  const wanted = resolveReplicas({ ...model.autoscaling, ...serve.autoscaling });
  const seconds = resolveSeconds(model, serve, wanted, site);
  const replicas = seconds.canary?.predictor === undefined ? wanted : roomFor(wanted, seconds.canary.replicas.min);
  const resources = resolveResources(model, serve, runtime.name === 'onnx-node' ? site.predictor : runtime.defaults);
  const served: ServedModel = {
    name: model.name,
    namespace: team.namespace,
    team: team.name,
    runtime,
    format: { name: model.format, version: formatVersion },
    protocol: protocolOf(model, runtime),
    version: version.version,
    artifact: version.artifact,
    ...(version.sha256 === undefined ? {} : { sha256: version.sha256 }),
    environment: { ...model.environment, ...serve.environment },
    ...(resources === undefined ? {} : { resources }),
    replicas,
    ...seconds,
    suspended: serve.suspended ?? false,
    ...(smoke === undefined || serve.suspended === true ? {} : { smoke }),
    timeoutSeconds: serve.timeoutSeconds ?? model.timeoutSeconds ?? defaults.timeoutSeconds,
    clusterLocal: (serve.visibility ?? model.visibility ?? 'public') === 'cluster-local',
    ...(placement.nodeSelector === undefined ? {} : { nodeSelector: sorted(placement.nodeSelector) }),
    ...(placement.tolerations === undefined ? {} : { tolerations: placement.tolerations.map(toleration) }),
    host: `${model.name}-${team.namespace}.${site.domain}`,
    grpcHost: `${model.name}-grpc-${team.namespace}.${site.domain}`,
    ...(site.client !== undefined && model.client?.hostname !== undefined
      ? { pageHost: `${model.client.hostname}.${site.domain}` }
      : {}),
  };
  const catalogue = site.client && catalogueModel(model, served, site);
  return catalogue === undefined ? served : { ...served, catalogue };
}

/** The versions beside the served one. One that the entry does not have is reported by the rules. */
function resolveSeconds(
  model: Model,
  { canary, mirror }: Serve,
  replicas: Replicas,
  { kserve: { canary: form }, gateway }: Site,
): { canary?: Canary; mirror?: Mirror } {
  const part = canary && share(replicas, canary.weight);
  const tried =
    canary &&
    part &&
    (form === 'own'
      ? second(model, canary.version, 'canary', part)
      : second(model, canary.version, CANARY_PREDICTOR, { ...part, class: 'none', max: part.min }));
  const percent = mirror?.percent ?? defaults.mirrorPercent;
  const copied = mirror && second(model, mirror.version, 'mirror', share(replicas, percent));
  return {
    ...(tried && {
      canary: {
        ...tried,
        ...(form === 'own' ? {} : { predictor: CANARY_PREDICTOR }),
        weight: canary.weight,
        ...(canary.header && { header: header(canary.header) }),
      },
    }),
    ...(copied && { mirror: { ...copied, percent, grpc: gateway.copies === 'RequestMirror' } }),
  };
}

function header({ name, value }: NonNullable<Canary['header']>): NonNullable<Canary['header']> {
  return { name, value };
}

function second(model: Model, version: string, suffix: string, replicas: Replicas): SecondVersion | undefined {
  const found: Version | undefined = model.versions.find((candidate) => candidate.version === version);
  if (found === undefined) return undefined;
  const { artifact, sha256 } = found;
  const digest = sha256 === undefined ? {} : { sha256 };
  return { version, artifact, ...digest, service: `${model.name}-${suffix}`, replicas };
}

/**
 * Name of the entry in `spec.canary`. Not `canary`: `<model>-canary-predictor` is what an InferenceService of its own has, and
 * an upgrade must not have two owners of one Deployment.
 */
const CANARY_PREDICTOR = 'next';

/**
 * The most replicas of a model whose InferenceService holds its canary. KServe subtracts the canary's replicas from `minReplicas`
 * (components/predictor.go, reconcileRawDeployment), so that the plan adds them; the webhook wants no `maxReplicas` below that.
 */
function roomFor(replicas: Replicas, canary: number): Replicas {
  const { min, max } = replicas;
  return max === min ? replicas : { ...replicas, max: Math.max(max, min + canary) };
}

/** Replicas for a share of the requests, at least one; a change of the share moves bounds and restarts nothing. */
function share(replicas: Replicas, percent: number): Replicas {
  const part = (count: number) => Math.max(1, Math.ceil((count * percent) / 100));
  return { ...replicas, min: part(replicas.min), max: part(replicas.max) };
}

/** The order of keys in `models.yaml` has no meaning, so it must not show in what is made. */
function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toleration({ key, operator, value, effect }: Toleration): Toleration {
  return {
    ...(key === undefined ? {} : { key }),
    ...(operator === undefined ? {} : { operator }),
    ...(value === undefined ? {} : { value }),
    ...(effect === undefined ? {} : { effect }),
  };
}

/** Requests and limits in canonical form; undefined when the entry sets none and the runtime's own hold. */
export function resolveResources(
  model: Pick<Model, 'resources'>,
  serve: Pick<Serve, 'resources'>,
  fallback: { readonly cpu: string; readonly memory: string },
): ServedModel['resources'] {
  const merged: Resources = { ...model.resources, ...serve.resources };
  if (Object.keys(merged).length === 0) return undefined;
  const memory = canonicalMemory(merged.memory ?? fallback.memory);
  const gpu = merged.gpu === undefined ? {} : { 'nvidia.com/gpu': String(merged.gpu) };
  return {
    requests: { cpu: canonicalCpu(merged.cpu ?? fallback.cpu), memory, ...gpu },
    // The memory limit equals the request: memory cannot be throttled, only killed for.
    limits: { ...(merged.cpuLimit === undefined ? {} : { cpu: canonicalCpu(merged.cpuLimit) }), memory, ...gpu },
  };
}

export function resolveReplicas(autoscaling: Autoscaling): ServedModel['replicas'] {
  const min = autoscaling.minReplicas ?? Math.min(defaults.replicas.min, autoscaling.maxReplicas ?? 1);
  const metric = autoscaling.metric ?? defaults.replicas.metric;
  return {
    class: autoscaling.class ?? (metric === 'cpu' || metric === 'memory' ? 'hpa' : 'keda'),
    min,
    max: autoscaling.maxReplicas ?? min,
    metric,
    target: autoscaling.target ?? defaults.replicas.target,
  };
}
