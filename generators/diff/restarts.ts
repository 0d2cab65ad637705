/**
 * Which changes restart pods.
 *
 * KServe v0.16.0 copies labels and annotations of an InferenceService into its pods' template (components/predictor.go,
 * buildObjectMeta), and everything of `spec.predictor` that describes a pod; a Deployment whose template changes replaces
 * its pods. What steers the HorizontalPodAutoscaler and the HTTPRoute does not reach the template, and `spec.canary` (v0.20.0)
 * has Deployments of its own.
 */
import type { ObjectChange } from './objects.ts';

/** Fields of `spec.predictor` that reach the autoscaler, the route or the rollout, not the pods. */
const OUTSIDE_PODS = [
  'minReplicas',
  'maxReplicas',
  'scaleMetric',
  'scaleMetricType',
  'scaleTarget',
  'autoScaling',
  'timeout',
  'deploymentStrategy',
] as const;

/** KServe copies labels and annotations of an InferenceService into the template of its pods. */
const METADATA = /^metadata\.(?:labels|annotations)(?:\.|$)/;

/** The fields of a change that make KServe replace the pods of an InferenceService; none for other kinds. */
export function restartingFields({ change, after, fields }: ObjectChange): string[] {
  if (change !== 'changed' || after?.kind !== 'InferenceService') return [];
  return fields.map(({ path }) => path).filter((path) => METADATA.test(path) || reachesPods(path));
}

function reachesPods(path: string): boolean {
  if (!path.startsWith('spec.predictor.')) return path.startsWith('spec.') && !/^spec\.canary\b/.test(path);
  const rest = path.slice('spec.predictor.'.length);
  return !OUTSIDE_PODS.some((field) => rest === field || rest.startsWith(`${field}.`) || rest.startsWith(`${field}[`));
}

/** A runtime's pod settings are merged into the pods of every InferenceService that uses it. */
export function restartsRuntime({ change, after, fields }: ObjectChange): boolean {
  if (change !== 'changed' || after === undefined) return false;
  if (after.kind !== 'ClusterServingRuntime' && after.kind !== 'ServingRuntime') return false;
  return fields.some(
    ({ path }) => !/^(?:metadata\.|spec\.(?:supportedModelFormats|protocolVersions|disabled)\b)/.test(path),
  );
}
