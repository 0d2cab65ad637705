/** What is told of an object on a cluster; the answers are those of a real API server, cut down. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { checkLive, type LiveInput } from './live.ts';

const written = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', namespace: 'b' },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'server', image: 'x:1' }] } } },
} as unknown as KubeObject;

/** The written object with another image in the cluster, managed by somebody. */
function live(image: string, manager: string): KubeObject {
  const fields = {
    'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"server"}': { 'f:image': {} } } } } },
  };
  const managedFields = [
    { manager: 'argocd-controller', time: '2026-11-01T00:00:00Z', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    { manager, time: '2026-11-02T00:00:00Z', fieldsV1: fields },
  ];
  const spec = {
    replicas: 1,
    paused: false,
    template: { spec: { containers: [{ name: 'server', image, tty: false }] } },
  };
  return { ...written, metadata: { ...written.metadata, managedFields }, spec } as unknown as KubeObject;
}

function found(input: Partial<LiveInput>) {
  const tried = { status: 200, body: written };
  return checkLive({ file: 'a.yaml', object: written, tried, live: live('x:1', 'argocd-controller'), ...input });
}

test('what stands as it is written has no problem, whatever the cluster adds', () => {
  assert.deepEqual(found({}), []);
});

const causes: readonly [manager: string, cause: RegExp][] = [
  ['kubectl-edit', /edited by hand with kubectl-edit on 2026-11-02T00:00:00Z$/],
  ['keda-operator', /written by the controller "keda-operator"/],
  ['argocd-controller', /as it was synced last/],
];
for (const [manager, cause] of causes) {
  test(`LIVE_DRIFT by ${manager}`, () => {
    const [problem, ...rest] = found({ live: live('x:2', manager) });
    assert.deepEqual(rest, []);
    assert.equal(problem?.code, 'LIVE_DRIFT');
    assert.deepEqual(problem.where.pointer, ['spec', 'template', 'spec', 'containers', 0, 'image']);
    assert.match(problem.message, /image is "x:2" instead of "x:1"/);
    assert.match(problem.message, cause);
  });
}

test('LIVE_DRIFT: what admission makes of it is told as such', () => {
  const [problem] = found({ tried: { status: 200, body: live('x:2', 'a') }, live: live('x:2', 'kubectl-edit') });
  assert.match(problem?.message ?? '', /since the admission of the cluster writes it so$/);
});

test('LIVE_REFUSED names the reason, LIVE_ABSENT what is not there', () => {
  const refused = found({ tried: { status: 422, body: {}, message: 'spec.x:\n  is wrong.' } });
  assert.deepEqual(
    refused.map(({ code, severity, message }) => [code, severity, message]),
    [['LIVE_REFUSED', 'error', 'Cannot apply Deployment b/a: the server refuses it: spec.x: is wrong']],
  );
  const codes = (input: Partial<LiveInput>) => found(input).map(({ code, severity }) => `${code} ${severity}`);
  assert.deepEqual(codes({ live: undefined }), ['LIVE_ABSENT warning']);
  assert.deepEqual(codes({ live: undefined, tried: { status: 404, body: {}, message: 'namespaces "b" not found' } }), [
    'LIVE_ABSENT warning',
  ]);
});
