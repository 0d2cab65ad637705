/** Parts that are a chart and nothing else. */
import { partNamespaces } from '../resolve/defaults.ts';
import type { Site } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, waves } from './app.ts';

/** The parts that `cluster.yaml` has switched on, in no particular order: waves order them. */
export function chartApps(site: Site): App[] {
  const { parts } = site;
  return [
    ...(parts.gatewayApi === undefined ? [] : [gatewayApi(parts.gatewayApi)]),
    ...(parts.certManager === undefined ? [] : [certManager(parts.certManager)]),
    ...(parts.sealedSecrets === undefined ? [] : [sealedSecrets(parts.sealedSecrets)]),
    ...(parts.traefik === undefined ? [] : [traefik(parts.traefik, site)]),
    ...(parts.monitoring === undefined ? [] : [monitoring(parts.monitoring)]),
    ...(parts.keda === undefined ? [] : [keda(parts.keda)]),
  ];
}

/** The CRDs of the standard channel, as the release's own Kustomize folder gives them. */
function gatewayApi(version: string): App {
  return {
    name: 'gateway-api',
    project: PLATFORM_PROJECT,
    namespace: 'kube-system',
    wave: waves.gatewayApi,
    source: {
      kind: 'git',
      repoURL: 'https://github.com/kubernetes-sigs/gateway-api',
      path: 'config/crd',
      revision: version,
    },
    createNamespace: false,
    removal: 'keep',
  };
}

function certManager(version: string): App {
  return {
    name: 'cert-manager',
    project: PLATFORM_PROJECT,
    namespace: partNamespaces.certManager,
    wave: waves.certManager,
    source: {
      kind: 'chart',
      repoURL: 'https://charts.jetstack.io',
      chart: 'cert-manager',
      version,
      values: { crds: { enabled: true, keep: true } },
    },
    createNamespace: true,
    removal: 'keep',
  };
}

function sealedSecrets(version: string): App {
  return {
    name: 'sealed-secrets',
    project: PLATFORM_PROJECT,
    namespace: partNamespaces.sealedSecrets,
    wave: waves.sealedSecrets,
    source: {
      kind: 'chart',
      repoURL: 'https://bitnami-labs.github.io/sealed-secrets',
      chart: 'sealed-secrets',
      version,
      // The name that kubeseal and `npm run seal` look for.
      values: { fullnameOverride: 'sealed-secrets-controller' },
    },
    createNamespace: true,
    // Removing the controller must not remove its keys: nothing sealed could ever be opened again.
    removal: 'keep',
  };
}

function traefik(version: string, site: Site): App {
  const ownCrds = site.gateway.copies === 'TraefikService';
  return {
    name: 'traefik',
    project: PLATFORM_PROJECT,
    namespace: site.gateway.namespace,
    wave: waves.traefik,
    source: {
      kind: 'chart',
      repoURL: 'https://traefik.github.io/charts',
      chart: 'traefik',
      version,
      values: {
        providers: {
          kubernetesGateway: { enabled: true },
          // For mirrors (traefik-service.ts). One without a ready pod must not take the route with it.
          kubernetesCRD: ownCrds ? { enabled: true, allowEmptyServices: true } : { enabled: false },
          kubernetesIngress: { enabled: false },
        },
        // The Gateway is the App `gateway`: its listeners must admit the teams' namespaces.
        gateway: { enabled: false },
        gatewayClass: { enabled: true, name: site.gateway.className },
        ingressRoute: { dashboard: { enabled: false } },
      },
      ...(ownCrds ? {} : { skipCrds: true }),
    },
    createNamespace: true,
    removal: 'keep',
  };
}

function monitoring(version: string): App {
  return {
    name: 'monitoring',
    project: PLATFORM_PROJECT,
    namespace: partNamespaces.monitoring,
    wave: waves.monitoring,
    source: {
      kind: 'chart',
      repoURL: 'https://prometheus-community.github.io/helm-charts',
      chart: 'kube-prometheus-stack',
      version,
      values: {
        prometheus: {
          prometheusSpec: {
            // Take every PodMonitor, not only those that carry the release's label.
            podMonitorSelectorNilUsesHelmValues: false,
            serviceMonitorSelectorNilUsesHelmValues: false,
            ruleSelectorNilUsesHelmValues: false,
          },
        },
      },
    },
    createNamespace: true,
    removal: 'keep',
  };
}

/** Before KServe, whose controller looks for KEDA's CRDs only when it starts (inferenceservice/controller.go, SetupWithManager). */
function keda(version: string): App {
  return {
    name: 'keda',
    project: PLATFORM_PROJECT,
    namespace: partNamespaces.keda,
    wave: waves.keda,
    source: { kind: 'chart', repoURL: 'https://kedacore.github.io/charts', chart: 'keda', version, values: {} },
    createNamespace: true,
    removal: 'keep',
  };
}
