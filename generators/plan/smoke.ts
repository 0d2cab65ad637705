/** A model's example, asked by a Job after each sync: Argo CD calls the sync failed when the answer is wrong. */
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IConfigMap } from 'kubernetes-models/v1';
import type { ServedModel, Site, Smoke } from '../resolve/platform.ts';

const MOUNT = '/etc/smoke';
const FILE = 'check.json';
/** Pods of a former version may answer until the rollout is over, so wrong answers count only when the time is up. */
const SECONDS = 180;

/** Both apart from the InferenceService, so that no change of an example restarts a pod of the model. */
export function smokeObjects(model: ServedModel, site: Site): [IConfigMap, IJob] | [] {
  return model.smoke === undefined ? [] : [configMap(model, model.smoke), job(model, site)];
}

function configMap(model: ServedModel, smoke: Smoke): IConfigMap {
  const { name, namespace, canary } = model;
  const check = (service: string, outputs: Smoke['outputs']) => ({
    model: name,
    url: `http://${service}-predictor.${namespace}.svc`,
    inputs: smoke.inputs,
    outputs,
    tolerance: smoke.tolerance,
  });
  const second = canary === undefined || smoke.canary === undefined ? [] : [check(canary.service, smoke.canary)];
  const checks = [check(name, smoke.outputs), ...second];
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-smoke`, namespace },
    data: { [FILE]: `${JSON.stringify({ seconds: SECONDS, checks })}\n` },
  };
}

function job(model: ServedModel, site: Site): IJob {
  const name = `${model.name}-smoke`;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: model.namespace,
      annotations: {
        'argocd.argoproj.io/hook': 'PostSync',
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
      },
    },
    spec: {
      // The program itself tries again; a pod that was evicted is made again once.
      backoffLimit: 1,
      activeDeadlineSeconds: 3 * SECONDS,
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
