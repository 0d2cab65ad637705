import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { schemaStore } from '../outside/schema-store.ts';
import type { Problem } from '../problem.ts';
import { createSchemaChecker } from './schemas.ts';

const check = createSchemaChecker(schemaStore());
const file = 'apps/local/iris/inferenceservice.yaml';

/** An InferenceService with one value set (or, undefined, left out) at a path. */
function service(path: readonly (string | number)[] = [], value?: unknown): KubeObject {
  const object = {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name: 'iris', namespace: 'models', labels: { 'app.kubernetes.io/name': 'iris' } },
    spec: {
      predictor: {
        minReplicas: 1,
        model: {
          modelFormat: { name: 'onnx' },
          storageUri: 's3://bucket/iris/',
          resources: { requests: { cpu: '250m', memory: '512Mi' } },
          env: [{ name: 'A', value: '1' }],
        },
      },
    },
  };
  return set(object, path, value) as KubeObject;
}

function set(target: unknown, [step, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (step === undefined) return target;
  const copy = (Array.isArray(target) ? [...target] : { ...(target as object) }) as Record<string | number, unknown>;
  copy[step] = rest.length === 0 ? value : set(copy[step], rest, value);
  if (copy[step] === undefined) delete copy[step];
  return copy;
}

/** One change of a right object, and the problem that it makes. */
function refuse(
  name: string,
  path: readonly (string | number)[],
  value: unknown,
  expected: { message: string; repair: string; pointer?: readonly (string | number)[]; key?: true },
) {
  test(name, () => {
    const where = { file, pointer: expected.pointer ?? path, ...(expected.key && { key: true }) };
    const message = `Cannot apply InferenceService models/iris: ${expected.message}`;
    const problem: Problem = { code: 'OBJECT_INVALID', severity: 'error', where, message, repair: expected.repair };
    assert.deepEqual(check(service(path, value), file), [problem]);
  });
}

const predictor = ['spec', 'predictor'] as const;
const model = [...predictor, 'model'] as const;

test('a right object has no problems', () => assert.deepEqual(check(service(), file), []));

refuse('an unknown field, with the one that was meant', [...predictor, 'minReplica'], 1, {
  message: 'spec.predictor.minReplica is unknown',
  repair: 'Did you mean "minReplicas"?',
  key: true,
});
refuse('an unknown field that is like no other', [...model, 'modelFormat', 'flavour'], 'x', {
  message: 'spec.predictor.model.modelFormat.flavour is unknown',
  repair: 'Remove it; known fields: name, version',
  key: true,
});
refuse('a value of the wrong type', [...predictor, 'minReplicas'], '1', {
  message: 'spec.predictor.minReplicas is "1", must be an integer',
  repair: 'Write an integer',
});
refuse('a value that is not among the choices', [...predictor, 'scaleMetric'], 'cpus', {
  message: 'spec.predictor.scaleMetric is "cpus", must be one of "cpu", "memory", "concurrency", "rps"',
  repair: 'Did you mean "cpu"?',
});
refuse('a required field left out', [...model, 'modelFormat', 'name'], undefined, {
  message: 'spec.predictor.model.modelFormat lacks "name"',
  repair: 'Add "name"',
  pointer: [...model, 'modelFormat'],
});
refuse('a number too large for its format', [...predictor, 'minReplicas'], 2 ** 31, {
  message: 'spec.predictor.minReplicas is 2147483648, must be of format int32',
  repair: 'Write a value in that format',
});
refuse(
  'a name that the server refuses',
  ['metadata', 'labels'],
  { 'app.kubernetes.io/name': 'no spaces' },
  {
    message:
      'metadata.labels["app.kubernetes.io/name"] is "no spaces", must match ^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$',
    repair: 'Write a value that matches',
    pointer: ['metadata', 'labels', 'app.kubernetes.io/name'],
  },
);
refuse(
  'a key that the server refuses',
  ['metadata', 'annotations'],
  { 'a/b/c': '' },
  {
    message:
      'metadata.annotations["a/b/c"] is no valid key, must match ^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$',
    repair: 'Rename the key',
    pointer: ['metadata', 'annotations', 'a/b/c'],
    key: true,
  },
);
refuse('a list too short', [...predictor, 'storageUris'], [], {
  message: 'spec.predictor.storageUris is [], must have at least 1 item',
  repair: 'Write a value within the bounds',
});
refuse(
  'two items of a list map with one key',
  [...model, 'env', 1],
  { name: 'A', value: '2' },
  {
    message: 'spec.predictor.model.env[1] repeats "name" of item 1',
    repair: 'Remove or rename one of them',
  },
);
refuse(
  'a status, which is not ours to write',
  ['status'],
  {},
  {
    message: 'status is unknown',
    repair: 'Remove it; known fields: apiVersion, kind, metadata, spec',
    key: true,
  },
);

test('a list map compares keys with their defaults filled in', () => {
  const ports = [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }, { containerPort: 80, protocol: 'TCP' }];
  const [problem, ...others] = check(service([...model, 'ports'], ports), file);
  assert.match(problem?.message ?? '', /ports\[2\] repeats "containerPort" and "protocol" of item 1$/);
  assert.deepEqual(others, []);
});

test('every fault is reported, not the first alone', () => {
  const codes = check(service(predictor, { minReplica: 1, maxReplicas: 'x' }), file).map(({ where }) => where.pointer);
  assert.deepEqual(codes, [
    [...predictor, 'minReplica'],
    [...predictor, 'maxReplicas'],
  ]);
});

test('a choice between forms is one problem, not one for each form', () => {
  const gateway = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gateway' },
    spec: {
      gatewayClassName: 'traefik',
      addresses: [{ type: 'IPAddress', value: 'here' }],
      listeners: [{ name: 'web', port: 80, protocol: 'HTTP' }],
    },
  };
  assert.deepEqual(
    check(gateway, file).map(({ message }) => message),
    [
      'Cannot apply Gateway gateway: spec.addresses[0] is {"type":"IPAddress","value":"here"}, must satisfy the "oneOf" of its schema',
    ],
  );
});

test('a kind without a schema is an error, each time', () => {
  const object = { apiVersion: 'toys.io/v1', kind: 'Toy', metadata: { name: 'toy' } };
  const expected: Problem = {
    code: 'OBJECT_KIND_UNKNOWN',
    severity: 'error',
    where: { file, pointer: ['kind'] },
    message: 'Cannot check Toy of toys.io/v1: there is no "schemas/kubernetes/toys.io/toy_v1.json"',
    repair: 'Add the kind to generators/schemas/sources.ts and run "npm run schemas"',
  };
  assert.deepEqual(check(object, file), [expected]);
  assert.deepEqual(check(object, file), [expected]);
});

test('a schema is loaded once, when its kind is first met', () => {
  const loaded: string[] = [];
  const store = schemaStore();
  const checkOnce = createSchemaChecker((name) => {
    loaded.push(name);
    return store(name);
  });
  checkOnce(service(), file);
  checkOnce(service(), file);
  assert.deepEqual(loaded, ['serving.kserve.io/inferenceservice_v1beta1.json']);
});
