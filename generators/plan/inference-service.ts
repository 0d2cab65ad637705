/** ServedModel → InferenceService (serving.kserve.io/v1beta1) for Standard mode. */
import type { InferenceService } from '../../schemas/types/inference-service.d.ts';
import type { SecondVersion, ServedModel, Site } from '../resolve/platform.ts';
import { scaling } from './autoscaling.ts';

type Predictor = NonNullable<InferenceService['spec']>['predictor'];
type Labels = Readonly<Record<string, string>>;

/**
 * Builds the InferenceService. Its labels and annotations are copied to the Deployment, the pods, the Service and the
 * HTTPRoutes (KServe components/predictor.go), so nothing may stand there that changes without a reason to restart.
 */
export function inferenceService(model: ServedModel, site: Site): InferenceService {
  const { name, artifact, replicas, sha256 } = model;
  return build(model, site, {
    name,
    artifact,
    replicas,
    labels: model.clusterLocal ? { 'networking.kserve.io/visibility': 'cluster-local' } : {},
    annotations: model.suspended ? { 'serving.kserve.io/stop': 'true' } : {},
    environment: sha256 === undefined ? {} : digest(model, sha256),
    arguments: [],
  });
}

/**
 * The InferenceService of a canary or mirror. It answers to the model's own name, so that requests need no other path, and has
 * no route of KServe's, whose host nobody asks. Argo CD waits for it to be ready before any route names it, and removes it
 * when no route does any more.
 */
export function secondInferenceService(model: ServedModel, site: Site, second: SecondVersion): InferenceService {
  const { service, artifact, replicas, sha256 } = second;
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
      ...(sha256 === undefined ? {} : digest(model, sha256)),
    },
    // Arguments are appended to the runtime's, and its argument parser takes the last.
    arguments: named ? [] : [`--model_name=${model.name}`],
  });
}

function digest(model: ServedModel, sha256: string): Record<string, string> {
  return model.runtime.name === 'onnx-node' ? { MODEL_SHA256: sha256 } : {};
}

interface Variant extends Pick<ServedModel, 'name' | 'artifact' | 'replicas' | 'environment'> {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly arguments: readonly string[];
}

function build(model: ServedModel, site: Site, variant: Variant): InferenceService {
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

function predictor(model: ServedModel, site: Site, variant: Variant): Predictor {
  const env = Object.entries({ ...variant.environment, ...model.environment })
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    automountServiceAccountToken: false,
    serviceAccountName: site.credentials.serviceAccount,
    ...scaling(variant.replicas, model.namespace, variant.name),
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
