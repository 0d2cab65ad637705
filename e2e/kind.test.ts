/** What a run does otherwise with the public charts: where the Gateway is, and who gives Services their address. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { atGateway } from './gateway.ts';
import { imagesOf } from './images/list.ts';
import type { Kube, Thing } from './kube.ts';
import { forwardTo } from './services/forward.ts';
import { giveAddresses } from './services/load-balancer.ts';
import { settings } from './settings.ts';

/** A cluster of these objects, and the patches that it was sent. */
function cluster(objects: readonly Thing[]): { kube: Kube; patches: unknown[] } {
  const patches: unknown[] = [];
  const kube: Partial<Kube> = {
    get: async ({ kind }) => objects.find((one) => one.kind === kind),
    waitFor: async ({ kind }, _, check) => {
      const object = objects.find((one) => one.kind === kind) ?? {};
      assert.equal(check(object), undefined);
      return object;
    },
    list: async (_, kind) => objects.filter((one) => one.kind === kind),
    mergePatch: async ({ name, namespace }, patch, subresource) => {
      patches.push([`${namespace}/${name}`, subresource, patch]);
    },
  };
  return { kube: kube as Kube, patches };
}

function service(name: string, type: string, ip?: string): Thing {
  const status = ip === undefined ? {} : { status: { loadBalancer: { ingress: [{ ip }] } } };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'traefik' }, spec: { type }, ...status };
}

test('with the public charts the Gateway is where its status says, at the ports that people use', async () => {
  const where = settings({}, true);
  assert.deepEqual(where.gateway, { host: '', http: 80, https: 443 });
  const gateway = (addresses: { value: string }[]): Thing => ({ kind: 'Gateway', status: { addresses } });
  const found = await atGateway(cluster([gateway([{ value: '172.18.0.2' }])]).kube, where);
  assert.deepEqual(found.gateway, { host: '172.18.0.2', http: 80, https: 443 });
  assert.equal(await atGateway(cluster([]).kube, where), where);
  await assert.rejects(atGateway(cluster([gateway([])]).kube, where), /no address; set E2E_GATEWAY/);
});

test('where the environment says it, nobody is asked', async () => {
  const where = settings({ E2E_GATEWAY: '10.0.0.9', E2E_HTTPS_PORT: '30443' }, true);
  assert.deepEqual((await atGateway(cluster([]).kube, where)).gateway, { host: '10.0.0.9', http: 80, https: 30443 });
  assert.deepEqual(settings({}, false).gateway, { host: '10.243.0.1', http: 8000, https: 8443 });
  assert.equal(settings({}, false).notebookImage, undefined);
  assert.throws(() => settings({ E2E_LOAD_BALANCER: 'metallb' }, true), /"metallb"; it can be node/);
});

test("Services that wait for a load balancer get the node's address, and nothing else is touched", async () => {
  const addresses = [
    { type: 'Hostname', address: 'node' },
    { type: 'InternalIP', address: '172.18.0.2' },
  ];
  const services = [
    service('traefik', 'LoadBalancer'),
    service('metrics', 'ClusterIP'),
    service('other', 'LoadBalancer', '9.9.9.9'),
  ];
  const { kube, patches } = cluster([{ kind: 'Node', status: { addresses } }, ...services]);
  await giveAddresses(kube);
  const status = { loadBalancer: { ingress: [{ ip: '172.18.0.2' }] } };
  assert.deepEqual(patches, [['traefik/traefik', 'status', { status }]]);
});

test('a forward keeps path, method and body, and asks under the name of the host', async () => {
  const server = createServer(async (request, response) => {
    const body = await request.toArray();
    response.statusCode = 201;
    response.end([request.method, request.url, request.headers.host, Buffer.concat(body)].join(' '));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const where = settings({ E2E_GATEWAY: '127.0.0.1', E2E_HTTP_PORT: String(port) }, true);
  const forward = await forwardTo(where, 'mlflow.example.org');
  try {
    const answer = await fetch(`${forward.url}/api/2.0?x=1`, { method: 'POST', body: 'hello' });
    assert.equal(answer.status, 201);
    assert.equal(await answer.text(), 'POST /api/2.0?x=1 mlflow.example.org hello');
    server.close();
    server.closeAllConnections();
    const lost = await fetch(forward.url);
    assert.equal(lost.status, 502);
    assert.match(await lost.text(), /mlflow\.example\.org: .*ECONNREFUSED/);
  } finally {
    forward.close();
    server.close();
  }
});

test('of the images those are built that no registry has', () => {
  assert.deepEqual(imagesOf(['platform', 'upgrade'], false), ['python', 'predictor', 'client']);
  const added = (step: string) => imagesOf([step], true).length - imagesOf(['platform'], true).length;
  assert.deepEqual([added('canary'), added('autoscaling'), added('upgrade')], [0, 1, 4]);
});
