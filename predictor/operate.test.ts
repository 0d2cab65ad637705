/** The program with everything around serving switched on: gRPC, TLS, keys, metrics, administration. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { pairs } from './testdata/certificates.ts';
import { method } from './testdata/grpc.ts';
import { identity, write } from './testdata/onnx.ts';

const root = mkdtempSync(join(tmpdir(), 'operate-test-'));
after(() => rmSync(root, { recursive: true }));

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

function ask(port: unknown, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      port: Number(port),
      host: '127.0.0.1',
      path,
      headers,
      ca: pairs[0].cert,
      servername: 'localhost',
    };
    const sent = request({ ...options, method: body === undefined ? 'GET' : 'POST', agent: false });
    sent.on('error', reject).on('response', async (response: IncomingMessage) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    sent.end(body);
  });
}

function inferOverGrpc(port: unknown, key: string): Promise<object | undefined> {
  const { path, requestSerialize, responseDeserialize } = method('ModelInfer');
  const client = new Client(`localhost:${port}`, credentials.createSsl(Buffer.from(pairs[0].cert)));
  const metadata = new Metadata();
  metadata.set('x-api-key', key);
  const message = {
    model_name: 'm',
    inputs: [{ name: 'in', datatype: 'FP32', shape: [1], contents: { fp32_contents: [5] } }],
  };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, message, metadata, (error, answer) => {
      client.close();
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
}

test('one program, all ports', async () => {
  write(root, {
    'm/m.onnx': identity('FP32', [-1]),
    keys: 'key-1\n',
    'cert.pem': pairs[0].cert,
    'key.pem': pairs[0].key,
  });
  const place = (name: string) => join(root, name);
  writeFileSync(place('empty'), '');
  const args = `--model-name m --model-dir ${place('m')} --http-host 127.0.0.1 --http-port 0 --admin-port 0 --admin-grpc-port 0
    --api-keys-file ${place('keys')} --tls-cert-file ${place('cert.pem')} --tls-key-file ${place('key.pem')} --access-log on`;
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args.split(/\s+/)], {
    env: { PATH: process.env['PATH'] },
  });
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const lines: Record<string, unknown>[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (text) => {
      lines.push(JSON.parse(text) as Record<string, unknown>);
      if (lines.at(-1)?.['event'] === 'ready') resolve();
    });
    void exit.then(() => resolve());
  });
  try {
    await ready;
    const ports = lines.find((line) => line['event'] === 'listening') ?? {};
    const { port, grpc, metrics } = ports;
    const body = JSON.stringify({ inputs: [{ name: 'in', datatype: 'FP32', shape: [1], data: [5] }] });
    const key = { 'x-api-key': 'key-1' };
    assert.equal((await ask(port, '/v2/health/ready')).status, 200);
    assert.equal((await ask(port, '/v2/models/m/infer', {}, body)).status, 401);
    assert.equal((await ask(port, '/v2/models/m/infer', { ...key, 'x-request-id': 'rest-1' }, body)).status, 200);
    const answer = (await inferOverGrpc(grpc, 'key-1')) as { outputs: { contents: { fp32_contents: number[] } }[] };
    assert.deepEqual(answer.outputs[0]?.contents.fp32_contents, [5]);
    await assert.rejects(inferOverGrpc(grpc, 'other'), /UNAUTHENTICATED/);
    const { text } = await ask(port, '/metrics');
    assert.equal(
      await (await fetch(`http://127.0.0.1:${metrics}/metrics`))
        .text()
        .then((all) => /^nv_inference_count\{.*\} 2$/m.test(all)),
      true,
    );
    assert.match(text, /predictor_call_seconds_count\{protocol="grpc",operation="ModelInfer",status="16"\} 1/);
    const call = lines.find((line) => line['event'] === 'call' && line['requestId'] === 'rest-1');
    assert.deepEqual([call?.['status'], call?.['model']], [200, 'm']);
  } finally {
    child.kill('SIGTERM');
  }
  assert.equal(await exit, 0, JSON.stringify(lines.at(-1)));
});
