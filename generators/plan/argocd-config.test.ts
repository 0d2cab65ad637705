/** The health checks, judged by Argo CD's own program where it is on the PATH. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import { printYaml } from '../render/yaml.ts';
import { resolveSite } from '../resolve/site.ts';
import { argocdConfigApp } from './argocd-config.ts';

const absent = spawnSync('argocd', ['version', '--client', '--short']).status !== 0;
const skip = absent ? 'argocd is not on the PATH' : false;

function health(object: object): string {
  const cluster = parse(readFileSync('clusters/prod/cluster.yaml', 'utf8')) as Cluster;
  const app = argocdConfigApp(resolveSite('prod', 'clusters/prod/cluster.yaml', cluster).site);
  assert.equal(app.source.kind, 'folder');
  const folder = mkdtempSync(join(tmpdir(), 'kserve-gitops-health-'));
  try {
    writeFileSync(join(folder, 'cm.yaml'), printYaml(app.source.kind === 'folder' ? app.source.objects[0] : {}));
    writeFileSync(join(folder, 'object.yaml'), printYaml(object));
    const command = ['admin', 'settings', 'resource-overrides', 'health', join(folder, 'object.yaml')];
    const result = spawnSync('argocd', [...command, '--argocd-cm-path', join(folder, 'cm.yaml')], { encoding: 'utf8' });
    return result.stdout.trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function inferenceService(status: object, annotations: Record<string, string> = {}): object {
  const metadata = { name: 'iris', namespace: 'models', generation: 2, annotations };
  return { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', metadata, status };
}

const ready = { type: 'Ready', status: 'True' };
const notStopped = { type: 'Stopped', status: 'False' };

test('a ready InferenceService is healthy, although KServe 0.16 writes Stopped=False', { skip }, () => {
  const object = inferenceService({ observedGeneration: 2, conditions: [ready, notStopped] });
  assert.match(health(object), /STATUS: Healthy/);
});

test('the observed generation, which is that of the Deployment, says nothing', { skip }, () => {
  for (const observedGeneration of [1, 3]) {
    const object = inferenceService({ observedGeneration, conditions: [ready, notStopped] });
    assert.match(health(object), /STATUS: Healthy/);
  }
});

test('a model that cannot load is degraded, with the reason', { skip }, () => {
  const lastFailureInfo = { reason: 'ModelLoadFailed', message: 'sha256 differs' };
  const modelStatus = { transitionStatus: 'BlockedByFailedLoad', lastFailureInfo };
  const object = inferenceService({ conditions: [{ type: 'Ready', status: 'False' }], modelStatus });
  assert.match(health(object), /STATUS: Degraded\nMESSAGE: ModelLoadFailed: sha256 differs/);
});

test('new pods that never become ready are degraded, although the old ones serve', { skip }, () => {
  const late = { type: 'Ready', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out progressing' };
  assert.match(
    health(inferenceService({ conditions: [late] })),
    /STATUS: Degraded\nMESSAGE: The new pods do not .*: timed out/,
  );
  const starting = { ...late, status: 'Unknown', reason: 'ReplicaSetUpdated', message: 'is progressing' };
  assert.match(health(inferenceService({ conditions: [starting] })), /STATUS: Progressing\nMESSAGE: is progressing/);
});

test('a stopped InferenceService is suspended', { skip }, () => {
  const object = inferenceService({ conditions: [ready] }, { 'serving.kserve.io/stop': 'true' });
  assert.match(health(object), /STATUS: Suspended/);
});

test('a CustomResourceDefinition that is about to be established is not ill, one with refused names is', {
  skip,
}, () => {
  const crd = (...conditions: object[]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'a.example.org' },
    status: { conditions },
  });
  const established = (status: string) => ({ type: 'Established', status, message: 'the names were accepted' });
  assert.match(health(crd(established('False'))), /STATUS: Healthy/);
  assert.match(health(crd()), /STATUS: Healthy/);
  assert.match(health(crd({ type: 'NamesAccepted', status: 'True' }, established('True'))), /STATUS: Healthy/);
  const refused = { type: 'NamesAccepted', status: 'False', message: '"as" is in use' };
  assert.match(health(crd(refused, established('False'))), /STATUS: Degraded\nMESSAGE: "as" is in use/);
});

function application(path: string, comparedPath: string, sync: string): object {
  const source = { repoURL: 'https://example.com/r.git', targetRevision: 'main' };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'a', namespace: 'argocd' },
    spec: { project: 'p', source: { ...source, path }, destination: { server: 's', namespace: 'n' } },
    status: {
      health: { status: 'Healthy' },
      sync: { status: sync, comparedTo: { source: { ...source, path: comparedPath } } },
    },
  };
}

test('an Application is as healthy as its objects, once synchronised with the current source', { skip }, () => {
  assert.match(health(application('apps/a', 'apps/a', 'Synced')), /STATUS: Healthy/);
  assert.match(health(application('apps/b', 'apps/a', 'Synced')), /STATUS: Progressing/);
  assert.match(health(application('apps/a', 'apps/a', 'OutOfSync')), /STATUS: Progressing/);
});

test('objects that nothing prunes do not hold up an Application', { skip }, () => {
  const left = { kind: 'ClusterServingRuntime', name: 'a', status: 'OutOfSync', requiresPruning: true };
  const differs = { kind: 'Deployment', name: 'b', status: 'OutOfSync' };
  const of = (prune: boolean, ...resources: object[]) => {
    const { spec, status, ...rest } = application('apps/a', 'apps/a', 'OutOfSync') as { spec: object; status: object };
    return { ...rest, spec: { ...spec, syncPolicy: { automated: { prune } } }, status: { ...status, resources } };
  };
  const synced = { kind: 'Service', name: 'c', status: 'Synced' };
  assert.match(health(of(false, left, synced, left)), /STATUS: Healthy\nMESSAGE: Objects of before stay, .*: 2/);
  assert.match(health(of(true, left)), /STATUS: Progressing/);
  assert.match(health(of(false, left, differs)), /STATUS: Progressing/);
  assert.match(health(of(false, differs, left)), /STATUS: Progressing/);
  assert.match(health(of(false)), /STATUS: Progressing/);
});
