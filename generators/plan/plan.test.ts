import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { KubeObject } from '../kube/object.ts';
import { render } from '../render/render.ts';
import { planOf } from '../testdata/platform.ts';
import { checkObjects } from '../verify/objects.ts';
import { type App, type Plan, waves } from './app.ts';

const parts = ['gatewayApi', 'certManager', 'sealedSecrets', 'traefik', 'mlflow', 'jupyterhub', 'monitoring'] as const;

function platformWith(enabled: boolean, but?: (typeof parts)[number]): Partial<Cluster> {
  const platform = Object.fromEntries(parts.map((part) => [part, { enabled: part === but ? !enabled : enabled }]));
  return { platform, client: { enabled } };
}

function objectsOf(app: App): readonly KubeObject[] {
  return app.source.kind === 'folder' ? app.source.objects : [];
}

function application(plan: Plan, name: string) {
  const [object] = plan.argocd.get(`${name}.yaml`) ?? [];
  assert.ok(object, `no Application ${name}`);
  return object as unknown as {
    metadata: { annotations: Record<string, string>; finalizers?: string[] };
    spec: { syncPolicy: { automated: { prune: boolean } }; source: { path?: string } };
  };
}

const everything = planOf(platformWith(true), [{ client: { hostname: 'iris' } }]);
const nothing = planOf(platformWith(false));

/** What each part brings, as it shows in the text of all files. */
const traces: Readonly<Record<(typeof parts)[number], RegExp>> = {
  gatewayApi: /kubernetes-sigs\/gateway-api/,
  certManager: /chart: cert-manager/,
  sealedSecrets: /chart: sealed-secrets/,
  traefik: /chart: traefik|^kind: Gateway$/m,
  mlflow: /namespace: mlflow|name: mlflow/,
  jupyterhub: /jupyterhub/,
  monitoring: /kube-prometheus-stack|PodMonitor$|namespace: monitoring|metadata.name: monitoring/m,
};

for (const part of parts) {
  test(`${part}: switched off it leaves no trace, switched on it is there`, () => {
    const text = (plan: Plan) =>
      [...render(plan).files].flatMap(([path, file]) => (path.includes('/project-') ? [] : [file])).join('\n');
    assert.doesNotMatch(text(planOf(platformWith(true, part))), traces[part]);
    assert.match(text(planOf(platformWith(false, part))), traces[part]);
  });
}

test('the client page: switched off it leaves no trace', () => {
  assert.ok(!nothing.apps.some(({ name }) => name === 'client'));
  assert.ok(everything.apps.some(({ name }) => name === 'client'));
  assert.doesNotMatch([...render(nothing).files.values()].join(''), /model-client/);
});

test('with every part off, KServe, its runtime, the team and the model remain', () => {
  assert.deepEqual(
    nothing.apps.map(({ name }) => name),
    ['argocd-config', 'kserve-crd', 'kserve', 'serving-runtime', 'team-flowers', 'model-iris'],
  );
});

test('Argo CD is not configured where the cluster says so', () => {
  const { apps } = planOf({ argocd: { configure: false } });
  assert.ok(!apps.some(({ name }) => name === 'argocd-config'));
});

test('an App has a folder exactly when it has objects, and its Application points there', () => {
  for (const plan of [everything, nothing]) {
    const { files } = render(plan);
    for (const app of plan.apps) {
      const folder = `apps/alpha/${app.name}`;
      const inFolder = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
      assert.equal(inFolder.length, objectsOf(app).length, app.name);
      if (app.source.kind === 'folder') assert.notEqual(inFolder.length, 0, `${app.name} has no object`);
      assert.equal(application(plan, app.name).spec.source.path === folder, app.source.kind === 'folder', app.name);
    }
  }
});

test('names of Applications differ, and so do their files', () => {
  const names = everything.apps.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.ok(everything.argocd.has(`${name}.yaml`));
});

test('what owns CRDs, and what models cannot do without, is never pruned and has no finalizer', () => {
  for (const name of [
    'gateway-api',
    'cert-manager',
    'sealed-secrets',
    'monitoring',
    'traefik',
    'kserve-crd',
    'kserve',
  ]) {
    const { metadata, spec } = application(everything, name);
    assert.equal(spec.syncPolicy.automated.prune, false, name);
    assert.equal(metadata.finalizers, undefined, name);
  }
  const { metadata, spec } = application(everything, 'model-iris');
  assert.equal(spec.syncPolicy.automated.prune, true);
  assert.deepEqual(metadata.finalizers, ['resources-finalizer.argocd.argoproj.io']);
});

