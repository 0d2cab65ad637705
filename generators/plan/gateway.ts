/** The Gateway, its certificate, and how routes attach to it. */
import type { Certificate } from '../../schemas/types/certificate.d.ts';
import type { ClusterIssuer } from '../../schemas/types/cluster-issuer.d.ts';
import type { Gateway } from '../../schemas/types/gateway.d.ts';
import type { HTTPRoute } from '../../schemas/types/http-route.d.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Site } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, ROUTES_LABEL, waves } from './app.ts';
import { plain } from './plain.ts';

/** Container ports of Traefik's entry points `web` and `websecure`; a listener must name one of them. */
const ENTRY_POINTS = { http: 8000, https: 8443 } as const;

type ParentRef = NonNullable<NonNullable<HTTPRoute['spec']>['parentRefs']>[number];

/** Reference to the Gateway with the API server's defaults written out, so that Argo CD sees no difference. */
export function parentRef(site: Site): ParentRef {
  const { name, namespace } = site.gateway;
  return { group: 'gateway.networking.k8s.io', kind: 'Gateway', name, namespace };
}

/** A route that sends everything under one host to one Service of its own namespace. */
export function hostRoute(
  site: Site,
  route: { name: string; namespace: string; host: string; service: string; port: number },
): HTTPRoute {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: route.name, namespace: route.namespace },
    spec: {
      parentRefs: [parentRef(site)],
      hostnames: [route.host],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', name: route.service, port: route.port, weight: 1 }],
        },
      ],
    },
  };
}

export function gatewayApp(site: Site): App {
  const objects: KubeObject[] = [plain(gateway(site)), ...certificateObjects(site).map(plain)];
  return {
    name: 'gateway',
    project: PLATFORM_PROJECT,
    namespace: site.gateway.namespace,
    wave: waves.gateway,
    source: { kind: 'folder', objects },
    createNamespace: true,
    removal: 'delete',
  };
}

function gateway(site: Site): Gateway {
  const { gateway, domain } = site;
  // Traefik's chart would admit routes of its own namespace only, and KServe's routes live beside the models.
  const allowedRoutes = { namespaces: { from: 'Selector' as const, selector: { matchLabels: { ...ROUTES_LABEL } } } };
  const common = { hostname: `*.${domain}`, allowedRoutes };
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: gateway.name, namespace: gateway.namespace },
    spec: {
      gatewayClassName: gateway.className,
      listeners: [
        { name: 'web', port: ENTRY_POINTS.http, protocol: 'HTTP', ...common },
        ...(gateway.tls === undefined
          ? []
          : [
              {
                name: 'websecure',
                port: ENTRY_POINTS.https,
                protocol: 'HTTPS',
                ...common,
                tls: {
                  mode: 'Terminate' as const,
                  certificateRefs: [{ group: '', kind: 'Secret', name: gateway.tls.secret }],
                },
              },
            ]),
      ],
    },
  };
}

function certificateObjects(site: Site): (Certificate | ClusterIssuer)[] {
  const { tls, namespace } = site.gateway;
  if (tls === undefined || tls.issuer === 'existing') return [];
  const issuer = `gateway-${tls.issuer}`;
  return [
    clusterIssuer(site, issuer),
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: tls.secret, namespace },
      spec: {
        secretName: tls.secret,
        dnsNames: [`*.${site.domain}`],
        // Its subject is its issuer, too, which must not be empty (RFC 5280, 4.1.2.4): curl refuses such a certificate.
        ...(tls.issuer === 'self-signed' ? { subject: { organizations: ['kserve-gitops'] } } : {}),
        issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: issuer },
      },
    },
  ];
}

function clusterIssuer(site: Site, name: string): ClusterIssuer {
  const email = site.gateway.tls?.email;
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name },
    spec:
      email === undefined || site.gateway.tls?.issuer !== 'acme'
        ? { selfSigned: {} }
        : {
            acme: {
              email,
              server: 'https://acme-v02.api.letsencrypt.org/directory',
              privateKeySecretRef: { name: `${name}-account` },
              // A wildcard certificate needs DNS-01 (RFC 8555, 7.1.3; Let's Encrypt).
              solvers: [{ dns01: { route53: { region: site.storage.region } } }],
            },
          },
  };
}
