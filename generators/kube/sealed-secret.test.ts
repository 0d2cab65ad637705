import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  credentialKeys,
  scopeAnnotations,
  scopeOf,
  sealedFile,
  sealedSecret,
  storageAnnotations,
} from './sealed-secret.ts';
import { scopes } from './sealed-value.ts';

test('AWS needs the region alone', () => {
  assert.deepEqual(storageAnnotations({ region: 'ca-central-1' }), {
    'serving.kserve.io/s3-region': 'ca-central-1',
    'serving.kserve.io/s3-usehttps': '1',
  });
});

test('another server is named without scheme, in path style', () => {
  assert.deepEqual(storageAnnotations({ region: 'local', endpoint: 'http://minio.storage:9000' }), {
    'serving.kserve.io/s3-endpoint': 'minio.storage:9000',
    'serving.kserve.io/s3-region': 'local',
    'serving.kserve.io/s3-usehttps': '0',
    'serving.kserve.io/s3-usevirtualbucket': 'false',
  });
  assert.deepEqual(storageAnnotations({ region: 'local', endpoint: 'https://s3.example.org' }), {
    'serving.kserve.io/s3-endpoint': 's3.example.org',
    'serving.kserve.io/s3-region': 'local',
    'serving.kserve.io/s3-usehttps': '1',
    'serving.kserve.io/s3-verifyssl': '1',
    'serving.kserve.io/s3-usevirtualbucket': 'false',
  });
});

test('only AWS fixes the lengths of its keys', () => {
  assert.deepEqual(credentialKeys({ region: 'local', endpoint: 'http://minio:9000' }), {
    AWS_ACCESS_KEY_ID: {},
    AWS_SECRET_ACCESS_KEY: {},
  });
  assert.deepEqual(credentialKeys({ region: 'ca-central-1' }), {
    AWS_ACCESS_KEY_ID: { bytes: 20 },
    AWS_SECRET_ACCESS_KEY: { bytes: 40 },
  });
});

test('a scope is read as it was written; the widest wins', () => {
  for (const scope of scopes) assert.equal(scopeOf(scopeAnnotations(scope)), scope);
  assert.equal(scopeOf({ ...scopeAnnotations('namespace-wide'), ...scopeAnnotations('cluster-wide') }), 'cluster-wide');
  assert.equal(scopeOf({ 'sealedsecrets.bitnami.com/cluster-wide': 'false' }), 'strict');
});

test('metadata and template agree; annotations for the Secret are in the template alone', () => {
  const object = sealedSecret(
    { namespace: 'a', name: 'b', scope: 'namespace-wide' },
    'f'.repeat(64),
    { K: 'v' },
    { x: 'y' },
  );
  const wide = { 'sealedsecrets.bitnami.com/namespace-wide': 'true' };
  assert.deepEqual(object.metadata, {
    name: 'b',
    namespace: 'a',
    annotations: { 'kserve-gitops/certificate-sha256': 'f'.repeat(64), ...wide },
  });
  assert.deepEqual(object.spec.template, {
    metadata: { name: 'b', namespace: 'a', annotations: { x: 'y', ...wide } },
    type: 'Opaque',
  });
  assert.equal(sealedFile('prod', 'a', 'b'), 'clusters/prod/sealed/a.b.yaml');
});
