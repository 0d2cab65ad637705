/** ServedModel → InferenceService (serving.kserve.io/v1beta1) for Standard mode. */
import type { InferenceService } from '../../schemas/types/inference-service.d.ts';
import type { ServedModel, Site } from '../resolve/platform.ts';

type Predictor = NonNullable<InferenceService['spec']>['predictor'];

/**
 * Builds the InferenceService. Its labels and annotations are copied to the Deployment, the pods, the Service and the
 * HTTPRoutes (KServe components/predictor.go), so nothing may stand there that changes without a reason to restart.
 */
export function inferenceService(model: ServedModel, site: Site): InferenceService {
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: {
      name: model.name,
      namespace: model.namespace,
      ...(model.clusterLocal ? { labels: { 'networking.kserve.io/visibility': 'cluster-local' } } : {}),
      annotations: {
        // Written out, since the webhook validates by this very string, and adds it (drift) when it is missing.
        'serving.kserve.io/deploymentMode': 'Standard',
        'serving.kserve.io/autoscalerClass': 'hpa',
      },
    },
    spec: { predictor: predictor(model, site) },
  };
}

function predictor(model: ServedModel, site: Site): Predictor {
  const { replicas, environment, sha256 } = model;
  const env = [
    ...(sha256 !== undefined && model.runtime.name === 'onnx-node' ? [{ name: 'MODEL_SHA256', value: sha256 }] : []),
    ...Object.entries(environment).map(([name, value]) => ({ name, value })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    automountServiceAccountToken: false,
    serviceAccountName: site.credentials.serviceAccount,
    minReplicas: replicas.min,
    maxReplicas: replicas.max,
    scaleMetric: replicas.metric === 'memory' ? 'memory' : 'cpu',
    scaleTarget: replicas.target,
    timeout: model.timeoutSeconds,
    ...(model.nodeSelector === undefined ? {} : { nodeSelector: { ...model.nodeSelector } }),
    ...(model.tolerations === undefined ? {} : { tolerations: model.tolerations.map((one) => ({ ...one })) }),
    model: {
      modelFormat: { name: model.format.name, version: model.format.version },
      runtime: model.runtime.name,
      protocolVersion: model.protocol,
      storageUri: model.artifact,
      ...(env.length === 0 ? {} : { env }),
      ...(model.resources === undefined
        ? {}
        : { resources: { requests: { ...model.resources.requests }, limits: { ...model.resources.limits } } }),
    },
  };
}
