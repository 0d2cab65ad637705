/**
 * A model's example, asked by a Job after each sync: Argo CD calls the sync failed when the answer is wrong. And a canary's,
 * before the Gateway sends it anything.
 */
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IConfigMap } from 'kubernetes-models/v1';
import type { Canary, ServedModel, Site, Smoke } from '../resolve/platform.ts';
import { isIdle } from './traffic.ts';

const MOUNT = '/etc/smoke';
const FILE = 'check.json';
/** Pods of a former version may answer until the rollout is over, so wrong answers count only when the time is up. */
const SECONDS = 180;
/** A canary's pods are new: a node may have to come, and an image and a model to be fetched. */
const GATE_SECONDS = 600;

/** Both apart from the InferenceService, so that no change of an example restarts a pod of the model. */
export function smokeObjects(model: ServedModel, site: Site): [IConfigMap, IJob] | [] {
  const { smoke, canary } = model;
  if (smoke === undefined) return [];
  const checks = [
    checkOf(model, model.name, smoke, smoke.outputs),
    ...(canary === undefined || smoke.canary === undefined
      ? []
      : [checkOf(model, canary.service, smoke, smoke.canary)]),
  ];
  return both(model, site, { name: `${model.name}-smoke`, seconds: SECONDS, checks, when: { hook: 'PostSync' } });
}

/**
 * What stands between a canary in the model's own InferenceService and the routes: KServe calls that InferenceService ready
 * whatever its canaries do (inference_service_status.go, conditionSet), so that no wave would wait for them. When the time is up
 * the sync fails, the routes stay as they were, and the next commit is free to take the canary back.
 */
export function gateObjects(model: ServedModel, site: Site): [IConfigMap, IJob] | [] {
  const { canary, smoke } = model;
  if (canary?.predictor === undefined || isIdle(canary)) return [];
  // Without an example: a Service answers anything at all only when a pod behind it is ready.
  const ready = { model: model.name, url: urlOf(model, canary.service) };
  const check = smoke?.canary === undefined ? ready : checkOf(model, canary.service, smoke, smoke.canary);
  return both(model, site, {
    ...{ name: `${model.name}-gate`, seconds: GATE_SECONDS, checks: [check] },
    when: { hook: 'Sync', 'sync-wave': '1' },
  });
}

function urlOf({ namespace }: ServedModel, service: Canary['service']): string {
  return `http://${service}-predictor.${namespace}.svc`;
}

function checkOf(model: ServedModel, service: string, { inputs, tolerance }: Smoke, outputs: Smoke['outputs']) {
  return { model: model.name, url: urlOf(model, service), inputs, outputs, tolerance };
}

interface Ask {
  readonly name: string;
  readonly seconds: number;
  readonly checks: readonly object[];
  /** Argo CD's annotations of the Job, without their prefix. */
  readonly when: Readonly<Record<string, string>>;
}

function both(model: ServedModel, site: Site, ask: Ask): [IConfigMap, IJob] {
  return [configMap(model, ask), job(model, site, ask)];
}

function configMap({ namespace }: ServedModel, { name, seconds, checks }: Ask): IConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { [FILE]: `${JSON.stringify({ seconds, checks })}\n` },
  };
}

function job(model: ServedModel, site: Site, { name, seconds, when }: Ask): IJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: model.namespace,
      annotations: {
        ...Object.fromEntries(Object.entries(when).map(([key, value]) => [`argocd.argoproj.io/${key}`, value])),
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
      },
    },
    spec: {
      // The program itself tries again; a pod that was evicted is made again once.
      backoffLimit: 1,
      activeDeadlineSeconds: 3 * seconds,
      template: {
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'smoke',
              image: site.predictor.image,
              command: ['node', '/app/predictor/smoke.js', `${MOUNT}/${FILE}`],
              resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '128Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
              },
              volumeMounts: [{ name: 'check', mountPath: MOUNT, readOnly: true }],
            },
          ],
          volumes: [{ name: 'check', configMap: { name } }],
        },
      },
    },
  };
}
