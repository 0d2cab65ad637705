/** The payload log of the program as it is started: REST and gRPC, metrics, and what waits at the end. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client, credentials } from '@grpc/grpc-js';
import { method } from './testdata/grpc.ts';
import { identity, write } from './testdata/onnx.ts';
import { endPrograms, startProgram } from './testdata/program.ts';

const root = mkdtempSync(join(tmpdir(), 'payloads-test-'));
const events: { type: unknown; service: unknown; body: unknown }[] = [];
const receiver = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const { 'ce-type': type, 'ce-inferenceservicename': service } = request.headers;
  events.push({ type, service, body: JSON.parse(body) });
  // Slow enough that the end of the server meets events that wait.
  setTimeout(() => response.end(), 200);
});
after(() => {
  endPrograms();
  receiver.closeAllConnections();
  receiver.close();
  rmSync(root, { recursive: true });
});

test('REST and gRPC are logged alike, and nothing that was answered is lost at the end', async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const folder = write(join(root, 'm'), { 'm.onnx': identity('FP32', [-1]) });
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const args = ['--model-name', 'm', '--model-dir', folder, '--http-host', '127.0.0.1', '--http-port', '0'];
  const payloads = ['--payload-log-url', url, '--payload-log-attributes', 'inferenceservicename=iris'];
  const program = startProgram([...args, ...payloads]);
  const { port, grpc, metrics } = await program.next('listening');
  await program.next('ready');

  const inputs = [{ name: 'in', shape: [1], datatype: 'FP32', data: [7] }];
  const sent = { method: 'POST', body: JSON.stringify({ inputs }) };
  assert.equal((await fetch(`http://127.0.0.1:${port}/v2/models/m/infer`, sent)).status, 200);
  const { path, requestSerialize, responseDeserialize } = method('ModelInfer');
  const client = new Client(`127.0.0.1:${grpc}`, credentials.createInsecure());
  const message = {
    model_name: 'm',
    inputs: [{ name: 'in', datatype: 'FP32', shape: [1] }],
    raw_input_contents: [Buffer.from(new Float32Array([8]).buffer)],
  };
  await new Promise<void>((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, message, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  client.close();
  const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  assert.match(text, /^predictor_payload_log_events_total\{result="full"\} 0$/m);
  assert.match(text, /^predictor_payload_log_waiting [1-4]$/m);
  program.child.kill('SIGTERM');
  assert.equal(await program.exit, 0);

  const of = (kind: string) => events.filter(({ type }) => type === `org.kubeflow.serving.inference.${kind}`);
  assert.ok(events.every(({ service }) => service === 'iris'));
  assert.deepEqual(
    of('request').map(({ body }) => body),
    [7, 8].map((value) => ({ inputs: [{ name: 'in', shape: [1], datatype: 'FP32', data: [value] }] })),
  );
  assert.deepEqual(
    of('response').map(({ body }) => (body as { outputs: { data: number[] }[] }).outputs[0]?.data),
    [[7], [8]],
  );
});
