/** The compiled program, moved away from its source: it serves with nothing but node. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { Client, credentials } from '@grpc/grpc-js';
import { method } from './testdata/grpc.ts';
import { identity, write } from './testdata/onnx.ts';

const root = mkdtempSync(join(tmpdir(), 'build-test-'));
after(() => rmSync(root, { recursive: true }));

test('the compiled program serves', async () => {
  const app = join(root, 'app');
  const built = spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'build.ts'), '--out', app]);
  assert.equal(built.status, 0, String(built.stderr));
  const binaries = readdirSync(join(app, 'node_modules/onnxruntime-node/bin/napi-v6'), { recursive: true });
  assert.ok(
    binaries.every((path) => /^linux(\/|$)/.test(String(path))),
    'binaries of other platforms',
  );
  write(root, { 'm/m.onnx': identity('FP32', [-1]) });
  const args = ['--model-name', 'm', '--model-dir', join(root, 'm'), '--http-host', '127.0.0.1', '--http-port', '0'];
  const child = spawn(process.execPath, [join(app, 'predictor/main.js'), ...args], { cwd: '/', env: {} });
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  try {
    let ports: Record<string, unknown> = {};
    for await (const text of createInterface({ input: child.stderr })) {
      const line = JSON.parse(text) as Record<string, unknown>;
      if (line['event'] === 'listening') ports = line;
      if (line['event'] === 'ready') break;
    }
    const body = JSON.stringify({ inputs: [{ name: 'in', shape: [1], datatype: 'FP32', data: [1] }] });
    const rest = await fetch(`http://127.0.0.1:${ports['port']}/v2/models/m/infer`, { method: 'POST', body });
    assert.equal(rest.status, 200);
    const check = {
      model: 'm',
      url: `http://127.0.0.1:${ports['port']}`,
      inputs: JSON.parse(body).inputs,
      tolerance: 0,
    };
    const smoke = join(root, 'smoke.json');
    writeFileSync(smoke, JSON.stringify({ seconds: 0, checks: [{ ...check, outputs: [{ name: 'out', data: [1] }] }] }));
    const checked = spawnSync(process.execPath, [join(app, 'predictor/smoke.js'), smoke], { cwd: '/', env: {} });
    assert.equal(checked.status, 0, String(checked.stdout) + String(checked.stderr));
    const { path, requestSerialize, responseDeserialize } = method('ServerReady');
    const client = new Client(`127.0.0.1:${ports['grpc']}`, credentials.createInsecure());
    const answer = await new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, value) =>
        error === null ? resolve(value) : reject(error),
      );
    });
    client.close();
    assert.deepEqual(answer, { ready: true });
  } finally {
    child.kill('SIGTERM');
  }
  assert.equal(await exit, 0);
});
