/** The page's files, the prefix, the limits of one person, and the way out. */
import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CatalogueModel } from '../schemas/types/client-catalogue.d.ts';
import type { Site } from './contract.ts';
import { texts } from './page/texts.ts';
import { ask, failureOf, post, runClient, type TestClient, until } from './testdata/run.ts';

const body = JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }] });
const good = JSON.stringify({ model_name: 'm', outputs: [{ name: 'y', datatype: 'FP32', shape: [1], data: [1] }] });
let upstream: Server;
let models: CatalogueModel[];
let client: TestClient;
/** Called when a request to the model `slow` has come; it is answered when the promise is. */
let slow: (release: () => void) => void = (release) => release();

before(async () => {
  upstream = createServer((request, response) => {
    request.resume().on('end', () => {
      const send = () => response.writeHead(200, { 'content-type': 'application/json' }).end(good);
      if (request.url?.endsWith('/slow/infer') === true) slow(send);
      else send();
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  models = [
    { name: 'm', url, protocol: 'v2' },
    { name: 'slow', url, protocol: 'v2' },
  ];
  client = await runClient(models);
});
after(async () => {
  await client.stop();
  upstream.closeAllConnections();
  upstream.close();
});

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Without what `fetch` adds and takes away. */
function raw(to: TestClient, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port: to.port, path, headers, method }, (response) => {
      response.toArray().then(
        (pieces) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(pieces as Buffer[]),
          }),
        reject,
      );
    })
      .on('error', reject)
      .end();
  });
}

async function scriptOf(to: TestClient): Promise<string> {
  const page = await (await ask(to, '')).text();
  return /<script type="module" src="([^"]+)">/.exec(page)?.[1] ?? '';
}

test('scripts and styles may be kept for ever and come as small as the browser takes them', async () => {
  const path = await scriptOf(client);
  assert.match(path, /^\/assets\/main-[A-Z0-9]{8}\.js$/);
  const plain = await raw(client, path);
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.equal(plain.headers['vary'], 'accept-encoding');
  assert.equal(plain.headers['content-encoding'], undefined);
  const page = await raw(client, '/');
  assert.equal(page.headers['cache-control'], 'no-cache');
  for (const [accepted, encoding] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['BR', 'br'],
    ['br;q=0, gzip;q=0.000', undefined],
    ['identity', undefined],
    ['brr', undefined],
  ] as const) {
    const { headers, body: bytes } = await raw(client, '/', { 'accept-encoding': accepted });
    assert.equal(headers['content-encoding'], encoding, accepted);
    const text = encoding === 'br' ? brotliDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes;
    assert.ok(text.equals(page.body), accepted);
    assert.equal(Number(headers['content-length']), bytes.length);
  }
});

test("the document has the page's words before its script runs", async () => {
  const page = await (await ask(client, '')).text();
  assert.ok(page.includes(`<title>${texts.title}</title>`) && page.includes(`<noscript>${texts.noScript}</noscript>`));
  assert.ok(!page.includes('{{'), page);
});

test('what the browser has already is not sent again, and HEAD has no body', async () => {
  const { headers } = await raw(client, '/');
  const again = await raw(client, '/', { 'if-none-match': String(headers['etag']) });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  const head = await raw(client, await scriptOf(client), {}, 'HEAD');
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.ok(Number(head.headers['content-length']) > 0);
});

test('the page is at known addresses alone', async () => {
  const statuses = async (...paths: string[]) =>
    Promise.all(paths.map(async (path) => (await raw(client, path)).status));
  assert.deepEqual(
    await statuses('/', '/models/m', '/models/none', '/models', '/models/m/x', '/nothing'),
    [200, 200, 404, 404, 404, 404],
  );
  assert.deepEqual(
    await statuses('/assets/none.js', '/assets/../../package.json', '/index.html', '//'),
    [404, 404, 404, 404],
  );
  assert.match((await raw(client, '/nothing')).body.toString(), /There is no such page here/);
  assert.equal((await failureOf(await ask(client, 'auth/login'))).code, 'NOT_FOUND');
});

test('every answer forbids what the page does not need', async () => {
  for (const path of ['/', '/api/site', '/nothing', '/api/nothing', await scriptOf(client)]) {
    const { headers } = await raw(client, path);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /^default-src 'self'; /, path);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'same-origin');
  }
});

