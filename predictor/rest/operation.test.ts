/** What surrounds the answers: times, compression, keys, traces, administration, description. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import type { DataPlane } from '../data-plane.ts';
import { createGuard } from '../operate/auth.ts';
import { createLogControl } from '../operate/log-settings.ts';
import type { AnsweredCall } from '../operate/requests.ts';
import { echoTracer } from '../operate/trace.ts';
import type { RequestContext } from '../protocol/context.ts';
import { ServeError } from '../protocol/error.ts';
import { withParameters } from '../protocol/parameters.ts';
import { type Running, serveTestModels } from '../testdata/models.ts';
import { Exchange, type Peer } from './call.ts';
import { createRestServer, type RestOptions } from './server.ts';

let models: Running;
before(async () => {
  models = await serveTestModels(1_000_000);
});
after(() => models.stop());

async function withServer(
  options: Partial<RestOptions>,
  work: (url: string, port: number) => Promise<void>,
  plane: DataPlane = models.plane,
): Promise<void> {
  const server = createRestServer(plane, { maxBodyBytes: 1_000_000, log: () => {}, ...options });
  const port = await server.listen('127.0.0.1', 0);
  await work(`http://127.0.0.1:${port}`, port).finally(() => server.close());
}

const tensor = (data: number[]) => ({ name: 'in', shape: [data.length], datatype: 'FP32', data });
const infer = (url: string, body: object = { inputs: [tensor([1])] }, headers: Record<string, string> = {}) =>
  fetch(`${url}/v2/models/identity-fp32/infer`, { method: 'POST', body: JSON.stringify(body), headers });

test('an answer tells how long it took where', async () => {
  const text = (await infer(models.url)).headers.get('server-timing') ?? '';
  assert.match(text, /^queue;dur=[\d.]+, input;dur=[\d.]+, infer;dur=[\d.]+, output;dur=[\d.]+$/);
});

test('large answers are compressed as asked, small ones never', async () => {
  const large = { inputs: [tensor(new Array(2000).fill(0.5))] };
  const plain = await (await infer(models.url, large, { 'accept-encoding': 'identity' })).text();
  for (const coding of ['gzip', 'deflate']) {
    const response = await infer(models.url, large, { 'accept-encoding': `${coding}, br;q=0.1` });
    assert.equal(response.headers.get('content-encoding'), coding);
    assert.ok(Number(response.headers.get('content-length')) < plain.length / 4);
    assert.equal(await response.text(), plain);
    assert.equal(
      (await infer(models.url, undefined, { 'accept-encoding': coding })).headers.get('content-encoding'),
      null,
    );
  }
  const binary = { ...large, parameters: { binary_data_output: true } };
  const response = await infer(models.url, binary, { 'accept-encoding': 'gzip' });
  const length = Number(response.headers.get('inference-header-content-length'));
  assert.equal((await response.arrayBuffer()).byteLength, length + 8000);
});

test('with keys only probes are open', async () => {
  await withServer({ guard: createGuard(() => ['secret']) }, async (url) => {
    const refused = await infer(url);
    assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer']);
    assert.equal((await infer(url, undefined, { authorization: 'Bearer secret' })).status, 200);
    assert.equal((await infer(url, undefined, { 'x-api-key': 'secret' })).status, 200);
    for (const path of ['/', '/v2/health/live', '/v2/health/ready', '/ping', '/health'])
      assert.notEqual((await fetch(url + path)).status, 401);
    for (const path of ['/v2', '/v2/models', '/v2/models/pets', '/docs', '/openapi.json'])
      assert.equal((await fetch(url + path)).status, 401);
  });
});

test('calls are observed under their routes, and traces handed back', async () => {
  const calls: AnsweredCall[] = [];
  await withServer({ trace: echoTracer, observe: (call) => calls.push(call) }, async (url) => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const response = await infer(url, undefined, { traceparent, 'x-request-id': 'one' });
    assert.equal(response.headers.get('traceparent'), traceparent);
    await fetch(`${url}/nowhere/secret`);
  });
  assert.deepEqual(
    calls.map(({ milliseconds: _, requestId, ...call }) => [requestId === 'one', call]),
    [
      [
        true,
        {
          protocol: 'http',
          operation: 'POST /v2/models/{model}/infer',
          status: 200,
          model: 'identity-fp32',
          traceId: '0af7651916cd43dd8448eb211c80319c',
        },
      ],
      [false, { protocol: 'http', operation: 'unknown', status: 404 }],
    ],
  );
});

test('administration: log settings, unload and load', async () => {
  const logControl = createLogControl();
  const post = (url: string, path: string, body?: object) =>
    fetch(url + path, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  await withServer({ logControl }, async (url) => {
    assert.equal((await fetch(`${url}/v2/logging`)).status, 200);
    assert.equal((await post(url, '/v2/logging', { log_info: false })).status, 403);
    assert.equal(logControl.wants('info'), true);
  });
  await withServer({ logControl, modelControl: true }, async (url) => {
    assert.equal(
      ((await (await post(url, '/v2/logging', { log_info: false })).json()) as { log_info: boolean }).log_info,
      false,
    );
    assert.equal(logControl.wants('info'), false);
    assert.equal((await post(url, '/v2/logging', { log_info: 'no' })).status, 400);
    assert.equal((await post(url, '/v2/repository/models/nobody/load')).status, 404);
    const refused = await post(url, '/v2/repository/models/sevens/load', { parameters: { config: '{}' } });
    assert.equal(refused.status, 400);
    assert.equal((await post(url, '/v2/repository/models/sevens/unload')).status, 200);
    assert.equal((await fetch(`${url}/v2/models/sevens/ready`)).status, 503);
  });
});

interface Statistics {
  readonly name: string;
  readonly inference_count: number;
  readonly execution_count: number;
  readonly last_inference: number;
  readonly inference_stats: Readonly<Record<string, { readonly count: number; readonly ns: number }>>;
  readonly batch_stats: readonly { readonly batch_size: number }[];
}

test('statistics, configuration and index in the words of Triton', async () => {
  await infer(models.url);
  const read = async (path: string, init?: RequestInit) => (await fetch(models.url + path, init)).json();
  const { model_stats } = (await read('/v2/models/identity-fp32/versions/1/stats')) as { model_stats: Statistics[] };
  const [one] = model_stats;
  assert.equal(one?.name, 'identity-fp32');
  assert.ok(one.inference_count >= 1 && one.execution_count >= 1 && one.last_inference > 0);
  assert.ok((one.inference_stats['success']?.count ?? 0) >= 1 && (one.inference_stats['compute_infer']?.ns ?? 0) > 0);
  assert.deepEqual(one.inference_stats['cache_hit'], { count: 0, ns: 0 });
  assert.ok((one.batch_stats[0]?.batch_size ?? 0) >= 1);
  const config = (await read('/v2/models/identity-fp32/config')) as Record<string, unknown>;
  assert.deepEqual(config['input'], [{ name: 'in', data_type: 'TYPE_FP32', dims: [-1] }]);
  const index = (await read('/v2/repository/index', { method: 'POST' })) as { state: string }[];
  assert.ok(index.some(({ state }) => state === 'UNAVAILABLE'));
  const ready = (await read('/v2/repository/index', { method: 'POST', body: '{"ready":true}' })) as { state: string }[];
  assert.ok(ready.length > 0 && ready.every(({ state }) => state === 'READY'));
});

test('refusals of the data plane have their status', async () => {
  const answers = [
    ['QUEUE_FULL', 503],
    ['DEADLINE_EXCEEDED', 504],
    ['UNIMPLEMENTED', 501],
    ['FORBIDDEN', 403],
    ['MODEL_NOT_READY', 503],
  ] as const;
  for (const [code, status] of answers) {
    const plane = { ...models.plane, infer: () => Promise.reject(new ServeError(code, 'no')) };
    await withServer(
      {},
      async (url) => {
        const response = await infer(url);
        assert.equal(response.status, status);
        assert.equal(response.headers.get('retry-after'), status === 503 ? '2' : null);
        assert.deepEqual(await response.json(), { error: 'no' });
      },
      plane,
    );
  }
});

test('timeout and priority reach the data plane, and the server bounds the time', async () => {
  const contexts: RequestContext[] = [];
  const plane: DataPlane = {
    ...models.plane,
    infer: (request, context) => {
      contexts.push(context);
      return models.plane.infer(request, context);
    },
  };
  await withServer(
    {},
    async (url) => {
      const now = performance.now();
      const body = (parameters: object) => ({ parameters, inputs: [tensor([1])] });
      await infer(url, body({ timeout: 60_000_000, priority: 2 }), { 'x-request-id': 'timed' });
      await infer(url, body({ timeout: 9e15 }));
      const [first, second] = contexts;
      assert.deepEqual([first?.priority, first?.requestId], [2, 'timed']);
      assert.ok((first?.deadline ?? 0) >= now + 60_000 && (first?.deadline ?? 0) < now + 100_000);
      assert.ok((second?.deadline ?? 0) < now + 200_000);
    },
    plane,
  );
});

test('a client that goes away aborts what waits', async () => {
  const socket: { current?: Socket } = {};
  let aborted = false;
  const plane: DataPlane = {
    ...models.plane,
    infer: async (_, { signal }) => {
      assert.ok(signal !== undefined);
      const gone = once(signal, 'abort');
      socket.current?.destroy();
      await gone;
      aborted = true;
      throw new ServeError('CANCELLED', 'the caller went away');
    },
  };
  let told: (call: AnsweredCall) => void = () => {};
  const observed = new Promise<AnsweredCall>((resolve) => {
    told = resolve;
  });
  const observe = (call: AnsweredCall) => told(call);
  const work = async (_: string, port: number) => {
    const body = JSON.stringify({ inputs: [tensor([1])] });
    const head = 'POST /v2/models/identity-fp32/infer HTTP/1.1\r\nhost: x\r\n';
    socket.current = connect(port, '127.0.0.1');
    socket.current.write(`${head}content-length: ${body.length}\r\n\r\n${body}`);
    assert.equal((await observed).operation, 'POST /v2/models/{model}/infer');
  };
  await withServer({ observe }, work, plane);
  assert.ok(aborted);
});

test('a connection that is gone already gives an aborted signal', () => {
  const peer: Peer = { gone: true, onGone: (listener) => listener() };
  const context = new Exchange('x', 1000, peer).context({});
  assert.equal(context.signal?.aborted, true);
  assert.equal(withParameters(context, { timeout: 5 }, 0).signal?.aborted, true);
});

test('the description names every model, and its page lets nothing foreign in', async () => {
  const all = (await (await fetch(`${models.url}/openapi.json`)).json()) as {
    paths: object;
    components: { schemas: object };
  };
  assert.ok('/v2/models/pets/infer' in all.paths);
  assert.ok('/v2/models/name%2Fwith%20%C3%BCnusual/infer' in all.paths);
  for (const name of Object.keys(all.components.schemas)) assert.match(name, /^[\w.-]+$/);
  const one = (await (await fetch(`${models.url}/v2/models/versions/versions/9/openapi.json`)).json()) as {
    paths: object;
  };
  assert.ok('/v2/models/versions/versions/9/infer' in one.paths);
  const page = await fetch(`${models.url}/docs`);
  assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-/);
  const html = await page.text();
  assert.ok(html.includes('name/with ünusual') && !/<script|https?:\/\/(?!127\.0\.0\.1)/.test(html));
});
