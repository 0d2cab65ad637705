/** Canaries of KServe v0.20.0 and later, which stand in their model's InferenceService. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Autoscaling, Model, Serve } from '../../schemas/types/models.d.ts';
import type { KubeObject } from '../kube/object.ts';
import { planOf } from '../testdata/platform.ts';

const versions: Model['versions'] = [
  { version: '1', artifact: 's3://models/iris/1/', sha256: 'a'.repeat(64) },
  { version: '2', artifact: 's3://models/iris/2/', sha256: 'b'.repeat(64) },
];
const parts = { keda: { enabled: true }, monitoring: { enabled: true } };
const cluster = { kserve: { version: 'v0.20.0' as const }, platform: parts };

interface Predictor {
  readonly minReplicas: number;
  readonly maxReplicas?: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Service extends KubeObject {
  readonly spec: {
    readonly predictor: Predictor;
    readonly canary?: readonly { readonly predictor: Predictor; readonly trafficPercent: number }[];
  };
}

function objects(serve: Partial<Serve>, autoscaling?: Autoscaling): Map<string, KubeObject> {
  const entry = { versions, ...(autoscaling && { autoscaling }), serve: { alpha: { version: '1', ...serve } } };
  const app = planOf(cluster, [entry]).apps.find(({ name }) => name === 'model-iris');
  assert.ok(app?.source.kind === 'folder');
  return new Map(app.source.objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

function service(found: Map<string, KubeObject>): Service {
  const object = found.get('InferenceService iris');
  assert.ok(object);
  return object as Service;
}

const wave = (object: KubeObject | undefined) =>
  Number(object?.metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);

/** What components/predictor.go of v0.20.0 makes of `minReplicas` and `maxReplicas` (reconcileRawDeployment, createHPA). */
function served({ spec: { predictor, canary = [] } }: Service): { min: number; max: number } {
  const beside = canary.reduce((sum, one) => sum + one.predictor.minReplicas, 0);
  const min = canary.length === 0 ? predictor.minReplicas : Math.max(1, predictor.minReplicas - beside);
  return { min, max: Math.max(min, predictor.maxReplicas ?? 0) };
}

test('the served version keeps its replicas while a canary runs, and what the webhook wants holds', () => {
  const counts = fc.record({
    min: fc.integer({ min: 1, max: 9 }),
    more: fc.integer({ min: 0, max: 9 }),
    weight: fc.integer({ min: 0, max: 100 }),
    scaler: fc.constantFrom('hpa' as const, 'keda' as const),
  });
  fc.assert(
    fc.property(counts, ({ min, more, weight, scaler }) => {
      const autoscaling: Autoscaling = { class: scaler, minReplicas: min, maxReplicas: min + more };
      const after = service(objects({ canary: { version: '2', weight } }, autoscaling));
      const [canary] = after.spec.canary ?? [];
      assert.ok(canary);
      const kept = served(after);
      assert.equal(kept.min, min);
      // The webhook wants `maxReplicas` not below `minReplicas`, out of which the canary's come.
      assert.ok(kept.max >= min + more && kept.max <= Math.max(min + more, min + canary.predictor.minReplicas));
      if (more === 0) assert.equal(kept.max, min);
      const { minReplicas, maxReplicas = minReplicas } = after.spec.predictor;
      assert.ok(minReplicas <= maxReplicas && canary.predictor.minReplicas <= minReplicas);
      assert.equal(canary.trafficPercent, weight);
    }),
  );
});

test('a canary comes and goes without a change of what makes the pods of the served version', () => {
  const strip = (found: Map<string, KubeObject>) => {
    const { metadata, spec } = service(found);
    const { minReplicas: _, maxReplicas: __, ...pods } = spec.predictor;
    return { metadata, pods };
  };
  const begun = objects({ canary: { version: '2', weight: 10 } });
  assert.deepEqual(strip(begun), strip(objects({})));
  assert.deepEqual(
    [...begun.keys()].filter((name) => name.startsWith('InferenceService')),
    ['InferenceService iris'],
  );
});

test('it has no autoscaler, whose owner nobody would be', () => {
  const [canary] = service(objects({ canary: { version: '2', weight: 10 } })).spec.canary ?? [];
  assert.equal(canary?.predictor.annotations?.['serving.kserve.io/autoscalerClass'], 'none');
  assert.equal(canary?.predictor.maxReplicas, undefined);
});

test('routes come after the Job that waits for it, and before it goes without requests', () => {
  const waves = (serve: Partial<Serve>) => {
    const found = objects(serve);
    return ['Job iris-gate', 'HTTPRoute iris-traffic', 'GRPCRoute iris-grpc'].map((name) =>
      found.has(name) ? wave(found.get(name)) : undefined,
    );
  };
  assert.deepEqual(waves({ canary: { version: '2', weight: 10 } }), [1, 2, 2]);
  assert.deepEqual(waves({ canary: { version: '2', weight: 0, header: { name: 'x', value: 'y' } } }), [1, 2, 2]);
  assert.deepEqual(waves({ canary: { version: '2', weight: 0 } }), [undefined, -2, -2]);
  assert.deepEqual(waves({}), [undefined, undefined, 0]);
});
