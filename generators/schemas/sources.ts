/** Which release each vendored schema comes from. To move to another release, change its version here. */

import { schemaFile } from '../kube/schema-file.ts';

/** A file of a released project and the kinds that it declares and we emit. */
export interface Source {
  readonly project: string;
  readonly version: string;
  /** Path inside the release. */
  readonly path: string;
  readonly apiVersion: string;
  readonly kinds: readonly string[];
  /** Stands beside the schemas of another release, in a folder of its own. */
  readonly beside?: true;
}

const kubernetesVersion = 'v1.33.4';

/** The document that declares ObjectMeta, which every kind has. */
export const objectMetaPath = 'api/openapi-spec/v3/api__v1_openapi.json';

export const kubernetesSources: readonly Source[] = [
  kubernetes('api__v1', 'v1', [
    'ConfigMap',
    'LimitRange',
    'Namespace',
    'PersistentVolumeClaim',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ]),
  kubernetes('apis__apps__v1', 'apps/v1', ['Deployment']),
  kubernetes('apis__autoscaling__v2', 'autoscaling/v2', ['HorizontalPodAutoscaler']),
  kubernetes('apis__batch__v1', 'batch/v1', ['CronJob', 'Job']),
  kubernetes('apis__networking.k8s.io__v1', 'networking.k8s.io/v1', ['NetworkPolicy']),
  kubernetes('apis__policy__v1', 'policy/v1', ['PodDisruptionBudget']),
  kubernetes('apis__rbac.authorization.k8s.io__v1', 'rbac.authorization.k8s.io/v1', [
    'ClusterRole',
    'ClusterRoleBinding',
    'Role',
    'RoleBinding',
  ]),
];

const argoCd = release('argoproj/argo-cd', 'v3.2.6', 'manifests/crds');
const certManager = release('cert-manager/cert-manager', 'v1.18.2', 'deploy/crds');
const gatewayApi = release('kubernetes-sigs/gateway-api', 'v1.4.1', 'config/crd/standard');
const keda = release('kedacore/keda', 'v2.17.2', 'config/crd/bases');
const kserve = release('kserve/kserve', 'v0.16.0', 'config/crd/full');
/** The first release whose InferenceServices have other fields that the generators write. */
const kserveNext = release('kserve/kserve', 'v0.20.0', 'config/crd/full', true);
const prometheus = release('prometheus-operator/prometheus-operator', 'v0.85.0', 'example/prometheus-operator-crd');
/** The oldest Traefik that a chart of ours may run: its fields are those that every newer one knows, too. */
const traefik = release('traefik/traefik', 'v3.6.7', 'docs/content/reference/dynamic-configuration');
const sealedSecrets = release('bitnami-labs/sealed-secrets', 'v0.36.0', 'helm/sealed-secrets/crds');

export const crdSources: readonly Source[] = [
  argoCd('application-crd.yaml', 'argoproj.io/v1alpha1', 'Application'),
  argoCd('appproject-crd.yaml', 'argoproj.io/v1alpha1', 'AppProject'),
  certManager('crd-certificates.yaml', 'cert-manager.io/v1', 'Certificate'),
  certManager('crd-clusterissuers.yaml', 'cert-manager.io/v1', 'ClusterIssuer'),
  certManager('crd-issuers.yaml', 'cert-manager.io/v1', 'Issuer'),
  gatewayApi('gateway.networking.k8s.io_gatewayclasses.yaml', 'gateway.networking.k8s.io/v1', 'GatewayClass'),
  gatewayApi('gateway.networking.k8s.io_gateways.yaml', 'gateway.networking.k8s.io/v1', 'Gateway'),
  gatewayApi('gateway.networking.k8s.io_grpcroutes.yaml', 'gateway.networking.k8s.io/v1', 'GRPCRoute'),
  gatewayApi('gateway.networking.k8s.io_httproutes.yaml', 'gateway.networking.k8s.io/v1', 'HTTPRoute'),
  gatewayApi('gateway.networking.k8s.io_referencegrants.yaml', 'gateway.networking.k8s.io/v1beta1', 'ReferenceGrant'),
  keda('keda.sh_scaledobjects.yaml', 'keda.sh/v1alpha1', 'ScaledObject'),
  keda('keda.sh_triggerauthentications.yaml', 'keda.sh/v1alpha1', 'TriggerAuthentication'),
  kserve('serving.kserve.io_clusterservingruntimes.yaml', 'serving.kserve.io/v1alpha1', 'ClusterServingRuntime'),
  kserve('serving.kserve.io_clusterstoragecontainers.yaml', 'serving.kserve.io/v1alpha1', 'ClusterStorageContainer'),
  kserve('serving.kserve.io_inferenceservices.yaml', 'serving.kserve.io/v1beta1', 'InferenceService'),
  kserve('serving.kserve.io_servingruntimes.yaml', 'serving.kserve.io/v1alpha1', 'ServingRuntime'),
  kserveNext('serving.kserve.io_clusterservingruntimes.yaml', 'serving.kserve.io/v1alpha1', 'ClusterServingRuntime'),
  kserveNext('serving.kserve.io_inferenceservices.yaml', 'serving.kserve.io/v1beta1', 'InferenceService'),
  kserveNext('serving.kserve.io_servingruntimes.yaml', 'serving.kserve.io/v1alpha1', 'ServingRuntime'),
  prometheus('monitoring.coreos.com_podmonitors.yaml', 'monitoring.coreos.com/v1', 'PodMonitor'),
  prometheus('monitoring.coreos.com_prometheusrules.yaml', 'monitoring.coreos.com/v1', 'PrometheusRule'),
  prometheus('monitoring.coreos.com_servicemonitors.yaml', 'monitoring.coreos.com/v1', 'ServiceMonitor'),
  sealedSecrets('bitnami.com_sealedsecrets.yaml', 'bitnami.com/v1alpha1', 'SealedSecret'),
  traefik('traefik.io_traefikservices.yaml', 'traefik.io/v1alpha1', 'TraefikService'),
];

