/** ServedModel → InferenceService (serving.kserve.io/v1beta1) for Standard mode. */
import type { InferenceService } from '../../schemas/types/inference-service.d.ts';
import type { Canary as CanaryEntry } from '../../schemas/types/inference-service-v0.20.d.ts';
import type { Canary, SecondVersion, ServedModel, Site } from '../resolve/platform.ts';
import { scaling } from './autoscaling.ts';

type Predictor = Spec['predictor'];
/** With the field that KServe has from v0.20.0 on; clusters of older releases never get it. */
type Spec = NonNullable<InferenceService['spec']>;
type WithCanary = Omit<InferenceService, 'spec'> & {
  readonly spec: Spec & { readonly canary?: readonly CanaryEntry[] };
};
type Labels = Readonly<Record<string, string>>;

/**
 * Builds the InferenceService. Its labels and annotations are copied to the Deployment, the pods, the Service and the
 * HTTPRoutes (KServe components/predictor.go), so nothing may stand there that changes without a reason to restart.
 */
export function inferenceService(model: ServedModel, site: Site): WithCanary {
  const { name, artifact, replicas, canary } = model;
  const inside = canary?.predictor === undefined ? undefined : canary;
  const own = build(model, site, {
    name,
    artifact,
    replicas,
    labels: model.clusterLocal ? { 'networking.kserve.io/visibility': 'cluster-local' } : {},
    annotations: model.suspended ? { 'serving.kserve.io/stop': 'true' } : {},
    environment: identity(model, model),
    arguments: [],
    beside: inside?.replicas.min ?? 0,
  });
  if (inside === undefined) return own;
  return { ...own, spec: { ...own.spec, canary: [canaryEntry(model, site, inside)] } };
}

/**
 * The canary of KServe v0.20.0 and later. It is templated with the model's own name (components/predictor.go, buildPodSpec), has
 * a fixed number of replicas (webhook, validateCanarySpecs), and takes what it does not set from the served version
 * (buildCanaryPredictor). Its annotation goes before the InferenceService's (buildObjectMeta): KServe would make an autoscaler
 * with no metric for KEDA, and for HPA one without an owner, which nobody would remove.
 */
function canaryEntry(model: ServedModel, site: Site, canary: Canary): CanaryEntry {
  const { artifact, replicas, predictor: name = '', weight } = canary;
  const environment = identity(model, canary);
  const variant = { ...canary, name, artifact, replicas, environment, arguments: [] };
  const { maxReplicas: _, model: served, ...spec } = predictor(model, site, variant);
  const annotations = { 'serving.kserve.io/autoscalerClass': 'none' };
  // The CRD wants the container's name here, as it does not of the served version; it is the runtime's own.
  const named = { name: 'kserve-container', ...served };
  return { predictor: { name, annotations, ...spec, model: named }, trafficPercent: weight } as CanaryEntry;
}

/**
 * The InferenceService of a canary or mirror. It answers to the model's own name, so that requests need no other path, and has
 * no route of KServe's, whose host nobody asks. Argo CD waits for it to be ready before any route names it, and removes it
 * when no route does any more.
 */
export function secondInferenceService(model: ServedModel, site: Site, second: SecondVersion): InferenceService {
  const { service, artifact, replicas } = second;
  const named = model.runtime.modelName === 'environment';
  return build(model, site, {
    name: service,
    artifact,
    replicas,
    labels: { 'networking.kserve.io/visibility': 'cluster-local' },
    annotations: {
      'argocd.argoproj.io/sync-wave': '-1',
      'argocd.argoproj.io/sync-options': 'PruneLast=true',
    },
    environment: {
      ...(named ? { MODEL_NAME: model.name } : {}),
      ...identity(model, second),
    },
    // Arguments are appended to the runtime's, and its argument parser takes the last.
    arguments: named ? [] : [`--model_name=${model.name}`],
  });
}

/** What our own runtime says in its answers, and holds the artifact to. */
function identity(model: ServedModel, { version, sha256 }: Identity): Record<string, string> {
  if (model.runtime.name !== 'onnx-node') return {};
  return { MODEL_VERSION: version, ...(sha256 === undefined ? {} : { MODEL_SHA256: sha256 }) };
}

type Identity = Pick<ServedModel, 'version' | 'sha256'>;

interface Variant extends Pick<ServedModel, 'name' | 'artifact' | 'replicas' | 'environment'> {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly arguments: readonly string[];
  /** Replicas of a canary in the same InferenceService. */
  readonly beside?: number;
}

function build(model: ServedModel, site: Site, variant: Variant): InferenceService & { readonly spec: Spec } {
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: {
      name: variant.name,
      namespace: model.namespace,
      ...(Object.keys(variant.labels).length === 0 ? {} : { labels: variant.labels }),
      annotations: {
        // Written out, since the webhook validates by this very string, and adds it (drift) when it is missing.
        'serving.kserve.io/deploymentMode': 'Standard',
        'serving.kserve.io/autoscalerClass': variant.replicas.class,
        ...variant.annotations,
      },
    },
    spec: { predictor: predictor(model, site, variant) },
  };
}

function predictor(model: ServedModel, site: Site, variant: Omit<Variant, 'labels' | 'annotations'>): Predictor {
  const env = Object.entries({ ...variant.environment, ...model.environment })
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    automountServiceAccountToken: false,
    serviceAccountName: site.credentials.serviceAccount,
    ...scaling(variant.replicas, model.namespace, variant.name, variant.beside),
    timeout: model.timeoutSeconds,
    ...(model.nodeSelector === undefined ? {} : { nodeSelector: { ...model.nodeSelector } }),
    ...(model.tolerations === undefined ? {} : { tolerations: model.tolerations.map((one) => ({ ...one })) }),
    model: {
      modelFormat: { name: model.format.name, version: model.format.version },
      runtime: model.runtime.name,
      protocolVersion: model.protocol,
      storageUri: variant.artifact,
      ...(variant.arguments.length === 0 ? {} : { args: variant.arguments }),
      ...(env.length === 0 ? {} : { env }),
      ...(model.resources === undefined
        ? {}
        : { resources: { requests: { ...model.resources.requests }, limits: { ...model.resources.limits } } }),
    },
  };
}
