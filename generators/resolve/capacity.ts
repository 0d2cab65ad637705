/** What the models of a cluster ask of its nodes: at their fewest and most replicas, and while one of them is rolled out. */
import type { Prices, Replicas, ServedModel, Site, Team } from './platform.ts';
import { bytes, millicores } from './quantity.ts';

/** CPU in thousandths of a core, memory in bytes, GPUs and pods as counts. */
export interface Demand {
  readonly cpu: number;
  readonly memory: number;
  /** Sum of memory limits, which a quota counts apart from requests. */
  readonly memoryLimit: number;
  readonly gpu: number;
  readonly pods: number;
}

/** One InferenceService: the served version of a model, or its canary or mirror. */
export interface Workload {
  readonly service: string;
  readonly role: 'served' | 'canary' | 'mirror';
  readonly version: string;
  readonly replicas: Pick<Replicas, 'min' | 'max'>;
  /** Of one pod. */
  readonly pod: Demand;
}

export interface ModelDemand {
  readonly model: string;
  readonly suspended: boolean;
  readonly workloads: readonly Workload[];
}

export interface TeamDemand {
  readonly team: Team;
  readonly models: readonly ModelDemand[];
  readonly least: Demand;
  readonly most: Demand;
  /** The fewest replicas while the model whose rollout takes most is rolled out, with the Job that asks its example. */
  readonly rollout: Demand;
}

const NOTHING: Demand = { cpu: 0, memory: 0, memoryLimit: 0, gpu: 0, pods: 0 };

/**
 * The container that fetches artifacts before the server starts (charts/kserve-resources, `kserve.storage.resources`, the
 * same from v0.16.0 to v0.20.0). A pod counts as the larger of the two, and this one's memory limit is rarely the smaller.
 */
const FETCHER = { cpu: 100, memory: 100 * 1024 ** 2, memoryLimit: 1024 ** 3 } as const;

/** What the Job of a model's example asks for (plan/smoke.ts). */
const SMOKE: Demand = { cpu: 50, memory: 128 * 1024 ** 2, memoryLimit: 128 * 1024 ** 2, gpu: 0, pods: 1 };

/** Share of the replicas that KServe's Deployments start beyond their number (deployment_reconciler.go, maxSurge). */
const SURGE = 0.25;

export function clusterDemand(site: Site, models: readonly ServedModel[]): TeamDemand[] {
  const byTeam = new Map(site.teams.map(({ name }) => [name, [] as ServedModel[]]));
  for (const model of models) byTeam.get(model.team)?.push(model);
  return site.teams.map((team) => teamDemand(team, byTeam.get(team.name) ?? [], site));
}

function teamDemand(team: Team, served: readonly ServedModel[], site: Site): TeamDemand {
  const models = served.map((model) => modelDemand(model, site));
  const workloads = models.flatMap((model) => model.workloads);
  const total = (bound: 'min' | 'max') => sum(workloads.map(({ pod, replicas }) => times(pod, replicas[bound])));
  const least = total('min');
  const surges = workloads.map(({ pod, replicas }) => times(pod, Math.ceil(replicas.min * SURGE)));
  const smoke = served.some((model) => model.smoke !== undefined) ? SMOKE : NOTHING;
  return { team, models, least, most: total('max'), rollout: sum([least, largest(surges), smoke]) };
}

function modelDemand(model: ServedModel, site: Site): ModelDemand {
  const { name, suspended, canary, mirror } = model;
  if (suspended) return { model: name, suspended, workloads: [] };
  const pod = podDemand(model, site);
  const { version, replicas } = model;
  return {
    model: name,
    suspended,
    workloads: [
      { service: name, role: 'served', version, replicas, pod },
      ...(canary === undefined ? [] : [{ ...placeOf(canary), role: 'canary' as const, pod }]),
      ...(mirror === undefined ? [] : [{ ...placeOf(mirror), role: 'mirror' as const, pod }]),
    ],
  };
}

function placeOf({ service, version, replicas }: Pick<Workload, 'service' | 'version'> & { replicas: Replicas }) {
  return { service, version, replicas };
}

function podDemand({ resources, runtime }: ServedModel, site: Site): Demand {
  const fallback = runtime.name === 'onnx-node' ? site.predictor : runtime.defaults;
  const memory = bytes(resources?.requests['memory'] ?? fallback.memory);
  const limit = bytes(resources?.limits['memory'] ?? fallback.memory);
  return {
    cpu: Math.max(millicores(resources?.requests['cpu'] ?? fallback.cpu), FETCHER.cpu),
    memory: Math.max(memory, FETCHER.memory),
    memoryLimit: Math.max(limit, FETCHER.memoryLimit),
    gpu: Number(resources?.requests['nvidia.com/gpu'] ?? 0),
    pods: 1,
  };
}

/** Each kind by itself: a quota counts them apart, and the largest CPU need not be that of the largest memory. */
function largest(demands: readonly Demand[]): Demand {
  return demands.reduce((a, b) => combine(a, b, Math.max), NOTHING);
}

export function sum(demands: readonly Demand[]): Demand {
  return demands.reduce((a, b) => combine(a, b, (one, other) => one + other), NOTHING);
}

export function times(demand: Demand, count: number): Demand {
  return combine(demand, NOTHING, (one) => one * count);
}

function combine(a: Demand, b: Demand, by: (a: number, b: number) => number): Demand {
  return {
    cpu: by(a.cpu, b.cpu),
    memory: by(a.memory, b.memory),
    memoryLimit: by(a.memoryLimit, b.memoryLimit),
    gpu: by(a.gpu, b.gpu),
    pods: by(a.pods, b.pods),
  };
}

/** A demand that a quota does not hold. `asked` and `allowed` as Kubernetes writes them. */
export interface Excess {
  readonly field: 'cpu' | 'memory' | 'gpu' | 'pods';
  readonly asked: string;
  readonly allowed: string;
}

export function excesses(demand: Demand, quota: NonNullable<Team['quota']>): Excess[] {
  const memory = Math.max(demand.memory, demand.memoryLimit);
  const { cpu, gpu, pods } = quota;
  const asked: [Excess['field'], string, string | number | undefined, number][] = [
    ['cpu', `${demand.cpu}m of CPU`, cpu, demand.cpu - millicores(cpu ?? '0')],
    ['memory', `${Math.ceil(memory / 1024 ** 2)}Mi of memory`, quota.memory, memory - bytes(quota.memory ?? '0')],
    ['gpu', `${demand.gpu} GPUs`, gpu, demand.gpu - (gpu ?? 0)],
    ['pods', `${demand.pods} pods`, pods, demand.pods - (pods ?? 0)],
  ];
  return asked.flatMap(([field, wanted, allowed, excess]) =>
    allowed === undefined || excess <= 0 ? [] : [{ field, asked: wanted, allowed: String(allowed) }],
  );
}

/** Hours of an average month: 365.25 days over 12. */
const MONTH = 730.5;

/** Price of a month; undefined where a GPU has none. */
export function monthly({ cpu, memory, gpu }: Demand, prices: Prices): number | undefined {
  if (gpu > 0 && prices.gpuHour === undefined) return undefined;
  const hour = (cpu / 1000) * prices.cpuHour + (memory / 1024 ** 3) * prices.memoryGiBHour;
  return MONTH * (hour + gpu * (prices.gpuHour ?? 0));
}