/** A schema of which `schemas/types` holds declarations. */
export interface TypedSchema {
  readonly name: string;
  /** Path of the schema below `schemas`. */
  readonly schema: string;
  /** File below `schemas/types`. */
  readonly file: string;
  readonly nonEmptyLists: boolean;
}

/** Our own schemas, and the kinds that the generators write and for which no package has types. */
export const typedSchemas: readonly TypedSchema[] = [
  { name: 'Registry', schema: 'models.schema.json', file: 'models.d.ts', nonEmptyLists: true },
  { name: 'Cluster', schema: 'cluster.schema.json', file: 'cluster.d.ts', nonEmptyLists: true },
  { name: 'Catalogue', schema: 'client-catalogue.schema.json', file: 'client-catalogue.d.ts', nonEmptyLists: false },
  kind('argoproj.io/v1alpha1', 'Application', 'application'),
  kind('argoproj.io/v1alpha1', 'AppProject', 'app-project'),
  kind('bitnami.com/v1alpha1', 'SealedSecret', 'sealed-secret'),
  kind('cert-manager.io/v1', 'Certificate', 'certificate'),
  kind('cert-manager.io/v1', 'ClusterIssuer', 'cluster-issuer'),
  kind('gateway.networking.k8s.io/v1', 'Gateway', 'gateway'),
  kind('gateway.networking.k8s.io/v1', 'GatewayClass', 'gateway-class'),
  kind('gateway.networking.k8s.io/v1', 'GRPCRoute', 'grpc-route'),
  kind('gateway.networking.k8s.io/v1', 'HTTPRoute', 'http-route'),
  kind('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'reference-grant'),
  kind('monitoring.coreos.com/v1', 'PodMonitor', 'pod-monitor'),
  kind('serving.kserve.io/v1alpha1', 'ClusterServingRuntime', 'cluster-serving-runtime'),
  kind('serving.kserve.io/v1beta1', 'InferenceService', 'inference-service'),
  kind('serving.kserve.io/v1beta1', 'InferenceService', 'inference-service-v0.20', kserveNext.version),
  kind('traefik.io/v1alpha1', 'TraefikService', 'traefik-service'),
];

function kind(apiVersion: string, name: string, file: string, release?: string): TypedSchema {
  const schema = `kubernetes/${schemaFile(apiVersion, name, release)}`;
  return { name, schema, file: `${file}.d.ts`, nonEmptyLists: false };
}

function kubernetes(document: string, apiVersion: string, kinds: readonly string[]): Source {
  const path = `api/openapi-spec/v3/${document}_openapi.json`;
  return { project: 'kubernetes/kubernetes', version: kubernetesVersion, path, apiVersion, kinds };
}

function release(project: string, version: string, folder: string, beside?: true) {
  const source = (file: string, apiVersion: string, kind: string): Source => ({
    project,
    version,
    path: `${folder}/${file}`,
    apiVersion,
    kinds: [kind],
    ...(beside === undefined ? {} : { beside }),
  });
  return Object.assign(source, { version });
}
