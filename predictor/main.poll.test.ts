/** An alias of MLflow's registry that moves while requests come. The registry is a stand-in for MLflow's API. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { identity, write } from './testdata/onnx.ts';
import { endPrograms, startProgram } from './testdata/program.ts';

const root = mkdtempSync(join(tmpdir(), 'poll-test-'));
let version = '1';
const registry = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  response.setHeader('content-type', 'application/json');
  if (pathname === '/api/2.0/mlflow/registered-models/alias')
    response.end(JSON.stringify({ model_version: { version } }));
  else {
    const place = pathToFileURL(join(root, searchParams.get('version') ?? '')).href;
    response.end(JSON.stringify({ artifact_uri: place, model_version: { source: place } }));
  }
});
after(() => {
  endPrograms();
  registry.closeAllConnections();
  registry.close();
  rmSync(root, { recursive: true });
});

test('an alias that moves swaps the model, and no request is dropped', async () => {
  write(root, { '1/m.onnx': identity('FP32', [-1]), '2/m.onnx': identity('FP32', [-1]), '3/m.onnx': 'broken' });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  const args = ['--model-name', 'm', '--model-dir', 'models:/m@champion', '--poll-seconds', '1', '--http-port', '0'];
  const program = startProgram([...args, '--http-host', '127.0.0.1'], { MLFLOW_TRACKING_URI: address });
  const { port } = await program.next('ready');

  const statuses = new Map<number, number>();
  let asking = true;
  const body = JSON.stringify({ inputs: [{ name: 'in', shape: [1], datatype: 'FP32', data: [7] }] });
  const ask = async () => {
    while (asking) {
      const { status } = await fetch(`http://127.0.0.1:${port}/v2/models/m/infer`, { method: 'POST', body });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const asked = Promise.all([ask(), ask()]);
  version = '2';
  assert.equal((await program.next('alias-moved'))['place'], pathToFileURL(join(root, '2')).href);
  await program.next('model-loaded');
  await program.next('model-released');
  version = '3';
  await program.next('alias-moved');
  assert.match(String((await program.next('poll-failed'))['msg']), /^Cannot follow the aliases: failed to load 'm'/);
  asking = false;
  await asked;
  assert.deepEqual([...statuses.keys()], [200]);
  assert.ok((statuses.get(200) ?? 0) > 10);
  program.child.kill('SIGTERM');
  assert.equal(await program.exit, 0);
});
