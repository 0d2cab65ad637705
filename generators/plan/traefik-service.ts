/**
 * Copies of requests where the Gateway is Traefik, whose provider for the Gateway API knows no RequestMirror. An HTTPRoute may name a
 * TraefikService there in a Service's place (kubernetes/crd, FillExtensionBuilderRegistry), and that can copy requests. A
 * GRPCRoute may not ("only Kubernetes services are supported", gateway/grpcroute.go): gRPC requests are not copied.
 *
 * Traefik reads a whole request before it passes it on, and sends the copy when the served version has answered
 * (loadbalancer/mirror/mirror.go). While a TraefikService or a Service that it names is absent, Traefik leaves the route out
 * (server/router/router.go, buildEntryPointHandler), and KServe's own on the same host leads to the served version.
 */
import type { TraefikService } from '../../schemas/types/traefik-service.d.ts';
import type { Mirror, ServedModel } from '../resolve/platform.ts';

/** The TraefikService of one of the versions that answer: requests to it, and copies of them to the mirror. */
export function traefikService(
  { namespace }: ServedModel,
  service: string,
  { service: mirror, percent }: Mirror,
  annotated: { annotations?: Record<string, string> },
): TraefikService {
  const to = (name: string) => ({ kind: 'Service' as const, name: `${name}-predictor`, port: 80 });
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: { name: nameOf(service), namespace, ...annotated },
    spec: { mirroring: { ...to(service), mirrors: [{ ...to(mirror), percent }] } },
  };
}

/** How an HTTPRoute names it. */
export function traefikBackend(service: string, weight: number) {
  return { group: 'traefik.io', kind: 'TraefikService', name: nameOf(service), weight };
}

function nameOf(service: string): string {
  return `${service}-traffic`;
}
