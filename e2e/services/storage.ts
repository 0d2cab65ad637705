/** Volumes on a cluster that brings none: what MLflow's claim needs before its pod can start. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Kube, Thing } from '../kube.ts';

const CLASS = 'e2e-local';
const VOLUME = { apiVersion: 'v1', kind: 'PersistentVolume', name: 'e2e-mlflow' } as const;
const DEFAULT = 'storageclass.kubernetes.io/is-default-class';

/**
 * Leaves a cluster alone that has a default StorageClass. Another gets one without a provisioner, and one empty volume for MLflow in
 * a folder of this machine, which must be the node.
 */
export async function ensureStorage(kube: Kube, say: (line: string) => void): Promise<void> {
  const classes = await kube.list('storage.k8s.io/v1', 'StorageClass');
  const standard = classes.find(({ metadata }) => metadata?.annotations?.[DEFAULT] === 'true');
  if (standard !== undefined && standard.metadata?.name !== CLASS) return;
  const [node] = await kube.list('v1', 'Node');
  const hostname = node?.metadata?.labels?.['kubernetes.io/hostname'];
  if (hostname === undefined) throw new Error('the cluster has no node');
  // A volume whose claim is gone takes no other.
  await kube.remove(VOLUME);
  await kube.waitGone(VOLUME, { seconds: 30 });
  const path = join('/var/lib/kserve-gitops-e2e', VOLUME.name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  for (const object of objects(hostname, path)) await kube.apply(object);
  say(`no default StorageClass: ${CLASS} is, with one volume in ${path}`);
}

/** Takes away what `ensureStorage` made; nothing where it made nothing. */
export async function removeStorage(kube: Kube): Promise<void> {
  await kube.remove(VOLUME);
  await kube.remove({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name: CLASS });
}

function objects(hostname: string, path: string): Thing[] {
  const here = { key: 'kubernetes.io/hostname', operator: 'In', values: [hostname] };
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: CLASS, annotations: { [DEFAULT]: 'true' } },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    } as Thing,
    {
      apiVersion: VOLUME.apiVersion,
      kind: VOLUME.kind,
      metadata: { name: VOLUME.name },
      spec: {
        capacity: { storage: '10Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: CLASS,
        // Not hostPath: the pod's fsGroup is given a local volume.
        local: { path },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
      },
    },
  ];
}
