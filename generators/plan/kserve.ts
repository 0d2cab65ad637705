/** KServe's charts, with the values of the project's source document corrected for v0.16.0. */
import type { Site } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, waves } from './app.ts';

/** Charts in an OCI registry; Argo CD's classic form has no `oci://` here. */
const REPOSITORY = 'ghcr.io/kserve/charts';

export function kserveApps(site: Site): App[] {
  const { version, charts } = site.kserve;
  const common = { project: PLATFORM_PROJECT, namespace: site.kserve.namespace, createNamespace: true } as const;
  return [
    {
      ...common,
      name: 'kserve-crd',
      wave: waves.kserveCrd,
      source: { kind: 'chart', repoURL: REPOSITORY, chart: charts.crd, version, values: {} },
      removal: 'keep',
      ignoreDifferences: [
        {
          group: 'apiextensions.k8s.io',
          kind: 'CustomResourceDefinition',
          // cert-manager's CA injector writes it.
          jqPathExpressions: ['.spec.conversion.webhook.clientConfig.caBundle'],
        },
      ],
    },
    {
      ...common,
      name: 'kserve',
      wave: waves.kserve,
      source: {
        kind: 'chart',
        repoURL: REPOSITORY,
        chart: charts.controller,
        version,
        values: kserveValues(site),
      },
      // The chart holds the ClusterServingRuntimes; removing them stops every model that uses one.
      removal: 'keep',
      ignoreDifferences: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) => ({
        group: 'admissionregistration.k8s.io',
        kind,
        // The CA bundle is injected, the scope is the API server's default.
        jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle', '.webhooks[]?.rules[]?.scope'],
      })),
    },
    ...(charts.runtimes === undefined ? [] : [runtimesApp(charts.runtimes, site)]),
  ];
}

/**
 * The ClusterServingRuntimes of later releases. Their Application takes them over from `kserve`, which leaves them in place
 * since it prunes nothing; without it a cluster that moved from v0.16.0 would keep the old ones for ever.
 */
function runtimesApp(chart: string, { kserve }: Site): App {
  return {
    name: 'kserve-runtimes',
    project: PLATFORM_PROJECT,
    namespace: kserve.namespace,
    createNamespace: true,
    wave: waves.kserveRuntimes,
    source: {
      kind: 'chart',
      repoURL: REPOSITORY,
      chart,
      version: kserve.version,
      values: { kserve: { servingruntime: { enabled: true } } },
    },
    removal: 'keep',
  };
}

/**
 * Values of the chart `kserve` v0.16.0. Each line that differs from the source document has its reason here, and a test.
 */
export function kserveValues(site: Site): Record<string, unknown> {
  const { gateway, storage } = site;
  return {
    kserve: {
      controller: {
        deploymentMode: 'Standard',
        gateway: {
          domain: site.domain,
          urlScheme: gateway.urlScheme,
          // Without Istio there is no VirtualService to write.
          disableIstioVirtualHost: true,
          // `className` is left out: it has no effect together with the Gateway API.
          ingressGateway: {
            enableGatewayApi: true,
            createGateway: false,
            kserveGateway: `${gateway.namespace}/${gateway.name}`,
          },
        },
      },
      storage: {
        // Not the credentials' Secret: this one must hold JSON per key, and only `storage:` (not `storageUri`) reads it.
        storageSpecSecretName: 'storage-config',
        s3: {
          // No endpoint for AWS: naming one forces path-style addresses for every bucket.
          ...(storage.endpoint === undefined ? {} : { endpoint: storage.endpoint.host }),
          region: storage.region,
          useHttps: storage.endpoint?.https === false ? '0' : '1',
          verifySSL: storage.endpoint?.https === false ? '0' : '1',
          // Compared with "true": "1" would be ignored.
          useVirtualBucket: storage.endpoint === undefined ? 'true' : 'false',
          useAnonymousCredential: 'false',
        },
      },
    },
  };
}
