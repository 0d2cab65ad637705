/** Each line of the README's comparison is asked of the running program. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { matrices } from '../bench/serving/matrices.ts';
import { method } from './testdata/grpc.ts';
import { identity, write } from './testdata/onnx.ts';
import { endPrograms, startProgram } from './testdata/program.ts';

const root = mkdtempSync(join(tmpdir(), 'comparison-test-'));
const logged: string[] = [];
const receiver = createServer((request, response) => {
  logged.push(`${request.headers['ce-type']} of ${request.headers['ce-modelname']}`);
  request.resume().on('end', () => response.end());
});
let url: string;
let grpc: Client;

before(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  write(root, { 'plain/1/m.onnx': identity('FP32', [-1]), 'heavy/1/m.onnx': matrices(60) });
  const events = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const place = ['--model-repository', root, '--http-host', '127.0.0.1', '--http-port', '0'];
  const program = startProgram([...place, '--max-queue', '1', '--payload-log-url', events]);
  const ports = await program.next('listening');
  await program.next('ready');
  url = `http://127.0.0.1:${ports['port']}`;
  grpc = new Client(`127.0.0.1:${ports['grpc']}`, credentials.createInsecure());
});
after(() => {
  grpc.close();
  endPrograms();
  receiver.closeAllConnections();
  receiver.close();
  rmSync(root, { recursive: true });
});

const input = { name: 'in', shape: [2], datatype: 'FP32', data: [1, 2.5] };
const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { method: 'POST', body, headers });
const infer = (model: string, inputs: readonly object[]) =>
  post(`/v2/models/${model}/infer`, JSON.stringify({ inputs }));

function call(message: object): Promise<{ outputs: { contents: { fp32_contents: number[] } }[] }> {
  const { path, requestSerialize, responseDeserialize } = method('ModelInfer');
  return new Promise((resolve, reject) => {
    grpc.makeUnaryRequest(path, requestSerialize, responseDeserialize, message, (error, answer) =>
      error === null ? resolve(answer as never) : reject(error),
    );
  });
}

const message = {
  model_name: 'plain',
  inputs: [{ name: 'in', shape: [2], datatype: 'FP32', contents: { fp32_contents: [1, 2.5] } }],
};

/** Line of the table → what shows it. */
const lines: Readonly<Record<string, () => Promise<void>>> = {
  'V2 over REST and gRPC': async () => {
    const rest = (await (await infer('plain', [input])).json()) as { outputs: [{ data: number[] }] };
    const { outputs } = await call(message);
    assert.deepEqual([rest.outputs[0].data, outputs[0]?.contents.fp32_contents], [input.data, input.data]);
  },
  'Binary tensors over REST': async () => {
    const bytes = Buffer.from(Float32Array.from(input.data).buffer);
    const { data: _, ...named } = input;
    const json = JSON.stringify({
      inputs: [{ ...named, parameters: { binary_data_size: bytes.length } }],
      parameters: { binary_data_output: true },
    });
    const headers = { 'inference-header-content-length': String(json.length) };
    const response = await post('/v2/models/plain/infer', Buffer.concat([Buffer.from(json), bytes]), headers);
    const answer = Buffer.from(await response.arrayBuffer());
    const head = Number(response.headers.get('inference-header-content-length'));
    assert.deepEqual(answer.subarray(head), bytes);
  },
  'V1 `:predict`': async () => {
    const response = await post('/v1/models/plain:predict', JSON.stringify({ instances: input.data }));
    assert.deepEqual(await response.json(), { predictions: input.data });
  },
  'Inputs and outputs in the metadata': async () => {
    const found = (await (await fetch(`${url}/v2/models/plain`)).json()) as { inputs: object; outputs: object };
    assert.deepEqual(found.inputs, [{ name: 'in', datatype: 'FP32', shape: [-1] }]);
    assert.deepEqual(found.outputs, [{ name: 'out', datatype: 'FP32', shape: [-1] }]);
  },
  'Wrong shapes refused with 4xx': async () => {
    for (const shape of [[3], [2, 1], [-1], []])
      assert.equal((await infer('plain', [{ ...input, shape }])).status, 400, `shape [${shape.join()}]`);
  },
  'Bounded queue': async () => {
    const asked = await Promise.all(
      Array.from({ length: 12 }, () => infer('heavy', [{ name: 'in', shape: [1], datatype: 'FP32', data: [1] }])),
    );
    const refused = asked.filter(({ status }) => status !== 200);
    assert.ok(refused.length > 0 && refused.length < asked.length, `${refused.length} of ${asked.length} refused`);
    for (const { status, headers } of refused) {
      assert.equal(status, 503);
      assert.match(headers.get('retry-after') ?? '', /^\d+$/);
    }
  },
  'Statistics extension': async () => {
    const count = async () => {
      const found = (await (await fetch(`${url}/v2/models/plain/stats`)).json()) as {
        model_stats: [{ inference_stats: { success: { count: number } } }];
      };
      return found.model_stats[0].inference_stats.success.count;
    };
    const before = await count();
    await infer('plain', [input]);
    assert.equal(await count(), before + 1);
  },
  'Payload log': async () => {
    // What was asked before is logged a moment later than it is answered.
    for (let before = -1; before !== logged.length; await pause(500)) before = logged.length;
    logged.length = 0;
    await infer('plain', [input]);
    await call(message);
    const kinds = ['request', 'response'].map((kind) => `org.kubeflow.serving.inference.${kind} of plain`);
    while (logged.length < 4) await pause(10);
    assert.deepEqual(logged.toSorted(), [kinds[0], kinds[0], kinds[1], kinds[1]]);
  },
};

test('every line of the comparison is asked here', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const section = readme.split('## Beside other servers')[1]?.split('\n## ')[0] ?? '';
  const names = [...section.matchAll(/^\| ([^|-][^|]*?) \|/gm)].map(([, name]) => name);
  assert.deepEqual(names.toSorted(), Object.keys(lines).toSorted());
});

for (const [line, shown] of Object.entries(lines)) test(line, { timeout: 60_000 }, shown);
