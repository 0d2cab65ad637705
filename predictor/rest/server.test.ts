/** What HTTP itself brings: sizes, compression, broken connections, many requests on one connection. */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type Running, serveTestModels } from '../testdata/models.ts';

const maxBodyBytes = 20_000;
let server: Running;
before(async () => {
  server = await serveTestModels(maxBodyBytes);
});
after(() => server.stop());

const infer = '{"inputs":[{"name":"in","shape":[1],"datatype":"FP32","data":[1]}]}';
const post = (body: Uint8Array | string, headers: Record<string, string> = {}, model = 'identity-fp32') =>
  fetch(`${server.url}/v2/models/${model}/infer`, { method: 'POST', body, headers });
const errorOf = async (response: Response) => ((await response.json()) as { error: string }).error;

/** Everything that the server says to these bytes until it closes the connection. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });
}

test('compressed bodies are inflated', async () => {
  for (const [encoding, body] of [
    ['gzip', gzipSync(infer)],
    ['deflate', deflateSync(infer)],
    ['deflate', deflateRawSync(infer)],
    ['identity', infer],
    ['GZIP', gzipSync(infer)],
  ] as const) {
    assert.equal((await post(body, { 'content-encoding': encoding })).status, 200, encoding);
  }
});

test('broken compression is refused', async () => {
  for (const encoding of ['gzip', 'deflate']) {
    const response = await post('not compressed', { 'content-encoding': encoding });
    assert.equal(response.status, 400);
    assert.match(await errorOf(response), new RegExp(`^request body is not valid ${encoding}: `));
  }
});

test('the limit counts received and inflated bytes', async () => {
  const padded = (bytes: number) => infer.padEnd(bytes, ' ');
  assert.equal((await post(padded(maxBodyBytes))).status, 200);
  for (const [body, headers] of [
    [padded(maxBodyBytes + 1), {}],
    [gzipSync(padded(maxBodyBytes + 1)), { 'content-encoding': 'gzip' }],
    [gzipSync(' '.repeat(10_000_000)), { 'content-encoding': 'gzip' }],
  ] as const) {
    const response = await post(body, headers);
    assert.equal(response.status, 413);
    assert.equal(await errorOf(response), 'request body is larger than 20000 bytes');
  }
});

test('a body that announces far too much is refused before it is sent', async () => {
  const head = 'POST /v2/models/add/infer HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n';
  assert.match(await raw(`${head}\r\n`), /^HTTP\/1\.1 413 .*connection: close.*request body is larger/is);
  assert.match(await raw(`${head}expect: 100-continue\r\n\r\n`), /^HTTP\/1\.1 413 /);
});

test('100-continue is granted', async () => {
  const head = `POST /v2/models/identity-fp32/infer HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: ${infer.length}\r\n\r\n`;
  assert.match(await raw(head + infer), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
});

test('an endless chunked body is cut off', async () => {
  const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
  assert.match(
    await raw(`POST /v2/models/add/infer HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(8)}`),
    /^HTTP\/1\.1 413 /,
  );
});

test('what is not HTTP is told so', async () => {
  assert.match(await raw('hello\r\n\r\n'), /^HTTP\/1\.1 400 .*\{"error":"request is not valid HTTP"\}$/s);
  assert.match(
    await raw(`GET /v2 HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 .*"request headers are too large"/s,
  );
});

test('clients that break off do no harm', async () => {
  await new Promise<void>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write('POST /v2/models/add/infer HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"inp', () =>
        socket.destroy(),
      );
    });
    socket.on('close', () => resolve());
  });
  assert.equal((await post(infer)).status, 200);
});

test('request ids are echoed, or made where they are missing or not plain', async () => {
  assert.equal((await post(infer, { 'x-request-id': 'abc-1' })).headers.get('x-request-id'), 'abc-1');
  assert.match((await post(infer, { 'x-request-id': 'a b' })).headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
});

test('a run that fails is told without its inside, which stands in the log under the request id', async () => {
  const inputs = [
    ['a', 2],
    ['b', 3],
  ].map(([name, rows]) => ({ name, shape: [rows, 2], datatype: 'FP32', data: new Array(Number(rows) * 2).fill(0) }));
  const response = await post(JSON.stringify({ inputs }), { 'x-request-id': 'failing' }, 'add');
  assert.equal(response.status, 500);
  assert.equal(await errorOf(response), "inference of model 'add' version '1' failed; request id failing");
  const line = server.log.find((entry) => entry['requestId'] === 'failing');
  assert.equal(line?.['event'], 'request-failed');
  assert.match(String(line?.['cause']), /Add node/);
});

test('HEAD is answered as GET without a body', async () => {
  const response = await fetch(`${server.url}/v2/health/live`, { method: 'HEAD' });
  assert.deepEqual([response.status, await response.text(), response.headers.get('content-length')], [200, '', '13']);
});

test('many requests share a connection, refusals among them', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  const send = (body: string) =>
    new Promise<number>((resolve, reject) => {
      const sent = request(`${server.url}/v2/models/identity-fp32/infer`, { agent, method: 'POST' }, (response) => {
        sockets.add(sent.socket);
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject).end(body);
    });
  const statuses: number[] = [];
  for (const body of [infer, '{', infer, '{}', infer]) statuses.push(await send(body));
  agent.destroy();
  assert.deepEqual([statuses, sockets.size], [[200, 400, 200, 400, 200], 1]);
});

test('a request in flight is answered although the server closes meanwhile', async () => {
  const own = await serveTestModels(maxBodyBytes);
  const head = `POST /v2/models/identity-fp32/infer HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${infer.length}\r\n\r\n`;
  let stopped: Promise<void> | undefined;
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(own.port, '127.0.0.1', () => socket.write(head));
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
      if (stopped !== undefined) return;
      stopped = own.stop();
      socket.write(infer);
    });
    socket.on('error', reject).on('close', () => resolve(received));
  });
  await stopped;
  assert.match(text, /HTTP\/1\.1 200 OK\r\n.*connection: close.*"data":\[1\]/is);
  await assert.rejects(fetch(`${own.url}/v2`));
});
