/** What Argo CD itself must know for waves and health to mean something. */
import type { IConfigMap } from 'kubernetes-models/v1';
import type { Site } from '../resolve/platform.ts';
import { type App, PLATFORM_PROJECT, waves } from './app.ts';
import { plain } from './plain.ts';

/**
 * Argo CD has not judged Applications since 1.8, so a parent does not wait for its children's waves. The check comes
 * back with a guard: a status that was computed for another source is stale and does not count.
 *
 * What a newer chart no longer holds stays where an Application does not prune, and keeps it OutOfSync for ever. Later waves
 * must not wait for that: from KServe v0.17.0 on, the next one takes the runtimes over.
 */
const APPLICATION_HEALTH = `local status = {status = "Progressing", message = "Waiting for the first comparison"}
if obj.status == nil then
  return status
end
local compared = obj.status.sync and obj.status.sync.comparedTo and obj.status.sync.comparedTo.source
local wanted = obj.spec.source
if compared == nil or wanted == nil or compared.repoURL ~= wanted.repoURL or compared.path ~= wanted.path
  or compared.chart ~= wanted.chart or compared.targetRevision ~= wanted.targetRevision then
  status.message = "Waiting for a comparison with the current source"
  return status
end
if obj.status.operationState ~= nil and obj.status.operationState.phase == "Running" then
  status.message = "Synchronising"
  return status
end
if obj.status.health ~= nil and obj.status.health.status ~= nil then
  status.status = obj.status.health.status
  status.message = obj.status.health.message or ""
end
if status.status == "Healthy" and obj.status.sync.status ~= "Synced" then
  local policy = obj.spec.syncPolicy or {}
  local left = 0
  for _, resource in ipairs(obj.status.resources or {}) do
    if resource.status ~= nil and resource.status ~= "Synced" then
      if resource.requiresPruning ~= true or policy.automated == nil or policy.automated.prune == true then
        left = 0
        break
      end
      left = left + 1
    end
  end
  if left > 0 then
    status.message = "Objects of before stay, since nothing is pruned here: " .. left
  else
    status.status = "Progressing"
    status.message = "Not yet synchronised"
  end
end
return status
`;

/**
 * KServe 0.16 always writes the condition Stopped=False, which the check built into Argo CD before 3.2.1 took for a
 * failure. This one also tells a model that cannot load (Degraded, with the reason) from one that still loads, and a new
 * version whose pods do not become ready while the old ones serve, once the Deployment gives up (600 s). The observed
 * generation is left out: in Standard mode KServe copies the Deployment's (PropagateRawStatus), which counts otherwise.
 */
const INFERENCE_SERVICE_HEALTH = `local status = {status = "Progressing", message = "Waiting for KServe"}
local annotations = obj.metadata.annotations or {}
if annotations["serving.kserve.io/stop"] == "true" then
  return {status = "Suspended", message = "Stopped by annotation"}
end
if obj.status == nil or obj.status.conditions == nil then
  return status
end
local model = obj.status.modelStatus or {}
if model.transitionStatus == "InvalidSpec" or model.transitionStatus == "BlockedByFailedLoad" then
  local info = model.lastFailureInfo or {}
  return {status = "Degraded", message = (info.reason or model.transitionStatus) .. ": " .. (info.message or "")}
end
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Ready" then
    if condition.status == "True" then
      return {status = "Healthy", message = "The model is ready"}
    end
    if condition.status == "False" and condition.reason == "ProgressDeadlineExceeded" then
      return {status = "Degraded", message = "The new pods do not become ready: " .. (condition.message or "")}
    end
    status.message = condition.message or condition.reason or status.message
  end
end
return status
`;

/**
 * Argo CD's own check calls a CustomResourceDefinition Degraded in the moment before it is established. It takes in events of
 * CRDs one by one and reads the whole API after each, so that the last one may come too late to be seen: the Application
 * would look ill until the next resync, minutes later, and the root would give its wave up. What comes later tries
 * again where a kind is not there yet; so only a CRD that will never be established is ill.
 */
const CRD_HEALTH = `local status = {status = "Healthy", message = "Nothing stands against it"}
if obj.status == nil or obj.status.conditions == nil then
  return status
end
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Terminating" and condition.status == "True" then
    return {status = "Progressing", message = condition.message}
  end
  if (condition.type == "NamesAccepted" and condition.status == "False")
    or (condition.type == "NonStructuralSchema" and condition.status == "True") then
    return {status = "Degraded", message = condition.message}
  end
end
return status
`;

/**
 * Adds keys to the ConfigMap `argocd-cm`; server-side apply leaves all others to whoever wrote them. No `knownTypeFields` for
 * InferenceServices: taking `spec.predictor` for a PodSpec would drop what a PodSpec lacks (the model, the replicas) before
 * the comparison, and no new version would ever be synced. Quantities are canonical as they are made.
 */
export function argocdConfigApp(site: Site): App {
  return {
    name: 'argocd-config',
    project: PLATFORM_PROJECT,
    namespace: site.argocd.namespace,
    wave: waves.argocdConfig,
    source: { kind: 'folder', objects: [plain(argocdConfig(site))] },
    createNamespace: false,
    removal: 'keep',
  };
}

function argocdConfig(site: Site): IConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'argocd-cm',
      namespace: site.argocd.namespace,
      labels: { 'app.kubernetes.io/name': 'argocd-cm', 'app.kubernetes.io/part-of': 'argocd' },
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
    },
    data: {
      'resource.customizations.health.apiextensions.k8s.io_CustomResourceDefinition': CRD_HEALTH,
      'resource.customizations.health.argoproj.io_Application': APPLICATION_HEALTH,
      'resource.customizations.health.serving.kserve.io_InferenceService': INFERENCE_SERVICE_HEALTH,
    },
  };
}
