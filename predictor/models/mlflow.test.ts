import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LoadError } from './fault.ts';
import type { S3Settings } from './fetch.ts';
import { createFetcher, type Fetcher, localFolder } from './fetch.ts';

const id = `m-${'0a'.repeat(16)}`;
const local = mkdtempSync(join(tmpdir(), 'mlflow-test-'));
/** Answers of the REST API, by path and query. */
const answers: Readonly<Record<string, unknown>> = {
  'mlflow/registered-models/alias?name=iris&alias=champion': { model_version: { name: 'iris', version: '3' } },
  'mlflow/model-versions/get-download-uri?name=iris&version=3': { artifact_uri: `models:/${id}` },
  'mlflow/model-versions/get-download-uri?name=my+model&version=1': { artifact_uri: 's3://bucket/1/artifacts' },
  'mlflow/model-versions/get-download-uri?name=here&version=1': { artifact_uri: `file://${local}` },
  [`mlflow/logged-models/${id}?`]: {
    model: { info: { name: 'model', artifact_uri: 'mlflow-artifacts:/1/models/a b' } },
  },
  'mlflow/runs/get?run_id=r1': {
    run: { info: { artifact_uri: 'mlflow-artifacts:/1/r1/artifacts' }, outputs: { model_outputs: [{ model_id: id }] } },
  },
  'mlflow-artifacts/artifacts?path=1%2Fmodels%2Fa+b': {
    files: [
      { path: 'MLmodel', is_dir: false, file_size: 3 },
      { path: 'data', is_dir: true },
    ],
  },
  'mlflow-artifacts/artifacts?path=1%2Fmodels%2Fa+b%2Fdata': { files: [{ path: 'model.onnx', file_size: '4' }] },
  'mlflow-artifacts/artifacts?path=up': { files: [{ path: '..', file_size: 1 }] },
  'mlflow-artifacts/artifacts?path=cut': { files: [{ path: 'x', file_size: 9 }] },
  'mlflow-artifacts/artifacts?path=none': {},
};
const contents: Readonly<Record<string, string>> = {
  '1/models/a%20b/MLmodel': 'abc',
  '1/models/a%20b/data/model.onnx': 'onnx',
  'cut/x': 'x',
};

let server: Server;
let fetcher: Fetcher;
const authorizations = new Set<string | undefined>();
const settings: S3Settings = { region: 'us-east-1', maxFolderBytes: 100, maxFolderObjects: 3 };

before(async () => {
  server = createServer((request, response) => {
    authorizations.add(request.headers.authorization);
    const path = (request.url ?? '').replace('/api/2.0/', '');
    const content = contents[path.replace('mlflow-artifacts/artifacts/', '')];
    if (content !== undefined) return response.end(content);
    const answer = answers[path.includes('?') ? path : `${path}?`];
    if (answer === undefined) response.statusCode = 404;
    return response.end(JSON.stringify(answer ?? { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no such thing' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const trackingUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fetcher = createFetcher({ ...settings, mlflow: { trackingUri, authorization: 'Bearer t' } }, () => {});
});
after(() => {
  rmSync(local, { recursive: true });
  server.close();
  server.closeAllConnections();
});

const refused = (uri: string, message: RegExp) =>
  assert.rejects(localFolder(fetcher, uri), (error) => error instanceof LoadError && message.test(error.message));

test('an alias, a version, a logged model and a run lead to the same artifacts', async () => {
  for (const name of ['models:/iris@champion', 'models:/iris/3', `models:/${id}`, 'runs:/r1/model']) {
    assert.equal(await fetcher.resolve(name), 'mlflow-artifacts:/1/models/a b');
  }
  assert.equal(await fetcher.resolve('models:/my model/1'), 's3://bucket/1/artifacts');
  assert.equal(await fetcher.resolve('runs:/r1/other'), 'mlflow-artifacts:/1/r1/artifacts/other');
  assert.equal(await fetcher.resolve('/mnt/models'), '/mnt/models');
  assert.deepEqual([...authorizations], ['Bearer t']);
});

test('artifacts are fetched through MLflow with their folders, and removed', async () => {
  for (const uri of ['models:/iris@champion', 'mlflow-artifacts://any-host/1/models/a b/']) {
    const folder = await localFolder(fetcher, uri);
    assert.deepEqual(readdirSync(folder.path).sort(), ['MLmodel', 'data']);
    assert.equal(readFileSync(join(folder.path, 'data/model.onnx'), 'utf8'), 'onnx');
    await folder.remove();
    assert.ok(!existsSync(folder.path));
  }
  assert.equal((await localFolder(fetcher, 'models:/here/1')).path, local);
});

test('faults say what was asked and what MLflow said', async () => {
  await refused('models:/iris@none', /cannot find "models:\/iris@none" in MLflow: MLflow answered 404: no such thing/);
  await refused('models:/iris/latest', /expected models:\/<name>@<alias>/);
  await refused('mlflow-artifacts:/none', /there are no artifacts/);
  await refused('mlflow-artifacts:/up', /artifact "\.\." has no name/);
  await refused('mlflow-artifacts:/cut', /came with 1 of 9 bytes/);
  const alone = createFetcher(settings, () => {});
  await assert.rejects(localFolder(alone, 'models:/iris/1'), /MLFLOW_TRACKING_URI is not set/);
});
