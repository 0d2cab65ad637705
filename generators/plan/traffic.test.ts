import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { Model, Serve } from '../../schemas/types/models.d.ts';
import type { TraefikService } from '../../schemas/types/traefik-service.d.ts';
import type { KubeObject } from '../kube/object.ts';
import { planOf } from '../testdata/platform.ts';

const versions: Model['versions'] = [
  { version: '1', artifact: 's3://models/iris/1/', sha256: 'a'.repeat(64) },
  { version: '2', artifact: 's3://models/iris/2/', sha256: 'b'.repeat(64) },
];
const three: Model['versions'] = [
  ...versions,
  { version: '3', artifact: 's3://models/iris/3/', sha256: 'c'.repeat(64) },
];
const envoy = { gateway: { className: 'envoy' }, platform: { traefik: { enabled: false } } };

interface Route extends KubeObject {
  readonly spec: {
    readonly hostnames: readonly string[];
    readonly rules: readonly {
      readonly matches?: readonly {
        readonly path?: { readonly type: string; readonly value: string };
        readonly headers?: readonly object[];
      }[];
      readonly filters?: readonly { readonly type: string; readonly requestMirror?: { readonly percent?: number } }[];
      readonly backendRefs: readonly { readonly kind: string; readonly name: string; readonly weight: number }[];
    }[];
  };
}

/** The objects of the model's App, by kind and name. */
function objects(serve: Partial<Serve>, model: Partial<Model> = {}, cluster: Partial<Cluster> = envoy) {
  const plan = planOf(cluster, [{ versions, ...model, serve: { alpha: { version: '1', ...serve } } }]);
  const app = plan.apps.find(({ name }) => name === 'model-iris');
  assert.ok(app?.source.kind === 'folder');
  return new Map(app.source.objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

function route(found: Map<string, KubeObject>, name: string): Route {
  const object = found.get(name);
  assert.ok(object, `no ${name} among ${[...found.keys()].join(', ')}`);
  return object as Route;
}

const wave = (object: KubeObject) => Number(object.metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);

test('a canary changes no object of the served version but the shares of its gRPC route', () => {
  const before = objects({});
  for (const serve of [
    { canary: { version: '2', weight: 30, header: { name: 'x', value: 'y' } } },
    { canary: { version: '2', weight: 0 } },
    { mirror: { version: '2' } },
  ]) {
    const after = objects(serve);
    for (const [name, object] of before) {
      if (object.kind === 'GRPCRoute') continue;
      assert.deepEqual(after.get(name), object, `${name} with ${JSON.stringify(serve)}`);
    }
  }
});

test('promotion changes the artifact, its version and its digest alone, and leaves nothing of the canary', () => {
  const served = (found: Map<string, KubeObject>) => JSON.stringify(found.get('InferenceService iris'));
  const promoted = objects({ version: '2' });
  const expected = served(objects({ canary: { version: '2', weight: 100 } }))
    .replace('s3://models/iris/1/', 's3://models/iris/2/')
    .replace('{"name":"MODEL_VERSION","value":"1"}', '{"name":"MODEL_VERSION","value":"2"}')
    .replace('a'.repeat(64), 'b'.repeat(64));
  assert.equal(served(promoted), expected);
  assert.deepEqual([...promoted.keys()], [...objects({}).keys()]);
});

test('the shares of the requests add up to all, over HTTP and gRPC alike', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.boolean(), (weight, byHeader) => {
      const header = byHeader ? { header: { name: 'x-canary', value: 'yes' } } : {};
      const found = objects({ canary: { version: '2', weight, ...header } });
      for (const name of ['HTTPRoute iris-traffic', 'GRPCRoute iris-grpc']) {
        const rules = route(found, name).spec.rules;
        assert.equal(rules.length, byHeader ? 2 : 1);
        const refs = rules.at(-1)?.backendRefs ?? [];
        const share = (service: string) => refs.find((ref) => ref.name === service)?.weight ?? 0;
        const total = refs.reduce((sum, ref) => sum + ref.weight, 0);
        assert.equal((100 * share('iris-canary-predictor')) / total, weight);
        if (byHeader)
          assert.deepEqual(
            rules[0]?.backendRefs.map((ref) => ref.name),
            ['iris-canary-predictor'],
          );
      }
    }),
  );
});

test('routes match by exact path, which goes before the regular expression of KServe’s route on the same host', () => {
  const { hostnames, rules } = route(objects({ canary: { version: '2', weight: 10 } }), 'HTTPRoute iris-traffic').spec;
  assert.deepEqual(hostnames, ['iris-flowers.example.org']);
  for (const { path } of rules.flatMap(({ matches }) => matches ?? [])) {
    assert.equal(path?.type, 'Exact');
    assert.match(path?.value ?? '', /^\/v[12]\/models\/iris[/:]/);
  }
});

test('a route comes after the version that it names, and before one that it no longer does', () => {
  const waves = (serve: Partial<Serve>, second: string) => {
    const found = objects(serve);
    const other = wave(route(found, `InferenceService ${second}`));
    return ['HTTPRoute iris-traffic', 'GRPCRoute iris-grpc'].map((name) => Math.sign(wave(route(found, name)) - other));
  };
  assert.deepEqual(waves({ canary: { version: '2', weight: 1 } }, 'iris-canary'), [1, 1]);
  assert.deepEqual(waves({ mirror: { version: '2' } }, 'iris-mirror'), [1, 1]);
  const header = { name: 'x', value: 'y' };
  assert.deepEqual(waves({ canary: { version: '2', weight: 0, header } }, 'iris-canary'), [1, 1]);
  assert.deepEqual(waves({ canary: { version: '2', weight: 0 } }, 'iris-canary'), [-1, -1]);
});

