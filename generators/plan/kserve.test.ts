/** Each correction of the source document's values, one test each; the title says why. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Cluster } from '../../schemas/types/cluster.d.ts';
import type { KubeObject } from '../kube/object.ts';
import { leastCluster, planOf, platformOf } from '../testdata/platform.ts';
import { kserveApps, kserveValues } from './kserve.ts';

const upstream = process.env['KSERVE_GITOPS_UPSTREAM'] ?? '';
const chartValues = join(upstream, 'kserve-v0.16.0/chart-values/values.yaml');

function values(cluster: Partial<Cluster> = {}): Record<string, unknown> {
  return kserveValues(platformOf(cluster).site);
}

/** The value at a dotted path. */
function at(path: string, cluster: Partial<Cluster> = {}): unknown {
  return path.split('.').reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], {
    ...values(cluster),
  });
}

const s3 = 'kserve.storage.s3';
const gateway = 'kserve.controller.gateway';
const minio = { storage: { ...leastCluster.storage, endpoint: 'http://minio.example.org:9000' } };

function objects(kind: string, cluster: Partial<Cluster> = {}): KubeObject[] {
  const { apps, argocd } = planOf(cluster);
  const inFolders = apps.flatMap(({ source }) => (source.kind === 'folder' ? source.objects : []));
  return [...inFolders, ...[...argocd.values()].flat()].filter((object) => object.kind === kind);
}

/** One object of a kind, to be read without its type. */
function one(kind: string, cluster: Partial<Cluster> = {}): Record<string, never> & KubeObject {
  const [object, ...rest] = objects(kind, cluster);
  assert.ok(object);
  assert.deepEqual(rest, []);
  return object as never;
}

test('1: storageSpecSecretName is not the credentials: that Secret must hold JSON for each key', () => {
  assert.equal(at('kserve.storage.storageSpecSecretName'), 'storage-config');
});

test('2: useVirtualBucket is compared with "true"; "1" is ignored', () => {
  assert.equal(at(`${s3}.useVirtualBucket`), 'true');
  assert.equal(at(`${s3}.useVirtualBucket`, minio), 'false');
});

test('3: useAnonymousCredential says "false"; "0" only works since it is not "true"', () => {
  assert.equal(at(`${s3}.useAnonymousCredential`), 'false');
});

test('4: no endpoint for AWS, where it would force path-style addresses; without scheme for other servers', () => {
  assert.equal(at(`${s3}.endpoint`), undefined);
  assert.equal(at(`${s3}.region`), 'eu-west-1');
  assert.equal(at(`${s3}.endpoint`, minio), 'minio.example.org:9000');
  assert.equal(at(`${s3}.useHttps`, minio), '0');
  assert.equal(at(`${s3}.useHttps`), '1');
});

test('6, 7, 8: models run in the namespace of their team, with a declared ServiceAccount', () => {
  const service = one('InferenceService');
  const account = one('ServiceAccount');
  assert.equal(service.metadata.namespace, 'flowers');
  assert.equal(account.metadata.namespace, 'flowers');
  assert.deepEqual((account as unknown as { secrets: unknown }).secrets, [{ name: 'mlops-aws-credentials' }]);
});

test('9: cert-manager and the Gateway API come before KServe', () => {
  const wave = (name: string) => planOf().apps.find((app) => app.name === name)?.wave ?? Number.NaN;
  assert.ok(wave('gateway-api') < wave('kserve'));
  assert.ok(wave('cert-manager') < wave('kserve'));
  assert.ok(wave('kserve-crd') < wave('kserve'));
});

test('11: a storageUri ends with "/", or KServe also fetches its neighbours', () => {
  const service = one('InferenceService') as unknown as { spec: { predictor: { model: { storageUri: string } } } };
  assert.match(service.spec.predictor.model.storageUri, /\/$/);
});

test('12: the deployment mode is written out, since the webhook validates by it', () => {
  assert.equal(at('kserve.controller.deploymentMode'), 'Standard');
  assert.equal(one('InferenceService').metadata.annotations?.['serving.kserve.io/deploymentMode'], 'Standard');
});

test('13: the runtime has requests, a memory limit and HTTP probes', () => {
  const { spec } = one('ClusterServingRuntime') as unknown as {
    spec: { containers: { resources: unknown; readinessProbe: unknown }[] };
  };
  const [container] = spec.containers;
  assert.deepEqual(container?.resources, { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '512Mi' } });
  assert.deepEqual(container?.readinessProbe, { httpGet: { path: '/v2/health/ready', port: 8080 } });
});

