/** What only a fault of the generators themselves can bring about: made objects against each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import type { PlacedObject } from '../render/render.ts';
import { checkObjects } from './objects.ts';

const server = 'https://kubernetes.default.svc';
const repoURL = 'https://git.example.org/models.git';

function placed(file: string, object: Record<string, unknown>): PlacedObject {
  return { file, object: object as unknown as KubeObject };
}

function application(spec: Record<string, unknown> = {}): PlacedObject {
  const source = { repoURL, path: 'apps/alpha/model-iris' };
  return placed('clusters/alpha/argocd/model-iris.yaml', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'model-iris', namespace: 'argocd' },
    spec: { project: 'team', source, destination: { server, namespace: 'flowers' }, ...spec },
  });
}

function project(spec: Record<string, unknown> = {}): PlacedObject {
  return placed('clusters/alpha/argocd/project-team.yaml', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'team', namespace: 'argocd' },
    spec: {
      sourceRepos: [repoURL],
      destinations: [{ server, namespace: 'flowers' }],
      namespaceResourceWhitelist: [
        { group: 'serving.kserve.io', kind: 'InferenceService' },
        { group: '', kind: '*' },
      ],
      ...spec,
    },
  });
}

const account = placed('apps/alpha/team/serviceaccount.yaml', {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'reader', namespace: 'flowers' },
});

const service = placed('apps/alpha/model-iris/inferenceservice.yaml', {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  metadata: { name: 'iris', namespace: 'flowers' },
  spec: { predictor: { serviceAccountName: 'reader' } },
});

function check(...objects: PlacedObject[]) {
  return checkObjects(objects).map(({ code, where, message, repair }) => ({ code, where, message, repair }));
}

test('what belongs together has no problem', () => {
  assert.deepEqual(check(project(), application(), service, account), []);
});

test('OBJECT_TAKEN names both files', () => {
  const [problem, ...rest] = check(account, { ...account, file: 'apps/alpha/other/serviceaccount.yaml' });
  assert.deepEqual(rest, []);
  assert.equal(problem?.code, 'OBJECT_TAKEN');
  assert.deepEqual(problem.where, { file: 'apps/alpha/other/serviceaccount.yaml' });
  assert.match(problem.message, /ServiceAccount flowers\/reader twice: it is also in "apps\/alpha\/team\/service/);
});

test('OBJECT_TAKEN: the version of an API does not make another object', () => {
  const newer = placed('other.yaml', { ...service.object, apiVersion: 'serving.kserve.io/v1' });
  assert.deepEqual(
    check(service, account, newer).map(({ code }) => code),
    ['OBJECT_TAKEN'],
  );
});

const forbidden: [name: string, objects: PlacedObject[], pointer: string[] | undefined, message: RegExp][] = [
  ['no such project', [application()], ['spec', 'project'], /there is no AppProject "team"$/],
  ['another source', [project({ sourceRepos: [] }), application()], ['spec', 'source', 'repoURL'], /from "https:/],
  [
    'another namespace',
    [project({ destinations: [{ server, namespace: 'other' }] }), application()],
    ['spec', 'destination'],
    /to namespace "flowers"$/,
  ],
  [
    'another cluster',
    [project({ destinations: [{ server: 'https://other', namespace: 'flowers' }] }), application()],
    ['spec', 'destination'],
    /to namespace "flowers"$/,
  ],
  [
    'another kind',
    [project({ namespaceResourceWhitelist: [] }), application(), service, account],
    undefined,
    /Cannot sync InferenceService flowers\/iris with Application argocd\/model-iris/,
  ],
  [
    'a kind of the cluster',
    [
      project(),
      application(),
      placed('apps/alpha/model-iris/namespace.yaml', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'flowers' },
      }),
    ],
    undefined,
    /Cannot sync Namespace flowers with/,
  ],
];
for (const [name, objects, pointer, message] of forbidden) {
  test(`PROJECT_FORBIDS: ${name}`, () => {
    const [problem, ...rest] = check(...objects);
    assert.deepEqual(rest, []);
    assert.equal(problem?.code, 'PROJECT_FORBIDS');
    assert.deepEqual(problem.where.pointer, pointer);
    assert.match(problem.message, message);
    assert.match(problem.repair, /^(?:Add the project|Allow it in AppProject "team")$/);
  });
}

test('REFERENCE_MISSING: an account that nothing makes in that namespace', () => {
  const elsewhere = placed(account.file, {
    ...account.object,
    metadata: { name: 'reader', namespace: 'other' },
  });
  const [problem, ...rest] = check(service, elsewhere);
  assert.deepEqual(rest, []);
  assert.equal(problem?.code, 'REFERENCE_MISSING');
  assert.deepEqual(problem.where, { file: service.file, pointer: ['spec', 'predictor', 'serviceAccountName'] });
  assert.match(problem.message, /Cannot resolve ServiceAccount "reader" of InferenceService flowers\/iris/);
});