test('no route of ours has the name of one that KServe writes', () => {
  const found = objects({ canary: { version: '2', weight: 5 }, mirror: { version: '2' } });
  const services = [...found.values()].filter(({ kind }) => kind === 'InferenceService');
  const theirs = services.flatMap(({ metadata: { name } }) => [name, `${name}-predictor`]);
  assert.equal(services.length, 3);
  for (const { kind, metadata } of found.values()) {
    if (kind === 'HTTPRoute') assert.ok(!theirs.includes(metadata.name), metadata.name);
  }
});

test('a second version answers to the model’s own name and has bounds for its share', () => {
  const autoscaling = { minReplicas: 4, maxReplicas: 10 };
  const found = objects(
    { canary: { version: '2', weight: 30 }, mirror: { version: '2', percent: 50 } },
    { autoscaling },
  );
  const predictor = (name: string) =>
    (found.get(`InferenceService ${name}`) as unknown as { spec: { predictor: Record<string, unknown> } }).spec
      .predictor;
  const bounds = (name: string) => [predictor(name)['minReplicas'], predictor(name)['maxReplicas']];
  assert.deepEqual(bounds('iris'), [4, 10]);
  assert.deepEqual(bounds('iris-canary'), [2, 3]);
  assert.deepEqual(bounds('iris-mirror'), [2, 5]);
  const { env } = predictor('iris-canary')['model'] as { env: { name: string; value: string }[] };
  assert.deepEqual(env[0], { name: 'MODEL_NAME', value: 'iris' });
});

test('a mirror gets copies, and no request of its own', () => {
  const found = objects({ mirror: { version: '2', percent: 20 } });
  for (const name of ['HTTPRoute iris-traffic', 'GRPCRoute iris-grpc']) {
    const rules = route(found, name).spec.rules;
    assert.deepEqual(
      rules.flatMap(({ backendRefs }) => backendRefs.map((ref) => ref.name)),
      ['iris-predictor'],
    );
    const copies = rules.flatMap(({ filters }) => filters ?? []).filter(({ type }) => type === 'RequestMirror');
    assert.deepEqual(
      copies.map(({ requestMirror }) => requestMirror?.percent),
      [20],
    );
  }
});

test('behind Traefik each version that answers has a TraefikService, which copies its requests; no filter does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.option(fc.integer({ min: 1, max: 100 })), (percent, weight) => {
      const canary = weight === null ? {} : { canary: { version: '3', weight, header: { name: 'x', value: 'y' } } };
      const found = objects({ mirror: { version: '2', percent }, ...canary }, { versions: three }, {});
      const { rules } = route(found, 'HTTPRoute iris-traffic').spec;
      const shares = rules.at(-1)?.backendRefs ?? [];
      assert.equal(shares.length, weight === null ? 1 : 2);
      for (const { kind, name } of shares) {
        assert.equal(kind, 'TraefikService');
        const { mirroring } = (found.get(`TraefikService ${name}`) as unknown as TraefikService).spec;
        const { mirrors, ...main } = mirroring ?? {};
        const service = { kind: 'Service', port: 80 };
        assert.deepEqual(main, { ...service, name: name.replace(/-traffic$/, '-predictor') });
        assert.deepEqual(mirrors, [{ ...service, name: 'iris-mirror-predictor', percent }]);
      }
      const direct = [...rules.slice(0, -1), ...route(found, 'GRPCRoute iris-grpc').spec.rules];
      assert.deepEqual(
        [...new Set(direct.flatMap(({ backendRefs }) => backendRefs.map(({ kind }) => kind)))],
        ['Service'],
      );
      const filters = [...rules, ...direct].flatMap((rule) => rule.filters ?? []);
      assert.ok(!filters.some(({ type }) => type === 'RequestMirror'), 'Traefik would answer 500');
      assert.equal([...found.keys()].filter((name) => name.startsWith('TraefikService ')).length, shares.length);
    }),
  );
});

test('without a mirror nothing of Traefik’s own is made, and behind another Gateway never', () => {
  const kinds = (found: Map<string, KubeObject>) => [...found.values()].map(({ kind }) => kind);
  assert.ok(!kinds(objects({ canary: { version: '2', weight: 5 } }, {}, {})).includes('TraefikService'));
  assert.ok(!kinds(objects({ mirror: { version: '2' } })).includes('TraefikService'));
});

test('a TraefikService comes with the route that names it, after the mirror', () => {
  for (const kserve of ['v0.16.0', 'v0.20.0'] as const) {
    const serve = { mirror: { version: '2' }, canary: { version: '3', weight: 5 } };
    const found = objects(serve, { versions: three }, { kserve: { version: kserve } });
    const own = wave(route(found, 'TraefikService iris-traffic'));
    assert.equal(own, wave(route(found, 'HTTPRoute iris-traffic')));
    assert.ok(own > wave(route(found, 'InferenceService iris-mirror')));
  }
});

test('a suspended model has neither pods nor routes', () => {
  const found = objects({ suspended: true });
  assert.deepEqual([...found.keys()], ['InferenceService iris', 'PodDisruptionBudget iris']);
  assert.equal(found.get('InferenceService iris')?.metadata.annotations?.['serving.kserve.io/stop'], 'true');
});
