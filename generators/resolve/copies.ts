/** How a Gateway copies requests to a mirror. */
import type { Gateway, Parts } from './platform.ts';

/**
 * Major version of the first Traefik chart whose `crds/` hold no more of the Gateway API (traefik-helm-chart#1669). Those are the App
 * `gateway-api`'s to bring, in a release of its own, so that of an older chart no CRD at all is installed.
 */
const TRAEFIK_WITH_CRDS = 41;

/**
 * Traefik's provider for the Gateway API knows no RequestMirror, neither in v3.6.7 nor in v3.7.13, and answers 500 to every request of
 * a rule with a filter that it does not know (gateway/httproute.go and grpcroute.go, loadMiddlewares).
 */
export function copiesOf(className: string, { traefik }: Parts): Gateway['copies'] {
  if (traefik === undefined) return className === 'traefik' ? 'TraefikService' : 'RequestMirror';
  return Number(/\d+/.exec(traefik)?.[0]) >= TRAEFIK_WITH_CRDS ? 'TraefikService' : 'nothing';
}