test('14: no className under ingressGateway, where it has no effect with the Gateway API', () => {
  assert.equal(at(`${gateway}.ingressGateway.className`), undefined);
  assert.equal(at(`${gateway}.ingressGateway.enableGatewayApi`), true);
});

test('15: kserveGateway names the Gateway that is made, and that one admits routes of the teams', () => {
  const cluster = { gateway: { namespace: 'edge', name: 'public' } };
  assert.equal(at(`${gateway}.ingressGateway.kserveGateway`, cluster), 'edge/public');
  const made = one('Gateway', cluster) as unknown as {
    spec: { listeners: { allowedRoutes: { namespaces: { from: string; selector: { matchLabels: object } } } }[] };
  };
  assert.deepEqual(
    [one('Gateway', cluster).metadata.namespace, one('Gateway', cluster).metadata.name],
    ['edge', 'public'],
  );
  const labels = objects('Namespace', cluster).find(({ metadata }) => metadata.name === 'flowers')?.metadata.labels;
  for (const { allowedRoutes } of made.spec.listeners) {
    assert.equal(allowedRoutes.namespaces.from, 'Selector');
    for (const [key, value] of Object.entries(allowedRoutes.namespaces.selector.matchLabels)) {
      assert.equal(labels?.[key], value);
    }
  }
});

test('15: the HTTPS listener is there exactly when there is a certificate', () => {
  const listeners = (cluster: Partial<Cluster>) =>
    (one('Gateway', cluster) as unknown as { spec: { listeners: { name: string }[] } }).spec.listeners;
  assert.deepEqual(
    listeners({}).map(({ name }) => name),
    ['web'],
  );
  assert.deepEqual(
    listeners({ gateway: { tls: { issuer: 'self-signed' } } }).map(({ name }) => name),
    ['web', 'websecure'],
  );
});

test('16: urlScheme follows the listener, so that the address in the status answers', () => {
  assert.equal(at(`${gateway}.urlScheme`), 'http');
  assert.equal(at(`${gateway}.urlScheme`, { gateway: { tls: { issuer: 'self-signed' } } }), 'https');
});

test('18: serving only lists and reads; writing is a policy of its own', () => {
  const policy = (name: string) => JSON.stringify(planOf().documents.find(({ path }) => path.endsWith(name))?.value);
  assert.deepEqual(policy('reader-policy.json').match(/s3:\w+/g), ['s3:ListBucket', 's3:GetObject']);
  assert.match(policy('writer-policy.json'), /s3:PutObject/);
});

test('20: no Istio: its virtual host is disabled', () => {
  assert.equal(at(`${gateway}.disableIstioVirtualHost`), true);
});

test('the CRDs stay when their Application goes, and nothing of them is pruned', () => {
  const [crd] = kserveApps(platformOf().site);
  assert.equal(crd?.name, 'kserve-crd');
  assert.equal(crd?.removal, 'keep');
});

/** Throws for a path of the values that the chart's own values lack. */
function assertKnown(value: unknown, chart: unknown, path: string): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, below] of Object.entries(value)) {
    assert.ok(chart !== null && typeof chart === 'object' && key in chart, `the chart has no ${path}.${key}`);
    assertKnown(below, (chart as Record<string, unknown>)[key], `${path}.${key}`);
  }
}

const skip = existsSync(chartValues) ? false : 'KSERVE_GITOPS_UPSTREAM does not name a folder with the chart values';

test('every path of the values exists in the chart', { skip }, () => {
  assertKnown(values(minio), parse(readFileSync(chartValues, 'utf8')), 'values');
});

/** KServe's Go module holds its charts; of v0.18.0 there is none. */
for (const version of ['v0.17.0', 'v0.19.0', 'v0.20.0'] as const) {
  test(`every path of the values exists in the charts of ${version}`, (context) => {
    const fetched = spawnSync('go', ['mod', 'download', '-json', `github.com/kserve/kserve@${version}`], {
      timeout: 120_000,
    });
    if (fetched.status !== 0) return context.skip('go is not here, or cannot fetch the module');
    const { Dir } = JSON.parse(fetched.stdout.toString()) as { Dir: string };
    for (const { name, source } of kserveApps(platformOf({ kserve: { version } }).site)) {
      assert.ok(source.kind === 'chart');
      const folder = join(Dir, 'charts', source.chart);
      const known = (file: string) => parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown> | null;
      assert.equal(known('Chart.yaml')?.['version'], source.version, name);
      assertKnown(source.values, known('values.yaml'), name);
    }
  });
}
