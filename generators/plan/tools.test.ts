import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from '../testdata/platform.ts';
import type { App } from './app.ts';

function app(name: string, mlflow = true): App {
  const { apps } = planOf({ platform: { mlflow: { enabled: mlflow }, jupyterhub: { enabled: true } } });
  const found = apps.find((candidate) => candidate.name === name);
  assert.ok(found, `no App ${name}`);
  return found;
}

function valuesOf(name: string, mlflow = true): Readonly<Record<string, unknown>> {
  const { source } = app(name, mlflow);
  assert.equal(source.kind, 'chart');
  return source.kind === 'chart' ? source.values : {};
}

test("MLflow's database lies on the volume that is made for it, which one pod at a time has", () => {
  const { backendStore, extraVolumes, extraVolumeMounts, strategy } = valuesOf('mlflow') as {
    backendStore: { defaultSqlitePath: string };
    extraVolumes: { name: string; persistentVolumeClaim: { claimName: string } }[];
    extraVolumeMounts: { name: string; mountPath: string }[];
    strategy: { type: string };
  };
  const { source } = app('mlflow-storage');
  const [claim] = source.kind === 'folder' ? source.objects : [];
  assert.equal(claim?.kind, 'PersistentVolumeClaim');
  assert.equal(extraVolumes[0]?.persistentVolumeClaim.claimName, claim.metadata.name);
  assert.equal(extraVolumeMounts[0]?.name, extraVolumes[0]?.name);
  assert.ok(backendStore.defaultSqlitePath.startsWith(`${extraVolumeMounts[0]?.mountPath}/`));
  assert.equal(strategy.type, 'Recreate');
});

test('a volume that waits for its first pod keeps nothing from starting', () => {
  assert.equal(app('mlflow-storage').wave, app('mlflow').wave);
});

test("of JupyterHub's Secret only the tokens that the chart makes up are ignored: its values must reach the hub", () => {
  const secret = app('jupyterhub').ignoreDifferences?.find(({ kind }) => kind === 'Secret');
  assert.equal(secret?.jqPathExpressions.length, 3);
  for (const path of secret?.jqPathExpressions ?? []) assert.match(path, /^\.data\["hub\.config\.\w+\.\w+"\]$/);
});

test('other values for JupyterHub start its hub again', () => {
  const checksum = (mlflow: boolean) => {
    const { hub } = valuesOf('jupyterhub', mlflow) as { hub: { annotations: Record<string, string> } };
    return hub.annotations['kserve-gitops/values-sha256'];
  };
  assert.match(checksum(true) ?? '', /^[0-9a-f]{64}$/);
  assert.equal(checksum(true), checksum(true));
  assert.notEqual(checksum(true), checksum(false));
});

test("users' servers reach MLflow, which the chart's NetworkPolicy would not let them, at the port of its pods", () => {
  const { singleuser } = valuesOf('jupyterhub') as {
    singleuser: { extraEnv: Record<string, string>; networkPolicy: { egress: unknown[] } };
  };
  assert.match(singleuser.extraEnv['MLFLOW_TRACKING_URI'] ?? '', /^http:\/\/mlflow\.mlflow\.svc/);
  assert.deepEqual(singleuser.networkPolicy.egress, [
    {
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'mlflow' } } }],
      ports: [{ protocol: 'TCP', port: 5000 }],
    },
  ]);
  assert.equal(valuesOf('jupyterhub', false)['singleuser'], undefined);
});

test("the image of users' servers is the cluster's own where it names one", () => {
  const imageOf = (image: string) => {
    const { apps } = planOf({ platform: { jupyterhub: { enabled: true, image } } });
    const source = apps.find(({ name }) => name === 'jupyterhub')?.source;
    assert.equal(source?.kind, 'chart');
    return source?.kind === 'chart' ? (source.values['singleuser'] as { image: object }).image : undefined;
  };
  const digest = `@sha256:${'0'.repeat(64)}`;
  assert.deepEqual(imageOf('ghcr.io/team/notebook:1.2'), { name: 'ghcr.io/team/notebook', tag: '1.2' });
  assert.deepEqual(imageOf(`host:5000/a/b:1${digest}`), { name: 'host:5000/a/b', tag: `1${digest}` });
});
