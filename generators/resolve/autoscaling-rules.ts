/** Rules of how replicas are scaled (tier T4). */
import type { Autoscaling, Model } from '../../schemas/types/models.d.ts';
import { fault, type Pointer, type Problem, type Where } from '../problem.ts';
import { defaults } from './defaults.ts';
import { resolveReplicas } from './model.ts';
import type { At, ClusterFiles, Placed } from './places.ts';
import type { Replicas, Site } from './platform.ts';
import { runtimeOf } from './runtimes.ts';

/** A setting as one place writes it, and as it holds together with the entry's own. */
interface Setting {
  readonly model: Model;
  readonly written: Autoscaling;
  readonly merged: Autoscaling;
  readonly replicas: Replicas;
  readonly place: Pointer;
  readonly at: At;
}

/** Faults of an entry's own setting and of each cluster's override. */
export function autoscalingFaults(model: Model, at: At): Problem[] {
  const places: [Pointer, Autoscaling | undefined][] = [
    [['autoscaling'], model.autoscaling],
    ...Object.entries(model.serve ?? {}).map(([cluster, serve]): [Pointer, Autoscaling | undefined] => [
      ['serve', cluster, 'autoscaling'],
      serve.autoscaling,
    ]),
  ];
  return places.flatMap(([place, written]) => {
    if (written === undefined) return [];
    const merged = { ...model.autoscaling, ...written };
    const setting: Setting = { model, written, merged, replicas: resolveReplicas(merged), place, at };
    const range = rangeFaults(setting);
    return range.length > 0 ? range : [...classFaults(setting), ...targetFaults(setting)];
  });
}

/** The place that wrote a field: this one, or the entry, where the override inherits it. */
function placeOf({ written, place, at }: Setting, ...fields: (keyof Autoscaling)[]): Where {
  const field = fields.find((candidate) => written[candidate] !== undefined);
  return field === undefined ? at(...place) : at(...place, field);
}

function rangeFaults(setting: Setting): Problem[] {
  const { model, replicas } = setting;
  const { min, max } = replicas;
  if (min === 0) {
    const message = `Cannot let "${model.name}" go to 0 replicas: its metrics come from its pods, so that nothing would wake it up again`;
    const repair = 'Set "minReplicas" to 1; to stop the model, set "suspended" on the cluster';
    return [fault('AUTOSCALING_ZERO', placeOf(setting, 'minReplicas'), message, repair)];
  }
  if (max >= min) return [];
  const message = `Cannot scale "${model.name}" between ${min} and ${max} replicas: the least exceeds the most`;
  const repair = `Raise "maxReplicas" to ${min} or lower "minReplicas"`;
  return [fault('AUTOSCALING_RANGE', placeOf(setting, 'maxReplicas', 'minReplicas'), message, repair)];
}

function isOfPods(metric: Replicas['metric']): boolean {
  return metric !== 'cpu' && metric !== 'memory';
}

function classFaults(setting: Setting): Problem[] {
  const { model, replicas } = setting;
  const { metric, max, min } = replicas;
  const place = placeOf(setting, 'class', 'metric', 'maxReplicas');
  if (replicas.class === 'hpa' && isOfPods(metric)) {
    const message = `Cannot follow "${metric}" with the class "hpa": a HorizontalPodAutoscaler of KServe knows cpu and memory alone`;
    return [fault('AUTOSCALING_CLASS', place, message, 'Use the class "keda", or follow cpu or memory')];
  }
  if (replicas.class === 'none' && max > min) {
    const message = `Cannot scale "${model.name}" from ${min} to ${max} replicas with the class "none"`;
    return [fault('AUTOSCALING_CLASS', place, message, 'Remove "maxReplicas", or choose "hpa" or "keda"')];
  }
  const runtime = runtimeOf(model);
  if (runtime === undefined || runtime.name === 'onnx-node' || !isOfPods(metric)) return [];
  const message = `Cannot follow "${metric}" of "${model.name}": "${runtime.name}" does not tell it, only "onnx-node" does`;
  return [fault('AUTOSCALING_METRIC', placeOf(setting, 'metric'), message, 'Follow cpu or memory')];
}

function targetFaults(setting: Setting): Problem[] {
  const { model, written, merged, replicas, place, at } = setting;
  const { metric, min, max } = replicas;
  const idle = written.target !== undefined ? 'target' : written.metric !== undefined ? 'metric' : undefined;
  // What the entry itself sets may be meant for the clusters whose overrides give it room.
  if (idle !== undefined && max === min && !(place.length === 1 && scalesSomewhere(model))) {
    const message = `Cannot follow "${idle}": "${model.name}" always has ${min} replica${min === 1 ? '' : 's'}`;
    return [
      fault('AUTOSCALING_TARGET', at(...place, idle), message, `Set "maxReplicas" above ${min}, or remove "${idle}"`),
    ];
  }
  const where = placeOf(setting, 'target', 'metric');
  if (isOfPods(metric) && merged.target === undefined) {
    const message = `Cannot follow "${metric}" of "${model.name}" without a target`;
    return [fault('AUTOSCALING_TARGET', where, message, 'Add "target", in the unit that the schema tells')];
  }
  if (!isOfPods(metric) && replicas.target > 100) {
    const message = `Cannot aim at ${replicas.target} for "${metric}" of "${model.name}": it is in percent of the request`;
    return [fault('AUTOSCALING_TARGET', where, message, 'Set "target" between 1 and 100')];
  }
  const limit = (model.timeoutSeconds ?? defaults.timeoutSeconds) * 1000;
  if ((metric === 'latency-p95' || metric === 'queue') && replicas.target >= limit) {
    const message = `Cannot aim at ${replicas.target} ms for "${metric}" of "${model.name}": no request takes longer than ${limit} ms`;
    return [fault('AUTOSCALING_TARGET', where, message, 'Write the target in milliseconds, below "timeoutSeconds"')];
  }
  return [];
}

function scalesSomewhere({ autoscaling, serve }: Model): boolean {
  return Object.values(serve ?? {}).some((cluster) => {
    const { minReplicas = 1, maxReplicas = minReplicas } = { ...autoscaling, ...cluster.autoscaling };
    return maxReplicas > minReplicas;
  });
}

/** KEDA, and the Prometheus that it asks, must be on the cluster. */
export function kedaFaults(files: ClusterFiles, site: Site, { model, entry, index }: Placed): Problem[] {
  if (model.replicas.class !== 'keda') return [];
  const { metric } = model.replicas;
  const lacking = [
    ...(site.parts.keda === undefined ? ['keda'] : []),
    ...(site.parts.monitoring === undefined && isOfPods(metric) ? ['monitoring'] : []),
  ];
  if (lacking.length === 0) return [];
  const own = entry.serve?.[site.cluster]?.autoscaling;
  const place: Pointer = own === undefined ? ['autoscaling'] : ['serve', site.cluster, 'autoscaling'];
  const where: Where = { file: files.registry, pointer: ['models', index, ...place] };
  const message = `Cannot scale "${model.name}" by "${metric}" on "${site.cluster}": the cluster has no ${lacking.join(' and no ')}`;
  const repair = `Enable ${lacking.map((part) => `"platform.${part}"`).join(' and ')} in ${files.cluster}`;
  return [fault('AUTOSCALING_KEDA', where, message, repair)];
}
