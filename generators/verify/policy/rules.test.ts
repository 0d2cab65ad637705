/** Each rule of the policy: an object that breaks it, and the same object mended. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { defaultLevels, resolvePolicy } from '../../resolve/policy.ts';
import { checkPolicy } from './policy.ts';
import { objectRules } from './rules.ts';

const good = {
  name: 'server',
  image: 'example.org/server:1',
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
  securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
};

function pod(container: object, more: object = {}): KubeObject {
  return object('Deployment', { template: { spec: { containers: [{ ...good, ...container }], ...more } } });
}

function object(kind: string, spec: object, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name: 'a', namespace: 'b', ...metadata }, spec } as KubeObject;
}

const security = (more: object) => ({ securityContext: { ...good.securityContext, ...more } });
const cases: readonly [code: string, what: string, broken: KubeObject, kept: KubeObject][] = [
  ['POLICY_RESOURCES', 'no requests', pod({ resources: { limits: { memory: '1Gi' } } }), pod({})],
  [
    'POLICY_RESOURCES',
    'a model that states half of them',
    object('InferenceService', {
      predictor: { model: { resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } } } },
    }),
    object('InferenceService', { predictor: { model: {} } }),
  ],
  ['POLICY_MEMORY_LIMIT', 'no limit', pod({ resources: { requests: { cpu: '1', memory: '1Gi' } } }), pod({})],
  ['POLICY_IMAGE_LATEST', 'the tag latest', pod({ image: 'a/b:latest' }), pod({ image: 'a/b:latest@sha256:1' })],
  ['POLICY_IMAGE_LATEST', 'no tag', pod({ image: 'host:5000/b' }), pod({ image: 'host:5000/b:2' })],
  [
    'POLICY_NON_ROOT',
    'no word about the user',
    pod({ securityContext: security({ runAsNonRoot: undefined }).securityContext }),
    pod({}),
  ],
  [
    'POLICY_NON_ROOT',
    'a container that undoes what its pod says',
    pod(security({ runAsNonRoot: false }), { securityContext: { runAsNonRoot: true } }),
    pod(security({ runAsNonRoot: undefined }), { securityContext: { runAsNonRoot: true } }),
  ],
  [
    'POLICY_PRIVILEGE_ESCALATION',
    'no word about rights',
    pod(security({ allowPrivilegeEscalation: undefined })),
    pod({}),
  ],
  ['POLICY_PRIVILEGE_ESCALATION', 'a privileged container', pod(security({ privileged: true })), pod({})],
  ['POLICY_READ_ONLY_ROOT', 'a root that can be written', pod(security({ readOnlyRootFilesystem: false })), pod({})],
  [
    'POLICY_SECRET_IN_ENV',
    'a key in an init container',
    pod({}, { initContainers: [{ ...good, env: [{ name: 'AWS_SECRET_ACCESS_KEY', value: 'x' }] }] }),
    pod(
      {},
      {
        initContainers: [
          {
            ...good,
            env: [
              { name: 'AWS_SECRET_ACCESS_KEY', valueFrom: {} },
              { name: 'MAX_TOKENS', value: '5' },
            ],
          },
        ],
      },
    ),
  ],
  [
    'POLICY_SEALING_SCOPE',
    'the scope cluster-wide',
    object('SealedSecret', {}, { annotations: { 'sealedsecrets.bitnami.com/cluster-wide': 'true' } }),
    object('SealedSecret', {}, { annotations: { 'sealedsecrets.bitnami.com/namespace-wide': 'true' } }),
  ],
  [
    'POLICY_WILDCARD_ROUTE',
    'a host with *',
    object('HTTPRoute', { hostnames: ['*.a.b'] }),
    object('HTTPRoute', { hostnames: ['a.b'] }),
  ],
  ['POLICY_WILDCARD_ROUTE', 'no host', object('GRPCRoute', {}), object('GRPCRoute', { hostnames: ['a.b'] })],
];

function codes(one: KubeObject): string[] {
  const objects = [{ file: 'a.yaml', object: one }];
  const input = { file: 'cluster.yaml', policy: resolvePolicy({}), objects, models: [], now: new Date(0) };
  return checkPolicy(input).map(({ code }) => code);
}

for (const [code, what, broken, kept] of cases) {
  test(`${code}: ${what}`, () => {
    assert.deepEqual(codes(broken), [code]);
    assert.deepEqual(codes(kept), []);
  });
}

test('a rule that is off is not asked', () => {
  const off = Object.fromEntries(Object.keys(defaultLevels).map((rule) => [rule, 'off' as const]));
  const objects = cases.map(([, , broken], index) => ({ file: `${index}.yaml`, object: broken }));
  const policy = resolvePolicy({ policy: off });
  assert.deepEqual(checkPolicy({ file: 'cluster.yaml', policy, objects, models: [], now: new Date(0) }), []);
});

test('every level has a rule behind it, and the schema tells its default', () => {
  const ruled = new Set<string>([...objectRules.map(({ rule }) => rule), 'replicas', 'artifactDigest']);
  assert.deepEqual(
    Object.keys(defaultLevels).filter((rule) => !ruled.has(rule)),
    [],
  );
  const schema = JSON.parse(readFileSync(new URL('../../../schemas/cluster.schema.json', import.meta.url), 'utf8'));
  for (const [rule, level] of Object.entries(defaultLevels)) {
    const { description } = schema.properties.policy.properties[rule] as { description: string };
    assert.match(description, new RegExp(`Default \`${level}\``), rule);
  }
});
