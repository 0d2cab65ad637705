/** Every default in one place. The schemas' descriptions repeat them for people; `defaults.test.ts` holds the two together. */
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { Parts } from './platform.ts';

export const defaults = {
  revision: 'main',
  argocd: { namespace: 'argocd' },
  gateway: { namespace: 'traefik', name: 'traefik-gateway', className: 'traefik', tlsSecret: 'gateway-tls' },
  mlflowPath: 'mlflow',
  mlflowStorage: '10Gi',
  credentials: { secret: 'mlops-aws-credentials', serviceAccount: 'sa-s3-access' },
  kserve: { namespace: 'kserve' },
  predictor: { image: 'ghcr.io/kserve-gitops/predictor:0.1.0', cpu: '250m', memory: '512Mi', smoke: true },
  client: {
    namespace: 'model-client',
    service: 'model-client',
    port: 8501,
    hostname: 'models',
    image: 'ghcr.io/kserve-gitops/client:0.1.0',
    replicas: 2,
  },
  replicas: { min: 1, metric: 'cpu', target: 80 },
  mirrorPercent: 100,
  timeoutSeconds: 60,
  exampleTolerance: 0.00001,
} as const;

/**
 * Parts of the platform: the release that is installed unless `cluster.yaml` names another. KEDA's chart carries the version of the
 * KEDA that it installs, of which the vendored CRDs are.
 */
export const releases = {
  gatewayApi: { version: 'v1.4.1', enabled: true },
  certManager: { version: 'v1.18.2', enabled: true },
  sealedSecrets: { version: '2.18.4', enabled: true },
  traefik: { version: '41.3.0', enabled: true },
  mlflow: { version: '1.12.0', enabled: false },
  jupyterhub: { version: '4.3.3', enabled: false },
  keda: { version: '2.17.2', enabled: false },
  monitoring: { version: '77.11.1', enabled: false },
} as const satisfies Record<keyof Parts, { version: string; enabled: boolean }>;

/** Namespaces of the platform's own parts. */
export const partNamespaces = {
  certManager: 'cert-manager',
  sealedSecrets: 'sealed-secrets',
  mlflow: 'mlflow',
  jupyterhub: 'jupyterhub',
  keda: 'keda',
  monitoring: 'monitoring',
} as const;

/** Namespaces that no team may have: models there would escape the team's AppProject and quota. */
export function reservedNamespaces(cluster: Cluster): ReadonlySet<string> {
  return new Set([
    'default',
    'kube-system',
    'kube-public',
    'kube-node-lease',
    defaults.kserve.namespace,
    cluster.argocd?.namespace ?? defaults.argocd.namespace,
    cluster.gateway.namespace ?? defaults.gateway.namespace,
    cluster.client?.namespace ?? defaults.client.namespace,
    ...Object.values(partNamespaces),
  ]);
}
