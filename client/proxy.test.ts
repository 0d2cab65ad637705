/** Model servers that do what they should not, and people who do: every situation has an answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import type { CatalogueModel } from '../schemas/types/client-catalogue.d.ts';
import type { CatalogueAnswer } from './contract.ts';
import { ask, failureOf, post, runClient, type TestClient, until } from './testdata/run.ts';

const good = { model_name: 'm', outputs: [{ name: 'y', datatype: 'FP32', shape: [1], data: [1] }] };
const body = JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }] });

type Behaviour = (request: IncomingMessage, response: ServerResponse) => unknown;

function json(value: unknown, status = 200, headers: Record<string, string> = {}): Behaviour {
  return (_, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof value === 'string' ? value : JSON.stringify(value));
  };
}

const seen: IncomingHttpHeaders[] = [];
let gone = 0;
let sawBeginning: () => void = () => {};
const beginningSeen = new Promise<void>((resolve) => {
  sawBeginning = resolve;
});

/** Each is a model whose server answers inference like this. */
const behaviours: Record<string, Behaviour> = {
  good: json(good),
  echo(request, response) {
    seen.push(request.headers);
    json(good, 200, { 'set-cookie': 'evil=1', 'x-powered-by': 'model', 'server-timing': 'queue;dur=1.5, infer;dur=2' })(
      request,
      response,
    );
  },
  hangs(request) {
    request.socket.on('close', () => {
      gone += 1;
    });
  },
  'hangs-halfway'(_, response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"outputs":');
  },
  'half-answer'(_, response) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('{"outputs":');
    setTimeout(() => response.destroy(), 20);
  },
  'half-large-answer'(_, response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`{"outputs":[{"data":[${'1,'.repeat(400_000)}`, () => response.destroy());
  },
  closes: (request) => request.socket.destroy(),
  garbage: json('not json at all'),
  'no-outputs': json({ predictions: [1] }),
  'outputs-no-list': json({ outputs: { y: [1] } }),
  'output-without-shape': json({ outputs: [{ name: 'y', datatype: 'FP32', data: [1] }] }),
  'output-without-data': json({ outputs: [{ name: 'y', datatype: 'FP32', shape: [1] }] }),
  array: json([1, 2]),
  nothing: json(''),
  html: (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome to nginx</h1>'),
  untyped: (_, response) => response.writeHead(200).end(JSON.stringify(good)),
  redirect: (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  empty204: (_, response) => response.writeHead(204).end(),
  'binary-short': (_, response) =>
    response
      .writeHead(200, { 'content-type': 'application/octet-stream', 'inference-header-content-length': '500' })
      .end('{}'),
  refuses: json({ error: "input 'x' has the wrong shape" }, 400),
  'refuses-fastapi': json({ detail: [{ loc: ['body', 'inputs', 0], msg: 'field required' }] }, 422),
  'refuses-html': (_, response) =>
    response
      .writeHead(404, { 'content-type': 'text/html' })
      .end('<html><h1>404</h1>\n<script>alert(1)</script></html>'),
  'refuses-silently': (_, response) => response.writeHead(403).end(),
  fails: (_, response) => response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal Server Error'),
  busy: json({ error: 'Exceeds maximum queue size' }, 503, { 'retry-after': '7' }),
  async huge(_, response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`{"outputs":[{"name":"y","datatype":"FP32","shape":[8000001],"data":[${'1,'.repeat(200_000)}`);
    // The rest comes only when the page has seen the beginning: whoever waited for the whole would wait for ever.
    await beginningSeen;
    for (let piece = 0; piece < 78; piece += 1) {
      if (!response.write('1,'.repeat(100_000))) await once(response, 'drain');
    }
    response.end('1]}]}');
  },
  'huge-garbage': (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(`[${'1,'.repeat(400_000)}1]`),
};

let upstream: Server;
let noHttp: ReturnType<typeof createTcpServer>;
let client: TestClient;

before(async () => {
  upstream = createServer((request, response) => {
    const [, , , name = '', action] = (request.url ?? '').split('/');
    if (action !== 'infer') return json({ name, ready: true })(request, response);
    request.resume().on('end', () => void behaviours[name]?.(request, response));
  });
  noHttp = createTcpServer((socket: Socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.6\r\n'));
  for (const server of [upstream, noHttp]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = (server: { address(): unknown }) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const models: CatalogueModel[] = [
    ...Object.keys(behaviours).map((name) => ({ name, url: at(upstream), protocol: 'v2' as const })),
    { name: 'down', url: 'http://127.0.0.1:9', protocol: 'v2' },
    { name: 'no-such-host', url: 'http://model.invalid', protocol: 'v2' },
    { name: 'no-http', url: at(noHttp), protocol: 'v2' },
  ];
  client = await runClient(models, '--timeout-seconds', '1', '--max-body-bytes', '100000');
});
after(async () => {
  await client.stop();
  upstream.closeAllConnections();
  upstream.close();
  noHttp.close();
});

const inferPath = (name: string) => `api/models/${name}/infer`;

const faults: readonly (readonly [model: string, status: number, code: string, message: RegExp])[] = [
  ['down', 502, 'MODEL_DOWN', /^The model server of "down" cannot be reached: .*ECONNREFUSED/],
  ['no-such-host', 502, 'MODEL_DOWN', /cannot be reached: .*(?:ENOTFOUND|EAI_AGAIN)/],
  ['no-http', 502, 'MODEL_NONSENSE', /does not speak HTTP/],
  ['closes', 502, 'MODEL_DOWN', /cannot be reached/],
  ['hangs', 504, 'MODEL_TIMEOUT', /did not answer within 1 s/],
  ['hangs-halfway', 504, 'MODEL_TIMEOUT', /did not answer within 1 s/],
  ['half-answer', 502, 'MODEL_DOWN', /model server of "half-answer"/],
  ['garbage', 502, 'MODEL_NONSENSE', /it is not JSON/],
  ['no-outputs', 502, 'MODEL_NONSENSE', /it has no list "outputs"/],
  ['outputs-no-list', 502, 'MODEL_NONSENSE', /it has no list "outputs"/],
  ['output-without-shape', 502, 'MODEL_NONSENSE', /\/outputs\/0 has no "shape"/],
  ['output-without-data', 502, 'MODEL_NONSENSE', /\/outputs\/0 has no "data"/],
  ['array', 502, 'MODEL_NONSENSE', /it has no list "outputs"/],
  ['nothing', 502, 'MODEL_NONSENSE', /it is not JSON/],
  ['html', 502, 'MODEL_NONSENSE', /its content type is "text\/html"/],
  ['untyped', 502, 'MODEL_NONSENSE', /its content type is missing/],
  [
    'redirect',
    502,
    'MODEL_NONSENSE',
    /it is a redirect to http:\/\/169\.254\.169\.254\/latest\/, which is not followed/,
  ],
  ['empty204', 502, 'MODEL_NONSENSE', /its status is 204/],
  ['binary-short', 502, 'MODEL_NONSENSE', /it has 2 bytes, its JSON alone should have 500/],
  ['refuses', 400, 'MODEL_REFUSED', /^input 'x' has the wrong shape$/],
  ['refuses-fastapi', 422, 'MODEL_REFUSED', /^body\.inputs\.0: field required$/],
  ['refuses-html', 404, 'MODEL_REFUSED', /^404 alert\(1\)$/],
  ['refuses-silently', 403, 'MODEL_REFUSED', /^status 403 without a text$/],
  ['fails', 502, 'MODEL_FAILED', /failed with status 500: Internal Server Error$/],
  ['busy', 502, 'MODEL_FAILED', /status 503: Exceeds maximum queue size/],
  ['huge-garbage', 502, 'MODEL_NONSENSE', /it is not a JSON object/],
];
for (const [model, status, code, message] of faults) {
  test(`a model server: ${model}`, async () => {
    const response = await post(client, inferPath(model), body);
    const failure = await failureOf(response);
    assert.equal(failure.code, code, failure.message);
    assert.equal(failure.status, status);
    assert.match(failure.message, message);
    if (model === 'busy') {
      assert.equal(failure.retryAfterSeconds, 7);
      assert.equal(response.headers.get('retry-after'), '7');
    }
  });
}

test('after all that, a good one still answers', async () => {
  assert.deepEqual(await (await post(client, inferPath('good'), body)).json(), good);
});

test('a large answer that breaks off on its way breaks off for the page too', async () => {
  const response = await post(client, inferPath('half-large-answer'), body);
  assert.equal(response.status, 200);
  await assert.rejects(response.text());
});

test('a huge answer passes through as it comes', async () => {
  const response = await post(client, inferPath('huge'), body);
  let text = '';
  for await (const piece of response.body ?? []) {
    text += Buffer.from(piece).toString('latin1');
    sawBeginning();
  }
  const answer = JSON.parse(text) as { outputs: { data: number[] }[] };
  assert.equal(answer.outputs[0]?.data.length, 8_000_001);
});

test('only what the protocol needs reaches the model server, and comes back', async () => {
  const headers = {
    cookie: 'session=secret',
    authorization: 'Bearer mine',
    'x-forwarded-for': '1.2.3.4',
    'x-evil': '1',
    referer: 'http://a.example/',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'x-request-id': 'bad id\u00e9',
  };
  const response = await post(client, inferPath('echo'), body, { headers });
  const [got] = seen.splice(0);
  assert.deepEqual(Object.keys(got ?? {}).sort(), [
    'accept',
    'accept-encoding',
    'connection',
    'content-length',
    'content-type',
    'host',
    'traceparent',
    'x-request-id',
  ]);
  assert.match(String(got?.['x-request-id']), /^[0-9a-f-]{36}$/);
  assert.equal(response.headers.get('set-cookie'), null);
  assert.equal(response.headers.get('x-powered-by'), null);
  assert.match(response.headers.get('server-timing') ?? '', /^queue;dur=1\.5, infer;dur=2, upstream;dur=/);
});

test('when the person goes, the model server is let go', async () => {
  // With a minute before the client itself would let go.
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const patient = await runClient([{ name: 'hangs', url, protocol: 'v2' }]);
  try {
    gone = 0;
    const controller = new AbortController();
    const waiting = post(patient, inferPath('hangs'), body, { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await assert.rejects(waiting);
    await until(
      () => Promise.resolve(gone),
      (count) => count === 1,
    );
  } finally {
    await patient.stop();
  }
});

test('a failure makes the server look again at once, not at the next round', async () => {
  const short = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => short.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(short.address() as AddressInfo).port}`;
  const patient = await runClient([{ name: 'm', url, protocol: 'v2' }], '--readiness-seconds', '3600');
  try {
    const state = async () =>
      ((await (await ask(patient, 'api/catalogue')).json()) as CatalogueAnswer).models[0]?.readiness;
    await until(state, (readiness) => readiness?.state === 'ready');
    short.closeAllConnections();
    await new Promise((resolve) => short.close(resolve));
    assert.equal((await failureOf(await post(patient, inferPath('m'), body))).code, 'MODEL_DOWN');
    const down = await until(state, (readiness) => readiness?.state === 'down');
    assert.match(down?.reason ?? '', /ECONNREFUSED/);
  } finally {
    await patient.stop();
  }
});

test('a body beyond the limit is refused, announced or not', async () => {
  const large = 'x'.repeat(200_000);
  assert.equal((await failureOf(await post(client, inferPath('good'), large))).code, 'TOO_LARGE');
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest(new URL(inferPath('good'), client.url), { method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    for (let piece = 0; piece < 4; piece += 1) request.write('x'.repeat(50_000));
    request.end();
  });
  assert.equal(status, 413);
  const encoded = await post(client, inferPath('good'), 'x', { headers: { 'content-encoding': 'gzip' } });
  assert.equal((await failureOf(encoded)).code, 'ENCODING_UNKNOWN');
});

test('pages of other sites are refused, programs are not', async () => {
  const from = async (headers: Record<string, string>) =>
    (await post(client, inferPath('good'), body, { headers })).status;
  assert.equal(await from({ 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await from({ 'sec-fetch-site': 'same-site' }), 403);
  assert.equal(await from({ origin: 'https://evil.example' }), 403);
  assert.equal(await from({ origin: 'null' }), 403);
  assert.equal(await from({ 'sec-fetch-site': 'same-origin' }), 200);
  assert.equal(await from({ origin: new URL(client.url).origin }), 200);
});
