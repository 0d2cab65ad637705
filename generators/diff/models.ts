/** What a change means for each model on each cluster, in the words of who reviews it. */
import type { Model } from '../../schemas/types/models.d.ts';
import type { ServedModel } from '../resolve/platform.ts';
import { diffValues, type FieldChange } from './fields.ts';
import { type ObjectChange, objectOf } from './objects.ts';
import { restartingFields } from './restarts.ts';
import { arrow, code, cpuWords, memoryWords, metricWords, podsDo, podWords } from './words.ts';

export interface ModelChange {
  readonly model: string;
  /** Undefined for what concerns the entry alone and runs nowhere. */
  readonly cluster?: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Phrases, without Markdown except for code spans. */
  readonly words: readonly string[];
  /** Pods that are replaced while the change is rolled out. */
  readonly restarts?: { readonly min: number; readonly max: number };
}

/** One model on one cluster, on one side of the comparison. */
export interface ServedSide {
  readonly served: ServedModel;
  readonly entry: Model | undefined;
}

/** Fields that phrases of their own tell, or that follow from others. */
const TOLD =
  /^(?:version|artifact|sha256|name|team|runtime|format|protocol|resources|replicas|host|grpcHost|pageHost|canary|mirror|suspended|smoke|catalogue)\b/;

/** `mine` are the model's own objects on the cluster that come, go or change. */
export function servedChange(
  cluster: string,
  before: ServedSide | undefined,
  after: ServedSide | undefined,
  mine: readonly ObjectChange[],
  runtimeRestarts: boolean,
): ModelChange | undefined {
  const model = (after ?? before)?.served.name ?? '';
  if (before === undefined && after === undefined) return undefined;
  if (before === undefined && after !== undefined) {
    return { model, cluster, change: 'added', words: addedWords(after) };
  }
  if (after === undefined && before !== undefined) {
    return { model, cluster, change: 'removed', words: removedWords(before) };
  }
  if (before === undefined || after === undefined) return undefined;
  const told = changedWords(before, after);
  if (told.length === 0 && mine.length === 0) return undefined;
  const { min, max } = before.served.replicas;
  const restarts = runtimeRestarts || mine.some((one) => restartingFields(one).length > 0);
  const stopped = before.served.suspended || after.served.suspended;
  const restarting = restarts && !stopped ? { min, max } : undefined;
  const routes = routeWords(before.served, after.served, mine);
  const words = [...told, ...podsWords(before.served, after.served, restarting), ...routes];
  return {
    ...{ model, cluster, change: 'changed', words },
    ...(restarting === undefined ? {} : { restarts: restarting }),
  };
}

function podsWords(a: ServedModel, b: ServedModel, restarting: ModelChange['restarts']): string[] {
  if (a.suspended || b.suspended) return [];
  if (a.namespace !== b.namespace) {
    return [`${podsDo(a.replicas, 'end')} in ${a.namespace} while ${podsDo(b.replicas, 'start')} in ${b.namespace}`];
  }
  return [restarting === undefined ? 'no pod restarts' : podsDo(restarting, 'restart')];
}

function addedWords({ served, entry }: ServedSide): string[] {
  const requests = served.resources?.requests ?? {};
  const version = entry?.versions.find((one) => one.version === served.version);
  const metric = Object.entries(version?.metrics ?? {})[0];
  return [
    `new, version ${served.version}${metric === undefined ? '' : ` (${metric[0]} ${Number(metric[1].toPrecision(4))})`}`,
    podsDo(served.replicas, 'start'),
    ...['cpu', 'memory'].flatMap((name) => (requests[name] === undefined ? [] : [`${name} ${requests[name]}`])),
    served.clusterLocal ? 'reachable inside the cluster only' : `route ${code(served.host)}`,
    ...(served.pageHost === undefined ? [] : [`page ${code(served.pageHost)}`]),
  ];
}

function removedWords({ served }: ServedSide): string[] {
  return [
    `removed, version ${served.version} was served`,
    podsDo(served.replicas, 'end'),
    ...(served.clusterLocal ? [] : [`route ${code(served.host)} gone`]),
    ...(served.pageHost === undefined ? [] : [`page ${code(served.pageHost)} gone`]),
  ];
}

function changedWords(before: ServedSide, after: ServedSide): string[] {
  const [a, b] = [before.served, after.served];
  const requests = [a.resources?.requests ?? {}, b.resources?.requests ?? {}] as const;
  const limits = [a.resources?.limits ?? {}, b.resources?.limits ?? {}] as const;
  const gpu = 'nvidia.com/gpu';
  return [
    ...versionWords(before, after),
    ...same('team', a.team, b.team),
    ...same('runtime', a.runtime.name, b.runtime.name),
    ...same('format', a.format.name, b.format.name),
    ...same('protocol', a.protocol, b.protocol),
    ...[
      cpuWords('cpu', requests[0]['cpu'], requests[1]['cpu']),
      memoryWords(requests[0]['memory'], requests[1]['memory']),
      cpuWords('cpu limit', limits[0]['cpu'], limits[1]['cpu']),
    ].flatMap((words) => words ?? []),
    ...same('GPUs', requests[0][gpu], requests[1][gpu]),
    ...replicaWords(a, b),
    ...secondWords(a, b),
    ...diffValues(rest(a), rest(b)).map(fieldWords),
  ];
}

