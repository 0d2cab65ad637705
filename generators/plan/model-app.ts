/** One served model → its App: the InferenceService and what belongs to it. */
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { GRPCRoute } from '../../schemas/types/grpc-route.d.ts';
import type { PodMonitor } from '../../schemas/types/pod-monitor.d.ts';
import type { KubeObject } from '../kube/object.ts';
import type { ServedModel, Site } from '../resolve/platform.ts';
import { type App, teamProject, waves } from './app.ts';
import { parentRef } from './gateway.ts';
import { inferenceService } from './inference-service.ts';
import { plain } from './plain.ts';

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
  const objects: KubeObject[] = [plain(inferenceService(model, site)), plain(podDisruptionBudget(model))];
  if (model.runtime.grpcPort !== undefined && !model.clusterLocal) {
    objects.push(plain(grpcRoute(model, site, model.runtime.grpcPort)));
  }
  const { metrics } = model.runtime;
  if (site.parts.monitoring !== undefined && metrics !== undefined) objects.push(plain(podMonitor(model, metrics)));
  return {
    name: `model-${model.name}`,
    project: teamProject(model.team),
    namespace: model.namespace,
    wave: waves.models,
    source: { kind: 'folder', objects },
    createNamespace: false,
    removal: 'delete',
  };
}

/** Label that KServe gives to the pods of a predictor (constants.go, GetRawServiceLabel). */
function podLabels(model: ServedModel): { app: string } {
  return { app: `isvc.${model.name}-predictor` };
}

/** A node drain may take one replica at a time; a single replica does not block the drain. */
function podDisruptionBudget(model: ServedModel): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: model.name, namespace: model.namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: podLabels(model) } },
  };
}

/**
 * KServe v0.16.0 routes only HTTP (kserve#5377). The host differs from the model's own: an HTTPRoute and a GRPCRoute
 * may not share one on the same listener (Gateway API, GRPCRoute, "cross-serving").
 */
function grpcRoute(model: ServedModel, site: Site, port: number): GRPCRoute {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GRPCRoute',
    metadata: { name: `${model.name}-grpc`, namespace: model.namespace },
    spec: {
      parentRefs: [parentRef(site)],
      hostnames: [model.grpcHost],
      rules: [
        {
          backendRefs: [{ group: '', kind: 'Service', name: `${model.name}-predictor`, port, weight: 1 }],
        },
      ],
    },
  };
}

function podMonitor(model: ServedModel, port: NonNullable<ServedModel['runtime']['metrics']>): PodMonitor {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name: model.name, namespace: model.namespace },
    spec: {
      selector: { matchLabels: podLabels(model) },
      podMetricsEndpoints: [{ ...port, path: '/metrics' }],
    },
  };
}
