/** Connections as clients make them: pieces, pipelines, ends, silence, and what is handed to node:http. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { type Running, serveTestModels } from '../../testdata/models.ts';

let server: Running;
before(async () => {
  server = await serveTestModels(2_000_000);
});
after(() => server.stop());

const body = (value: number, id: string) =>
  JSON.stringify({ id, inputs: [{ name: 'in', shape: [1], datatype: 'FP32', data: [value] }] });
const infer = (value: number, id: string, ...headers: string[]) => {
  const text = body(value, id);
  const lines = [
    'POST /v2/models/identity-fp32/infer HTTP/1.1',
    'host: x',
    `content-length: ${text.length}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${text}`;
};
const chunked = (value: number, id: string) => {
  const text = body(value, id);
  const head = 'POST /v2/models/identity-fp32/infer HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
  return `${head}${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
};
const idsOf = (text: string) => [...text.matchAll(/"id":"(\w+)"/g)].map(([, id]) => id);

/** Sends pieces one after the other and gives all that came until `done` says so or the connection closes. */
async function talk(pieces: readonly (string | Buffer)[], done: (text: string) => boolean): Promise<string> {
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const answered = receive(socket, done);
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const text = await answered;
  socket.destroy();
  return text;
}

function receive(socket: Socket, done: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (done(text)) resolve(text);
    });
    socket.on('error', reject).on('end', () => resolve(text));
  });
}

test('a request in pieces is the same request, wherever it is cut', async () => {
  const request = infer(1.5, 'cut');
  for (const at of [1, 20, request.indexOf('\r\n\r\n') + 2, request.indexOf('\r\n\r\n') + 4, request.length - 1]) {
    const text = await talk([request.slice(0, at), request.slice(at)], (got) => got.includes('"data":[1.5]'));
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/, `cut at ${at}`);
  }
});

test('requests sent together are answered in order, plain and odd ones by turns', async () => {
  const sent = [infer(1, 'a'), infer(2, 'b', 'x-request-id: own'), chunked(3, 'c'), infer(4, 'd'), chunked(5, 'e')];
  const text = await talk([sent.join('')], (got) => idsOf(got).length === sent.length);
  assert.deepEqual(idsOf(text), ['a', 'b', 'c', 'd', 'e']);
  assert.match(text, /x-request-id: own\r\n/);
});

test('a large body in many pieces reaches the model', async () => {
  const values = Float32Array.from({ length: 150_528 }, (_, index) => index / 7);
  const json = JSON.stringify({
    inputs: [{ name: 'in', shape: [150_528], datatype: 'FP32', parameters: { binary_data_size: values.byteLength } }],
    outputs: [{ name: 'out', parameters: { binary_data: true } }],
  });
  const response = await fetch(`${server.url}/v2/models/identity-fp32/infer`, {
    method: 'POST',
    headers: { 'inference-header-content-length': String(json.length), 'accept-encoding': 'identity' },
    body: Buffer.concat([Buffer.from(json), Buffer.from(values.buffer)]),
  });
  assert.equal(response.status, 200, response.status === 200 ? '' : await response.clone().text());
  const answer = Buffer.from(await response.arrayBuffer());
  const bytes = answer.subarray(Number(response.headers.get('inference-header-content-length')));
  assert.deepEqual(Buffer.compare(bytes, Buffer.from(values.buffer)), 0);
});

test('connection: close ends the connection after the answer', async () => {
  const never = () => false;
  assert.deepEqual(idsOf(await talk([infer(1, 'z', 'connection: close')], never)), ['z']);
});

test('an answer beyond ASCII has the length that it says', async () => {
  const data = ['ü', '日本', 'a'];
  const request = JSON.stringify({ inputs: [{ name: 'in', shape: [3], datatype: 'BYTES', data }] });
  const response = await fetch(`${server.url}/v2/models/identity-bytes/infer`, { method: 'POST', body: request });
  const answer = (await response.json()) as { outputs: [{ data: string[] }] };
  assert.deepEqual(answer.outputs[0].data, data);
});

test('what node:http refuses is refused by node:http', async () => {
  const refused = [
    `POST /v2 HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`,
    `POST /v2 HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello`,
    `POST /v2 HTTP/1.1\r\nhost : x\r\ncontent-length: 5\r\n\r\nhello`,
    `POST /v2 HTTP/1.1\r\nhost: x\r\nx: a\u0000b\r\n\r\n`,
  ];
  for (const request of refused) {
    const text = await talk([infer(1, 'first'), request], () => false);
    assert.match(text, /HTTP\/1\.1 400 Bad Request/, JSON.stringify(request));
    assert.deepEqual(idsOf(text), ['first']);
  }
});

test('connections whose pieces come between each other keep their own bytes', async () => {
  const sent = Array.from({ length: 12 }, (_, index) => {
    const values = Float32Array.from({ length: 40_000 * (index + 1) - 7 * index }, (_, at) => at % (97 + index));
    return values.subarray(0, 480_000);
  });
  const answers = await Promise.all(sent.map((values, index) => piecewise(values, 20_000 + 13_001 * index)));
  for (const [index, answer] of answers.entries()) {
    const wanted = sent[index] as Float32Array;
    assert.equal(Buffer.compare(answer, Buffer.from(wanted.buffer, 0, wanted.byteLength)), 0, `connection ${index}`);
  }
});

test('a client that leaves within its body disturbs nobody', async () => {
  const values = Float32Array.from({ length: 150_000 }, (_, at) => at);
  const { head, bytes } = binaryRequest(values);
  for (let left = 0; left < 5; left++) {
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    socket.on('error', () => {});
    await new Promise((resolve) => socket.write(Buffer.concat([head, bytes.subarray(0, 300_000)]), resolve));
    socket.destroy();
    const answer = await piecewise(values, 200_000);
    assert.equal(Buffer.compare(answer, bytes), 0);
  }
});

function binaryRequest(values: Float32Array): { readonly head: Buffer; readonly bytes: Buffer } {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const json = JSON.stringify({
    inputs: [{ name: 'in', shape: [values.length], datatype: 'FP32', parameters: { binary_data_size: bytes.length } }],
    outputs: [{ name: 'out', parameters: { binary_data: true } }],
  });
  const lines = [
    'POST /v2/models/identity-fp32/infer HTTP/1.1',
    'host: x',
    `content-length: ${json.length + bytes.length}`,
    `inference-header-content-length: ${json.length}`,
    'accept-encoding: identity',
  ];
  return { head: Buffer.from(`${lines.join('\r\n')}\r\n\r\n${json}`), bytes };
}

/** Sends the values in pieces of `size` bytes and gives the bytes of the output. */
async function piecewise(values: Float32Array, size: number): Promise<Buffer> {
  const { head, bytes } = binaryRequest(values);
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
  const whole = Buffer.concat([head, bytes]);
  const answered = new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = [];
    let received = 0;
    socket.on('error', reject).on('close', () => reject(new Error('closed before the answer was whole')));
    socket.on('data', (part) => {
      parts.push(part);
      received += part.length;
      if (received < bytes.length) return;
      const text = Buffer.concat(parts);
      const start = text.indexOf('\r\n\r\n') + 4;
      const length = Number(/\r\ncontent-length: (\d+)/.exec(text.toString('latin1', 0, start))?.[1]);
      if (text.length === start + length) resolve(text.subarray(text.length - bytes.length));
    });
  });
  for (let at = 0; at < whole.length; at += size) {
    await new Promise((resolve) => socket.write(whole.subarray(at, at + size), resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const answer = await answered;
  socket.destroy();
  return answer;
}
