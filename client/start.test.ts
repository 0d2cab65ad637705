/** The whole client before the real predictor with the sample models. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Running as Predictor } from '../predictor/testdata/models.ts';
import type { CatalogueModel } from '../schemas/types/client-catalogue.d.ts';
import type { CatalogueAnswer, ModelDetail, Site } from './contract.ts';
import { ask, failureOf, post, runClient, runPredictor, sample, type TestClient, until } from './testdata/run.ts';

const iris = sample('iris-classifier');
const digits = sample('digits');
const body = JSON.stringify({ inputs: iris.example.inputs });
const INFER = 'api/models/iris-classifier/infer';

let predictor: Predictor;
let client: TestClient;
before(async () => {
  predictor = await runPredictor();
  client = await runClient(entries());
});
after(async () => {
  await client.stop();
  await predictor.stop();
});

function entries(): CatalogueModel[] {
  const { url } = predictor;
  const inputs = iris.signature.inputs.map((tensor) => ({ ...tensor, alias: 'input-0' }));
  return [
    {
      name: 'iris-classifier',
      title: 'Iris species',
      owner: 'ml-platform',
      url: `${url}/`,
      publicUrl: 'https://iris.example/',
      protocol: 'v2',
      version: '2',
      hostnames: ['Iris.example'],
      signature: { inputs, outputs: iris.signature.outputs },
      example: { inputs: iris.example.inputs },
      inputs: { sepal_length: { minimum: 4, maximum: 7.9, unit: 'cm' } },
      targets: [
        { name: 'stable', url, version: '2' },
        { name: 'canary', label: 'Canary', url, version: '3', model: 'digits' },
      ],
    },
    { name: 'digits', url, protocol: 'v2' },
    { name: 'old', url, model: 'iris-classifier', protocol: 'v1', signature: iris.signature },
    { name: 'absent', url, protocol: 'v2' },
  ];
}

const catalogue = async () => (await (await ask(client, 'api/catalogue')).json()) as CatalogueAnswer;

test('the catalogue shows every model with its readiness', async () => {
  const ready = await until(catalogue, ({ models }) => models.every(({ readiness }) => readiness.state !== 'unknown'));
  assert.equal(ready.cluster, 'test');
  assert.deepEqual(ready.auth, { mode: 'none' });
  assert.deepEqual(ready.limits, { bodyBytes: 16_777_216, ratePerMinute: 1200, burst: 100, timeoutMs: 60_000 });
  const states = ready.models.map(({ name, readiness }) => [name, readiness.state]);
  assert.deepEqual(states, [
    ['iris-classifier', 'ready'],
    ['digits', 'ready'],
    ['old', 'ready'],
    ['absent', 'loading'],
  ]);
  assert.match(ready.models[3]?.readiness.reason ?? '', /^The model server says 404: Request for unknown model/);
  assert.equal(ready.models[0]?.publicUrl, 'https://iris.example');
  assert.ok(!JSON.stringify(ready).includes(predictor.url), 'addresses inside the cluster stay there');
});

test('an unchanged catalogue is not sent again', async () => {
  await until(catalogue, ({ models }) => models.every(({ readiness }) => readiness.state !== 'unknown'));
  const first = await ask(client, 'api/catalogue');
  const etag = first.headers.get('etag') ?? '';
  assert.match(etag, /^W\/"/);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const second = await ask(client, 'api/catalogue', { headers: { 'if-none-match': etag } });
  assert.equal(second.status, 304);
});

test('a signature joins what the server and what the registry know', async () => {
  const detail = (await (await ask(client, 'api/models/iris-classifier')).json()) as ModelDetail;
  const [stable, canary] = detail.targets;
  assert.equal(stable?.live, true);
  assert.deepEqual(stable?.signature.inputs, [
    {
      name: 'X',
      alias: 'input-0',
      datatype: 'FP32',
      shape: [-1, 4],
      columns: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
    },
  ]);
  assert.deepEqual(stable?.loadedVersions, ['1', '2']);
  // Four columns do not name the 64 pixels of another model.
  assert.deepEqual(canary?.signature.inputs, [{ name: 'X', alias: 'input-0', ...pick(digits.signature.inputs[0]) }]);
  assert.equal(canary?.model, 'digits');
  assert.deepEqual(detail.inputs, { sepal_length: { minimum: 4, maximum: 7.9, unit: 'cm' } });
});

function pick(tensor: { readonly datatype: string; readonly shape: readonly number[] } | undefined) {
  return { datatype: tensor?.datatype, shape: tensor?.shape };
}

test('labels and columns come from the model server where the catalogue has none', async () => {
  const detail = (await (await ask(client, 'api/models/digits')).json()) as ModelDetail;
  assert.equal(detail.targets.length, 1);
  assert.deepEqual(detail.targets[0]?.name, 'stable');
  assert.equal(detail.targets[0]?.live, true);
});

test('infer gives what the model server gives, with the times of both and the request id', async () => {
  const direct = await (
    await fetch(`${predictor.url}/v2/models/iris-classifier/infer`, { method: 'POST', body })
  ).json();
  const response = await post(client, INFER, body, { headers: { 'x-request-id': 'mine-1' } });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), direct);
  assert.equal(response.headers.get('x-request-id'), 'mine-1');
  assert.match(
    response.headers.get('server-timing') ?? '',
    /^queue;dur=.*infer;dur=.*, upstream;dur=[\d.]+, proxy;dur=[\d.]+$/,
  );
});

test('binary tensors pass in both directions', async () => {
  const values = new Float32Array([4, 3.9, 2.3, 0.6]);
  const header = JSON.stringify({
    inputs: [{ name: 'input-0', shape: [1, 4], datatype: 'FP32', parameters: { binary_data_size: 16 } }],
    outputs: [{ name: 'output-1', parameters: { binary_data: true } }],
  });
  const request = Buffer.concat([Buffer.from(header), Buffer.from(values.buffer)]);
  const response = await post(client, INFER, request, {
    headers: { 'inference-header-content-length': String(header.length), 'content-type': 'application/octet-stream' },
  });
  assert.equal(response.status, 200);
  const length = Number(response.headers.get('inference-header-content-length'));
  const answer = Buffer.from(await response.arrayBuffer());
  const probabilities = new Float32Array(new Uint8Array(answer.subarray(length)).buffer);
  assert.equal(probabilities.length, 3);
  assert.ok(Math.abs((probabilities[0] ?? 0) - 0.99995) < 1e-4);
});

test('targets are asked one by one', async () => {
  const response = await post(client, `${INFER}?target=canary`, JSON.stringify({ inputs: digits.example.inputs }));
  assert.equal(((await response.json()) as { model_name: string }).model_name, 'digits');
  const unknown = await failureOf(await post(client, `${INFER}?target=blue`, body));
  assert.equal(unknown.code, 'TARGET_UNKNOWN');
  assert.match(unknown.message, /Choose one of: stable, canary/);
});

test('a V1 model is asked in V1 and answers in V2', async () => {
  const response = await post(client, 'api/models/old/infer', body);
  assert.equal(response.status, 200);
  const { outputs } = (await response.json()) as { outputs: { name: string; data: unknown[] }[] };
  assert.ok(outputs.length > 0);
  const all = outputs.flatMap(({ data }) => data);
  assert.ok(all.length > 0);
});

test("a model server's refusal arrives with its own words and status", async () => {
  const wrong = await failureOf(
    await post(client, INFER, '{"inputs":[{"name":"X","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}'),
  );
  assert.equal(wrong.status, 400);
  assert.equal(wrong.code, 'MODEL_REFUSED');
  assert.match(wrong.message, /shape/);
});

test('what is not there says so', async () => {
  assert.deepEqual(await failureOf(await post(client, 'api/models/nothing/infer', body)), {
    status: 404,
    code: 'MODEL_UNKNOWN',
    message: 'There is no model "nothing" here.',
  });
  assert.equal((await failureOf(await ask(client, 'api/nothing'))).code, 'NOT_FOUND');
  assert.equal((await failureOf(await post(client, 'api/catalogue', ''))).code, 'METHOD_NOT_ALLOWED');
  assert.equal((await failureOf(await ask(client, INFER))).code, 'METHOD_NOT_ALLOWED');
  assert.equal((await failureOf(await ask(client, 'api/models/%E0%A4%A'))).code, 'BAD_REQUEST');
});

test("a model's own host shows its page first", async () => {
  const site = async (host: string): Promise<Site> => {
    const { request } = await import('node:http');
    return new Promise((resolve, reject) => {
      request(new URL('api/site', client.url), { headers: { host } }, async (response) => {
        const pieces = await response.toArray();
        resolve(JSON.parse(Buffer.concat(pieces as Buffer[]).toString()) as Site);
      })
        .on('error', reject)
        .end();
    });
  };
  assert.deepEqual(await site('iris.example:8501'), {
    prefix: '',
    cluster: 'test',
    title: 'Test models',
    model: 'iris-classifier',
  });
  assert.equal((await site('models.example')).model, undefined);
});

test('health and metrics are on their own port alone', async () => {
  const operations = `http://127.0.0.1:${client.operationsPort}`;
  assert.equal(await (await fetch(`${operations}/healthz/ready`)).text(), 'ready\n');
  assert.equal(await (await fetch(`${operations}/healthz/live`)).text(), 'live\n');
  await post(client, INFER, body);
  const text = await (await fetch(`${operations}/metrics`)).text();
  assert.match(text, /client_model_requests_total\{model="iris-classifier",target="stable",code="OK"\} \d/);
  assert.match(text, /client_model_ready\{model="digits",target="stable"\} 1/);
  assert.match(text, /client_http_requests_total\{route="\/api\/models\/\*\/infer",method="POST",status="200"\}/);
  assert.match(text, /client_catalogue_valid 1/);
  for (const path of ['metrics', 'healthz/ready']) assert.equal((await ask(client, path)).status, 404);
});

test('the log never holds what people send', () => {
  assert.ok(client.log.every((line) => !JSON.stringify(line).includes('3.9')));
});