test('waves: what others need comes first, and each App shows its wave', () => {
  const order = [
    ['gateway-api', 'traefik', 'gateway', 'kserve', 'model-iris'],
    ['team-flowers', 'client'],
    ['cert-manager', 'kserve-crd', 'kserve', 'serving-runtime', 'team-flowers', 'model-iris'],
    ['sealed-secrets', 'team-flowers'],
    ['sealed-secrets', 'mlflow-access'],
    ['sealed-secrets', 'mlflow'],
    ['monitoring', 'model-iris'],
    ['argocd-config', 'kserve'],
  ];
  const wave = new Map(everything.apps.map((app) => [app.name, app.wave]));
  for (const chain of order) {
    chain.slice(1).forEach((name, index) => {
      const before = chain[index] ?? '';
      assert.ok((wave.get(before) ?? Number.NaN) < (wave.get(name) ?? Number.NaN), `${before} before ${name}`);
    });
  }
  const last = Math.max(...wave.values());
  for (const name of [
    'model-iris',
    'client',
    'client-access',
    'mlflow',
    'mlflow-access',
    'mlflow-storage',
    'jupyterhub',
  ])
    assert.equal(wave.get(name), last, `${name} may be ill for long: in the last wave nothing waits for it`);
  const root = everything.argocd.get('root.yaml')?.find(({ kind }) => kind === 'Application');
  const annotations = (root?.metadata.annotations ?? {}) as Record<string, string>;
  assert.equal(annotations['argocd.argoproj.io/sync-wave'], String(last), 'the root must not wait for itself');
  for (const app of everything.apps) {
    const { metadata } = application(everything, app.name);
    assert.equal(metadata.annotations['argocd.argoproj.io/sync-wave'], String(app.wave));
    assert.ok(app.wave > waves.projects, 'projects come before all');
  }
});

test('every AppProject admits what its Applications bring, in every combination of parts', () => {
  const models = [{}, { name: 'wine', visibility: 'cluster-local' as const, client: { hostname: 'wine' } }];
  for (const enabled of [true, false]) {
    for (const part of [undefined, ...parts]) {
      for (const gateway of [{}, { namespace: 'edge', tls: { issuer: 'self-signed' as const } }]) {
        const { objects } = render(planOf({ ...platformWith(enabled, part), gateway }, models));
        assert.deepEqual(checkObjects(objects), []);
      }
    }
  }
});

test('the metadata of an InferenceService holds nothing that changes without a reason to restart its pods', () => {
  const metadata = (model: object) => {
    const app = planOf({}, [model]).apps.find(({ name }) => name === 'model-iris');
    return app && objectsOf(app).find(({ kind }) => kind === 'InferenceService')?.metadata;
  };
  const first = metadata({});
  assert.deepEqual(first, {
    name: 'iris',
    namespace: 'flowers',
    annotations: {
      'serving.kserve.io/deploymentMode': 'Standard',
      'serving.kserve.io/autoscalerClass': 'hpa',
    },
  });
  const versions = [
    {
      version: '1',
      artifact: 's3://models/iris/1/',
      sha256: 'b'.repeat(64),
      size: 5,
      metrics: { accuracy: 1 },
      source: { mlflow: { model: 'iris', version: '7' } },
    },
  ];
  const changed = { description: 'Other words.', versions, client: { title: 'Other' }, timeoutSeconds: 5 };
  assert.deepEqual(metadata(changed), first);
});

test('people’s words about a model reach no manifest at all', () => {
  const { files } = render(planOf({}, [{ description: 'Spoken about nowhere.' }]));
  assert.doesNotMatch([...files.values()].join(''), /Spoken about nowhere/);
});

test('the same platform gives equal plans, and the order of models has no meaning for files', () => {
  const models = [{}, { name: 'wine' }];
  const text = (list: object[]) => [...render(planOf({}, list)).files].sort().join('\n');
  assert.equal(text(models), text(models));
  assert.equal(text(models), text([...models].reverse()));
});
