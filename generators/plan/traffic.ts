/**
 * Routes that share a model's requests between its versions, which no KServe release does in Standard mode: `canaryTrafficPercent`
 * is read for Knative alone, and `spec.canary` of v0.20.0 starts pods that no route leads to: its Services have the names that
 * ours would have.
 *
 * KServe's own HTTPRoutes stay. They match by regular expression; ours, on the same host, match the inference paths exactly,
 * which goes first in every implementation (Gateway API, HTTPRouteRule.matches). So a canary comes and goes without a change
 * of the model's own InferenceService: no pod restarts, and at no moment is there no route. To make the model cluster-local
 * instead would restart its pods, since labels are copied to them, and leave KServe's routes behind
 * (httproute_reconciler.go removes them only from stopped models).
 */
import type { GRPCRoute } from '../../schemas/types/grpc-route.d.ts';
import type { HTTPRoute } from '../../schemas/types/http-route.d.ts';
import type { TraefikService } from '../../schemas/types/traefik-service.d.ts';
import type { Canary, ServedModel, Site } from '../resolve/platform.ts';
import { parentRef } from './gateway.ts';
import { traefikBackend, traefikService } from './traefik-service.ts';

type HttpRule = NonNullable<HTTPRoute['spec']['rules']>[number];
type GrpcRule = NonNullable<GRPCRoute['spec']['rules']>[number];

/** Paths that run a model and not only speak of it; all others stay with the served version. */
function inferencePaths(name: string): string[] {
  return [`/v2/models/${name}/infer`, `/v1/models/${name}:predict`];
}

/** The HTTPRoute of a model with a canary or a mirror, after what it names beside Services. */
export function trafficObjects(model: ServedModel, site: Site): (HTTPRoute | TraefikService)[] {
  const { mirror } = model;
  const byTraefik = mirror !== undefined && site.gateway.copies === 'TraefikService';
  const copying = byTraefik
    ? shares(model).map(({ service }) => traefikService(model, service, mirror, waveBefore(model)))
    : [];
  const backends = shares(model).map(({ service, weight }) =>
    byTraefik ? traefikBackend(service, weight) : backend(service, 80, weight),
  );
  return [...copying, trafficRoute(model, site, backends)];
}

function trafficRoute(model: ServedModel, site: Site, backendRefs: NonNullable<HttpRule['backendRefs']>): HTTPRoute {
  const paths = inferencePaths(model.name).map((value) => ({ path: { type: 'Exact' as const, value } }));
  const { header } = model.canary ?? {};
  const common = { timeouts: { request: `${model.timeoutSeconds}s` } };
  const filters: HttpRule['filters'] = [isvcHeaders(model), ...mirrorFilter(model, site, 80)];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: `${model.name}-traffic`, namespace: model.namespace, ...waveBefore(model) },
    spec: {
      parentRefs: [parentRef(site)],
      hostnames: [model.host],
      rules: [
        ...(model.canary === undefined || header === undefined
          ? []
          : [
              {
                matches: paths.map((path) => ({ ...path, headers: [{ type: 'Exact' as const, ...header }] })),
                filters: [isvcHeaders(model)],
                backendRefs: [backend(model.canary.service, 80, 1)],
                ...common,
              },
            ]),
        { matches: paths, filters, backendRefs, ...common },
      ],
    },
  };
}

/**
 * KServe v0.16.0 routes only HTTP (kserve#5377). The host differs from the model's own: an HTTPRoute and a GRPCRoute
 * may not share one on the same listener (Gateway API, GRPCRoute, "cross-serving").
 */
export function grpcRoute(model: ServedModel, site: Site, port: number): GRPCRoute {
  const { canary } = model;
  const mirrored = mirrorFilter(model, site, port);
  const rules: GrpcRule[] = [
    ...(canary?.header === undefined
      ? []
      : [
          {
            matches: [{ headers: [{ type: 'Exact' as const, ...canary.header }] }],
            backendRefs: [backend(canary.service, port, 1)],
          },
        ]),
    {
      ...(mirrored.length === 0 ? {} : { filters: mirrored }),
      backendRefs: shares(model).map(({ service, weight }) => backend(service, port, weight)),
    },
  ];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GRPCRoute',
    metadata: { name: `${model.name}-grpc`, namespace: model.namespace, ...waveBefore(model) },
    spec: { parentRefs: [parentRef(site)], hostnames: [model.grpcHost], rules },
  };
}

/** True when no request goes to the canary any more. */
export function isIdle(canary: Canary | undefined): boolean {
  return canary !== undefined && canary.weight === 0 && canary.header === undefined;
}

/**
 * Routes come after the versions that they name, which are in an earlier wave and must be ready. A route that takes the last
 * request away from a canary must not wait for it: it may be what is broken.
 */
function waveBefore({ canary, mirror }: ServedModel): { annotations?: Record<string, string> } {
  const wave = (number: string) => ({ annotations: { 'argocd.argoproj.io/sync-wave': number } });
  if (isIdle(canary) && mirror === undefined) return wave('-2');
  // Behind the Job that waits for it in wave 1 (smoke.ts).
  return canary?.predictor !== undefined && !isIdle(canary) ? wave('2') : {};
}

/** The versions that answer whoever sends no header of a canary's. */
function shares({ name, canary }: ServedModel): { service: string; weight: number }[] {
  if (canary === undefined || isIdle(canary)) return [{ service: name, weight: 1 }];
  return [
    { service: name, weight: 100 - canary.weight },
    { service: canary.service, weight: canary.weight },
  ];
}

/** The Service that KServe makes for an InferenceService's predictor; in Standard mode port 80 is HTTP. */
function backend(service: string, port: number, weight: number) {
  return { group: '', kind: 'Service', name: `${service}-predictor`, port, weight };
}

/** The same as KServe's own routes set. */
function isvcHeaders({ name, namespace }: ServedModel) {
  const set = [
    { name: 'KServe-Isvc-Name', value: name },
    { name: 'KServe-Isvc-Namespace', value: namespace },
  ];
  return { type: 'RequestHeaderModifier' as const, requestHeaderModifier: { set } };
}

function mirrorFilter({ mirror }: ServedModel, { gateway }: Site, port: number) {
  if (mirror === undefined || gateway.copies !== 'RequestMirror') return [];
  const backendRef = { group: '', kind: 'Service', name: `${mirror.service}-predictor`, port };
  // All is the default, and written without a share.
  const percent = mirror.percent === 100 ? {} : { percent: mirror.percent };
  return [{ type: 'RequestMirror' as const, requestMirror: { backendRef, ...percent } }];
}