/** The versions beside the served one, and suspension. */
function secondWords(a: ServedModel, b: ServedModel): string[] {
  const words: string[] = [];
  if (a.suspended !== b.suspended) words.push(b.suspended ? 'suspended, all pods stop' : 'resumed, its pods start');
  const { canary: old, mirror: copy } = a;
  const { canary, mirror } = b;
  if (canary === undefined && old !== undefined) {
    words.push(old.version === b.version ? 'promoted from canary' : `canary version ${old.version} ends`);
  } else if (canary !== undefined && canary.version !== old?.version) {
    words.push(`canary version ${canary.version} gets ${canary.weight} % of the traffic`);
  } else if (canary !== undefined && canary.weight !== old?.weight) {
    words.push(`canary traffic ${old?.weight} % → ${canary.weight} %`);
  }
  if (diffValues(old?.header, canary?.header).length > 0 && canary?.header !== undefined) {
    words.push(`canary for requests with ${code(`${canary.header.name}: ${canary.header.value}`)}`);
  }
  if (mirror === undefined && copy !== undefined) words.push(`mirror version ${copy.version} ends`);
  else if (mirror !== undefined && (mirror.version !== copy?.version || mirror.percent !== copy.percent)) {
    const requests = mirror.grpc || b.runtime.grpcPort === undefined ? 'requests' : 'HTTP requests';
    words.push(`mirror version ${mirror.version} gets copies of ${mirror.percent} % of the ${requests}`);
  }
  return words;
}

function same(name: string, before: string | undefined, after: string | undefined): string[] {
  return before === after ? [] : [`${name} ${arrow(before, after)}`];
}

function rest(served: ServedModel): Record<string, unknown> {
  return Object.fromEntries(Object.entries(served).filter(([name]) => !TOLD.test(name)));
}

function versionWords(before: ServedSide, after: ServedSide): string[] {
  const [a, b] = [before.served, after.served];
  if (a.version !== b.version) {
    const [old, now] = [before, after].map(({ entry, served }) =>
      entry?.versions.find(({ version }) => version === served.version),
    );
    return [`version ${arrow(a.version, b.version)}`, ...metricWords(old?.metrics, now?.metrics)];
  }
  if (a.artifact !== b.artifact) return [`version ${b.version} with another artifact, ${code(b.artifact)}`];
  if (a.sha256 !== b.sha256) return [`version ${b.version} with another SHA-256`];
  return [];
}

function replicaWords({ replicas: a }: ServedModel, { replicas: b }: ServedModel): string[] {
  const counts = a.min !== b.min || a.max !== b.max ? [`${podWords(a)} → ${podWords(b)}`] : [];
  const rest = diffValues({ ...a, min: 0, max: 0 }, { ...b, min: 0, max: 0 });
  return [...counts, ...rest.map(({ path, before, after }) => `scaling ${path} ${arrow(before, after)}`)];
}

const NAMES: Readonly<Record<string, string>> = {
  timeoutSeconds: 'timeout in seconds',
  namespace: 'namespace',
};

function fieldWords({ path, before, after }: FieldChange): string {
  if (path === 'clusterLocal') {
    return after === true
      ? 'reachable inside the cluster only from now on'
      : 'reachable through the Gateway from now on';
  }
  if (path.startsWith('environment.'))
    return `environment ${path.slice('environment.'.length)} ${spans(before, after)}`;
  const name = NAMES[path] ?? path;
  return `${name} ${spans(before, after)}`;
}

function spans(before: unknown, after: unknown): string {
  return arrow(before === undefined ? undefined : code(before), after === undefined ? undefined : code(after));
}

const ROUTES = new Set(['HTTPRoute', 'GRPCRoute']);

function routeWords(a: ServedModel, b: ServedModel, objects: readonly ObjectChange[]): string[] {
  const hosts = [
    ['host', a.host, b.host],
    ['gRPC host', a.grpcHost, b.grpcHost],
    ['page', a.pageHost, b.pageHost],
  ] as const;
  const moved = hosts.flatMap(([name, old, now]) => (old === now ? [] : [`${name} ${spans(old, now)}`]));
  const routes = objects.filter((one) => ROUTES.has(objectOf(one).kind));
  const weights = routes.flatMap(({ before, after }) => trafficWords(before, after));
  const told = [...moved, ...new Set(weights)];
  if (told.length > 0) return told;
  return [routes.length > 0 || a.clusterLocal !== b.clusterLocal ? 'route changed' : 'route unchanged'];
}

interface RouteLike {
  readonly spec?: {
    readonly rules?: readonly {
      readonly backendRefs?: readonly { readonly kind?: string; readonly name: string; readonly weight?: number }[];
    }[];
  };
}

/** `traffic iris-predictor 90 %, iris-canary-predictor 10 %`, where the shares of a route's backends change. */
function trafficWords(before: unknown, after: unknown): string[] {
  const [old, now] = [sharesOf(before), sharesOf(after)];
  return old === undefined || old === now || now === undefined ? [] : [`traffic ${now}`];
}

function sharesOf(route: unknown): string | undefined {
  const rules = (route as RouteLike | undefined)?.spec?.rules ?? [];
  // The last rule is the one without a header or a path of its own.
  const refs = rules.at(-1)?.backendRefs ?? [];
  const total = refs.reduce((sum, { weight }) => sum + (weight ?? 1), 0);
  if (total === 0) return undefined;
  const share = (weight: number | undefined) => Number((((weight ?? 1) / total) * 100).toFixed(1));
  // A TraefikService has its name from the version that it leads to (plan/traefik-service.ts).
  const service = (kind: string | undefined, name: string) =>
    kind === 'TraefikService' ? name.replace(/-traffic$/, '-predictor') : name;
  return refs.map(({ kind, name, weight }) => `${service(kind, name)} ${share(weight)} %`).join(', ');
}
