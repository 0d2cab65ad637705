import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveSchemas, type ReleasedFile } from './derive.ts';
import type { JsonSchema } from './json-schema.ts';
import { readLock, sha256 } from './lock.ts';
import { objectMetaPath } from './sources.ts';

const toy: ReleasedFile = {
  source: { project: 'toys/toy', version: 'v1.2.3', path: 'crds/toy.yaml', apiVersion: 'toys.io/v1', kinds: ['Toy'] },
  text: `
apiVersion: v1
kind: ServiceAccount
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  scope: Cluster
  names: {kind: Toy}
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          type: object
          description: A toy.
          required: [status, spec]
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
            spec: {type: object, properties: {size: {type: integer, format: int32}}}
            status: {type: object}
`,
};

const gvk = { group: '', version: 'v1', kind: 'Thing' };
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const core: ReleasedFile = {
  source: { project: 'kubernetes/kubernetes', version: 'v1', path: objectMetaPath, apiVersion: 'v1', kinds: ['Thing'] },
  text: JSON.stringify({
    paths: { '/api/v1/namespaces/{namespace}/things': { post: { 'x-kubernetes-group-version-kind': gvk } } },
    components: {
      schemas: {
        [meta]: {
          type: 'object',
          properties: { name: { type: 'string' }, namespace: { type: 'string' }, uid: { type: 'string' } },
        },
        'io.k8s.api.core.v1.Thing': {
          type: 'object',
          'x-kubernetes-group-version-kind': [gvk],
          properties: {
            metadata: { allOf: [{ $ref: `#/components/schemas/${meta}` }], default: {} },
            port: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Port' }], default: {} },
          },
        },
        'io.k8s.api.core.v1.Port': { type: 'object', properties: { number: { type: 'integer', default: 0 } } },
      },
    },
  }),
};

const files = deriveSchemas([toy], [core]);
const read = (file: string): JsonSchema => JSON.parse(files.get(file) ?? '{}') as JsonSchema;

test('a kind of a CRD: its identity is fixed, its status is left out, and a cluster-wide kind has no namespace', () => {
  const { $defs, ...root } = read('toys.io/toy_v1.json');
  assert.deepEqual(root, {
    type: 'object',
    additionalProperties: false,
    properties: {
      apiVersion: { const: 'toys.io/v1' },
      kind: { const: 'Toy' },
      metadata: { $ref: '#/$defs/Metadata' },
      spec: { $ref: '#/$defs/ToySpec' },
    },
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
  });
  assert.deepEqual(Object.keys($defs?.['Metadata']?.properties ?? {}), ['name']);
  assert.deepEqual($defs?.['Metadata']?.required, ['name']);
});

test('a kind of Kubernetes: references are followed and keep their names; metadata lacks what the server writes', () => {
  const { $defs, properties } = read('v1/thing_v1.json');
  assert.deepEqual(properties?.['port'], { $ref: '#/$defs/Port' });
  assert.deepEqual($defs?.['Port']?.properties, { number: { type: 'integer' } });
  assert.deepEqual(Object.keys($defs?.['Metadata']?.properties ?? {}), ['name', 'namespace']);
});

test('the lock has a row for each schema, sorted by file', () => {
  const rows = readLock(files.get('lock.json') ?? '[]');
  assert.deepEqual(
    rows.map(({ file }) => file),
    ['toys.io/toy_v1.json', 'v1/thing_v1.json'],
  );
  assert.deepEqual(rows[0], {
    file: 'toys.io/toy_v1.json',
    sha256: sha256(files.get('toys.io/toy_v1.json') ?? ''),
    project: 'toys/toy',
    version: 'v1.2.3',
    source: 'crds/toy.yaml',
    sourceSha256: sha256(toy.text),
  });
});

test('a file that lacks its kind is an error', () => {
  const empty = { ...toy, text: 'kind: List' };
  assert.throws(() => deriveSchemas([empty], [core]), /Cannot find Toy of toys.io\/v1 in crds\/toy.yaml/);
});
