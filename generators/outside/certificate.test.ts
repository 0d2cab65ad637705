import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture, fixturePath } from '../testdata/sealing/unseal.ts';
import { certificateSource, fetchCertificate } from './certificate.ts';

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An API server with one Sealed Secrets controller behind its service proxy. */
async function kubeconfig(t: TestContext): Promise<{ path: string; asked: string[] }> {
  const asked: string[] = [];
  const server = await serve(t, (request, response) => {
    asked.push(`${request.headers.authorization ?? ''} ${request.url ?? ''}`);
    const services = '/api/v1/namespaces/sealed-secrets/services/';
    if (request.url === `${services}sealed-secrets-controller`) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ kind: 'Service', spec: { ports: [{ name: 'http', port: 8080 }] } }));
    } else if (request.url === `${services}http%3Asealed-secrets-controller%3Ahttp/proxy/v1/cert.pem`) {
      response.setHeader('content-type', 'application/x-pem-file');
      response.end(fixture('certificate.pem'));
    } else {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"kind":"Status"}');
    }
  });
  const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'config');
  const named = (name: string, key: string, value: object) => ({ [`${key}s`]: [{ name, [key]: value }] });
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    ...named('c', 'cluster', { server, 'insecure-skip-tls-verify': true }),
    ...named('u', 'user', { token: 'bearer-for-tests' }),
    ...named('c', 'context', { cluster: 'c', user: 'u' }),
  };
  await writeFile(path, JSON.stringify(config));
  return { path, asked };
}

const controller = { from: 'controller', namespace: 'sealed-secrets', name: 'sealed-secrets-controller' } as const;

test('from a file', async () => {
  assert.deepEqual(certificateSource('certs/prod.pem'), { from: 'file', path: 'certs/prod.pem' });
  const fetched = await fetchCertificate({ from: 'file', path: fixturePath('certificate.pem') });
  assert.deepEqual(fetched, { pem: fixture('certificate.pem') });
});

test('from a URL', async (t) => {
  const url = await serve(t, (request, response) => response.end(request.url === '/cert.pem' ? 'PEM' : ''));
  assert.deepEqual(certificateSource(`${url}/cert.pem`), { from: 'url', url: `${url}/cert.pem` });
  assert.deepEqual(await fetchCertificate({ from: 'url', url: `${url}/cert.pem` }), { pem: 'PEM' });
});

test('from the controller, through the API server, with the credentials of the kubeconfig', async (t) => {
  const { asked, path } = await kubeconfig(t);
  const fetched = await fetchCertificate({ ...controller, kubeconfig: path });
  assert.deepEqual(fetched, { pem: fixture('certificate.pem') });
  assert.equal(asked.length, 2);
  for (const line of asked) assert.match(line, /^Bearer bearer-for-tests /);
});

test('a controller of another name is said to be missing', async (t) => {
  const { path } = await kubeconfig(t);
  assert.deepEqual(await fetchCertificate({ ...controller, name: 'other', kubeconfig: path }), {
    reason: 'the API server answered 404 for the Service "other" in namespace "sealed-secrets"',
  });
});

test('what cannot be fetched gives a reason, not an exception', async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === '/long') response.end(Buffer.alloc(100_000));
    else response.writeHead(503).end();
  });
  const reasons = await Promise.all(
    [`${url}/503`, `${url}/long`, 'http://127.0.0.1:1/', '/no/such/file'].map(async (given) => {
      const fetched = await fetchCertificate(certificateSource(given));
      return 'reason' in fetched ? fetched.reason : '';
    }),
  );
  const expected = [/answered 503$/, /sent more than 65536 bytes$/, /ECONNREFUSED/, /^ENOENT/];
  for (const [index, pattern] of expected.entries()) assert.match(reasons[index] ?? '', pattern);
  const noConfig = await fetchCertificate({ ...controller, kubeconfig: '/no/such/kubeconfig' });
  assert.ok('reason' in noConfig);
});
