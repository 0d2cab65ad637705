/**
 * What KServe would refuse, or change, of the objects of one cluster (tier T3): the rules of v0.16.0, and those of v0.20.0 on
 * what only it has. Only objects without fault in
 * T1 come here: the rules trust their types.
 */
import type { InferenceService } from '../../../schemas/types/inference-service.d.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { Problem } from '../../problem.ts';
import { canaryRules } from './canary-rules.ts';
import { driftRules } from './drift-rules.ts';
import { applyRules, type Rule, titleOf } from './rule.ts';
import { isRuntime, type Runtime, runtimeRules } from './runtime.ts';
import { scalingRules } from './scaling-rules.ts';
import { type Service, serviceOf } from './service.ts';
import { serviceRules } from './service-rules.ts';
import { storageRules } from './storage-rules.ts';
import { runtimeWorkerRules, workerRules } from './worker-rules.ts';

export { checkPriorities } from './runtime.ts';

/** Every rule over an InferenceService. */
export const inferenceServiceRules: readonly Rule<Service>[] = [
  ...serviceRules,
  ...scalingRules,
  ...storageRules,
  ...workerRules,
  ...canaryRules,
  ...driftRules,
];

/** Every rule over a runtime by itself; `checkPriorities` compares runtimes with each other. */
export const servingRuntimeRules: readonly Rule<Runtime>[] = [...runtimeRules, ...runtimeWorkerRules];

const none: readonly Problem[] = [];

export function checkAdmission(object: KubeObject, file: string): readonly Problem[] {
  const placed = { file, title: titleOf(object) };
  if (isService(object)) return applyRules(inferenceServiceRules, serviceOf(object), placed);
  if (!isRuntime(object)) return none;
  const runtime = object as Runtime;
  // The webhook lets a disabled one pass unread (servingruntime_webhook.go Handle).
  return runtime.spec.disabled === true ? none : applyRules(servingRuntimeRules, runtime, placed);
}

function isService(object: KubeObject): object is InferenceService & KubeObject {
  return object.kind === 'InferenceService' && object.apiVersion === 'serving.kserve.io/v1beta1';
}
