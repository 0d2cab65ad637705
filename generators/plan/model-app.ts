/** One served model → its App: the InferenceService and what belongs to it. */
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { PodMonitor } from '../../schemas/types/pod-monitor.d.ts';
import type { KubeObject } from '../kube/object.ts';
import type { ServedModel, Site } from '../resolve/platform.ts';
import { type App, teamProject, waves } from './app.ts';
import { inferenceService, secondInferenceService } from './inference-service.ts';
import { plain } from './plain.ts';
import { gateObjects, smokeObjects } from './smoke.ts';
import { grpcRoute, trafficObjects } from './traffic.ts';

const done = new WeakMap<Site, WeakMap<ServedModel, App>>();

/** The App of a model; the same model on the same site gives the very same object again. */
export function modelApp(model: ServedModel, site: Site): App {
  const known = done.get(site) ?? new WeakMap<ServedModel, App>();
  done.set(site, known);
  const before = known.get(model);
  if (before !== undefined) return before;
  const app = build(model, site);
  known.set(model, app);
  return app;
}

function build(model: ServedModel, site: Site): App {
  const { metrics, grpcPort } = model.runtime;
  const seconds = [model.canary ?? [], model.mirror ?? []].flat();
  const routed = !model.clusterLocal && !model.suspended;
  const monitored = site.parts.monitoring === undefined ? undefined : metrics;
  const objects: KubeObject[] = [
    plain(inferenceService(model, site)),
    plain(podDisruptionBudget(model, model.name)),
    ...(routed && grpcPort !== undefined ? [plain(grpcRoute(model, site, grpcPort))] : []),
    ...(monitored === undefined ? [] : [plain(podMonitor(model, model.name, monitored))]),
    ...(seconds.length === 0 ? [] : trafficObjects(model, site).map(plain)),
    ...seconds.flatMap((second) => [
      ...('predictor' in second ? [] : [plain(secondInferenceService(model, site, second))]),
      plain(podDisruptionBudget(model, second.service)),
      ...(monitored === undefined ? [] : [plain(podMonitor(model, second.service, monitored))]),
    ]),
    ...gateObjects(model, site).map(plain),
    ...smokeObjects(model, site).map(plain),
  ];
  return {
    name: `model-${model.name}`,
    project: teamProject(model.team),
    namespace: model.namespace,
    wave: waves.models,
    source: { kind: 'folder', objects, subject: model.name },
    createNamespace: false,
    removal: 'delete',
  };
}

/** Label that KServe gives to the pods of a predictor (constants.go, GetRawServiceLabel). */
function podLabels(service: string): { app: string } {
  return { app: `isvc.${service}-predictor` };
}

/** A node drain may take one replica at a time; a single replica does not block the drain. */
function podDisruptionBudget(model: ServedModel, name: string): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: model.namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: podLabels(name) } },
  };
}

function podMonitor(
  model: ServedModel,
  name: string,
  port: NonNullable<ServedModel['runtime']['metrics']>,
): PodMonitor {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace: model.namespace },
    spec: {
      selector: { matchLabels: podLabels(name) },
      podMetricsEndpoints: [{ ...port, path: '/metrics' }],
    },
  };
}