test('everything is below a prefix, and nothing beside it', async () => {
  const below = await runClient(models, '--prefix', '/ui/models/');
  try {
    assert.match(below.url, /\/ui\/models\/$/);
    const site = (await (await ask(below, 'api/site')).json()) as Site;
    assert.equal(site.prefix, '/ui/models');
    const page = (await raw(below, '/ui/models')).body.toString();
    assert.match(page, /<meta name="prefix" content="\/ui\/models">/);
    assert.doesNotMatch(page, /\{\{prefix\}\}/);
    const script = await scriptOf(below);
    assert.ok(script.startsWith('/ui/models/assets/'));
    assert.equal((await raw(below, script)).status, 200);
    assert.equal((await post(below, 'api/models/m/infer', body)).status, 200);
    assert.match((await raw(below, '/ui/models/nothing')).body.toString(), /<a href="\/ui\/models\/">/);
    for (const path of ['/', '/api/site', '/ui', '/ui/modelsx/api/site', '/assets/'])
      assert.deepEqual([path, (await raw(below, path)).status], [path, 404]);
    assert.equal((await raw(below, '/')).body.toString(), 'The models are at /ui/models/\n');
  } finally {
    await below.stop();
  }
});

test('one person is held back after a burst, others are not', async () => {
  const limited = await runClient(models, '--rate-per-minute', '1', '--rate-burst', '2', '--trusted-proxies', '1');
  try {
    const from = (address: string) =>
      post(limited, 'api/models/m/infer', body, { headers: { 'x-forwarded-for': address } });
    assert.deepEqual([(await from('1.1.1.1')).status, (await from('1.1.1.1')).status], [200, 200]);
    const refused = await from('1.1.1.1');
    assert.ok(Number(refused.headers.get('retry-after')) > 50);
    const failure = await failureOf(refused);
    assert.deepEqual([failure.status, failure.code], [429, 'RATE_LIMITED']);
    assert.ok((failure.retryAfterSeconds ?? 0) > 50);
    assert.match(failure.message, /^Too many requests: 1 a minute are allowed\. Try again in \d+ s\.$/);
    // What somebody writes before the proxy's own entry makes nobody else of them.
    assert.equal((await from('2.2.2.2, 1.1.1.1')).status, 429);
    assert.equal((await from('2.2.2.2')).status, 200);
    assert.equal((await ask(limited, 'api/catalogue')).status, 200);
  } finally {
    await limited.stop();
  }
});

test('without trusted proxies nobody takes another name', async () => {
  const limited = await runClient(models, '--rate-per-minute', '1', '--rate-burst', '1');
  try {
    const from = (address: string) =>
      post(limited, 'api/models/m/infer', body, { headers: { 'x-forwarded-for': address } });
    assert.deepEqual([(await from('1.1.1.1')).status, (await from('2.2.2.2')).status], [200, 429]);
  } finally {
    await limited.stop();
  }
});

test('on its way out it says "not ready", still answers, finishes what is in flight and closes', async () => {
  const going = await runClient(models, '--drain-seconds', '1');
  const ready = async () => (await fetch(`http://127.0.0.1:${going.operationsPort}/healthz/ready`)).status;
  assert.equal(await ready(), 200);
  let release = () => {};
  const arrived = new Promise<void>((resolve) => {
    slow = (send) => {
      release = send;
      resolve();
    };
  });
  const inFlight = post(going, 'api/models/slow/infer', body);
  await arrived;
  let stopped = false;
  const end = going.stop().then(() => {
    stopped = true;
  });
  assert.equal(await ready(), 503);
  const during = await post(going, 'api/models/m/infer', body);
  assert.deepEqual([during.status, during.headers.get('connection')], [200, 'close']);
  await until(
    () =>
      ask(going, 'api/site').then(
        () => 'open',
        () => 'closed',
      ),
    (state) => state === 'closed',
  );
  assert.equal(stopped, false, 'a request is still in flight');
  release();
  assert.equal((await inFlight).status, 200);
  await end;
});

test('a port that is taken is told by its address', async () => {
  await assert.rejects(
    runClient(models, '--port', String(client.port)),
    new RegExp(`^Error: Cannot listen on 127\\.0\\.0\\.1:${client.port}: .*EADDRINUSE`),
  );
});
