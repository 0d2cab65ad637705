import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import { defaults } from './defaults.ts';
import { resolveSite } from './site.ts';

const least: Cluster = {
  repository: { url: 'https://git.example.org/models.git' },
  domain: 'example.org',
  gateway: {},
  storage: { bucket: 'models', region: 'eu-west-1' },
  credentials: { kind: 'static' },
  teams: [{ name: 'flowers' }],
  kserve: { version: 'v0.16.0' },
};

function resolve(changes: Partial<Cluster> = {}) {
  const { site, problems } = resolveSite('alpha', 'clusters/alpha/cluster.yaml', { ...least, ...changes });
  assert.deepEqual(problems, []);
  return site;
}

test('the least cluster gets every default', () => {
  const site = resolve();
  assert.equal(site.repository.revision, defaults.revision);
  assert.deepEqual(site.argocd, { namespace: 'argocd', configure: true });
  assert.deepEqual(site.gateway, {
    namespace: 'traefik',
    name: 'traefik-gateway',
    className: 'traefik',
    urlScheme: 'http',
    copies: 'TraefikService',
  });
  assert.deepEqual(site.storage, { bucket: 'models', region: 'eu-west-1', mlflowPath: 'mlflow' });
  assert.deepEqual(site.credentials, {
    kind: 'static',
    serviceAccount: 'sa-s3-access',
    secret: 'mlops-aws-credentials',
  });
  assert.equal(site.client, undefined);
  assert.deepEqual(Object.keys(site.parts), ['gatewayApi', 'certManager', 'sealedSecrets', 'traefik']);
  assert.deepEqual(site.teams, [{ name: 'flowers', namespace: 'flowers' }]);
});

test('requests are copied as the Gateway can, and by no Traefik whose chart holds CRDs of the Gateway API', () => {
  const copies = (traefik: object, gateway = {}) => resolve({ platform: { traefik }, gateway }).gateway.copies;
  assert.equal(copies({ version: '41.0.0' }), 'TraefikService');
  assert.equal(copies({ version: 'v100.2.3' }), 'TraefikService');
  assert.equal(copies({ version: '40.9.9' }), 'nothing');
  assert.equal(copies({ version: '40.9.9', enabled: false }), 'TraefikService');
  assert.equal(copies({}, { className: 'edge' }), 'TraefikService');
  assert.equal(copies({ enabled: false }, { className: 'envoy' }), 'RequestMirror');
});

test('https follows from tls, unless another scheme is written', () => {
  assert.equal(resolve({ gateway: { tls: { issuer: 'self-signed' } } }).gateway.urlScheme, 'https');
  assert.equal(resolve({ gateway: { tls: { issuer: 'self-signed' }, urlScheme: 'http' } }).gateway.urlScheme, 'http');
});

test('an endpoint is cut into what KServe wants: a host without scheme', () => {
  const endpoint = (url: string) => resolve({ storage: { ...least.storage, endpoint: url } }).storage.endpoint;
  const http = { url: 'http://minio:9000', host: 'minio:9000', https: false };
  assert.deepEqual(endpoint('http://minio:9000'), http);
  assert.deepEqual(endpoint('https://s3.example.org'), {
    url: 'https://s3.example.org',
    host: 's3.example.org',
    https: true,
  });
});

test('roles are named for the cluster, so that two clusters of one account do not share them', () => {
  const { credentials } = resolve({ credentials: { kind: 'irsa', accountId: '111122223333', oidcProvider: 'oidc/x' } });
  assert.ok(credentials.kind === 'irsa');
  assert.equal(credentials.readerRoleArn, 'arn:aws:iam::111122223333:role/kserve-gitops-alpha-model-reader');
  assert.equal(credentials.writerRoleArn, 'arn:aws:iam::111122223333:role/kserve-gitops-alpha-model-writer');
});

test('a part can be switched off, on, and moved to another version', () => {
  const { parts } = resolve({
    platform: { traefik: { enabled: false }, mlflow: { enabled: true }, certManager: { version: 'v9.9.9' } },
  });
  assert.equal(parts.traefik, undefined);
  assert.notEqual(parts.mlflow, undefined);
  assert.equal(parts.certManager, 'v9.9.9');
});

test('quantities of a quota become canonical', () => {
  const { teams } = resolve({ teams: [{ name: 'flowers', quota: { cpu: '1.5', memory: '2048Mi' } }] });
  assert.deepEqual(teams[0]?.quota, { cpu: '1500m', memory: '2Gi' });
});

test('an address that is no URL is a problem, not a crash', () => {
  for (const endpoint of ['http://a:b', 'http://[', 'https://user:word@host', 'http://host?x=1']) {
    const { problems } = resolveSite('a', 'c.yaml', { ...least, storage: { ...least.storage, endpoint } });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['STORAGE_ENDPOINT'],
      endpoint,
    );
    assert.doesNotMatch(JSON.stringify(problems), /user:word/, 'a password in a message');
  }
});
