import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataPlane } from '../data-plane.ts';
import type { ModelStatistics } from '../protocol/messages.ts';
import { createAccessLog } from './access-log.ts';
import { createMetrics } from './metrics.ts';
import { createMetricsServer } from './metrics-server.ts';

const duration = (count: number, ns: number) => ({ count, ns });
const statistics: ModelStatistics = {
  name: 'iris',
  version: '1',
  lastInferenceMs: 0,
  inferenceCount: 7,
  executionCount: 3,
  success: duration(5, 5000),
  fail: duration(1, 1),
  queue: duration(5, 1000),
  computeInput: duration(5, 500),
  computeInfer: duration(5, 3000),
  computeOutput: duration(5, 500),
  batches: [],
};

/** The parts of a data plane that metrics look at. */
const plane = (infer: DataPlane['infer']) =>
  ({
    ready: () => true,
    models: () => ['iris'],
    index: () => [
      { name: 'iris', version: '1', state: 'READY', reason: '' },
      { name: 'iris', version: '2', state: 'LOADING', reason: '' },
    ],
    statistics: () => [statistics],
    infer,
  }) as unknown as DataPlane;

const seriesValue = (text: string, series: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${series} `))
    ?.slice(series.length + 1);

test('facts of the data plane stand under our names, those of KServe and those of Triton', async () => {
  const metrics = createMetrics('1.2.3');
  metrics.watch(plane(() => new Promise(() => {})));
  const timings = { queueNs: 1e6, inputNs: 2e6, inferNs: 3e6, outputNs: 4e6, batchSize: 4 };
  metrics.observe({ model: 'iris', version: '1', outcome: 'success', timings, rows: 1 });
  metrics.observe({ model: 'iris', version: '1', outcome: 'QUEUE_FULL', rows: 1 });
  metrics.observe({ model: 'anything a client\nwrites', version: '', outcome: 'MODEL_UNKNOWN', rows: 1 });
  metrics.observeCall({ protocol: 'grpc', operation: 'ModelInfer', status: 14, milliseconds: 2, requestId: 'r' });
  const { contentType, text } = await metrics.text();
  assert.match(contentType, /^text\/plain; version=0\.0\.4/);
  const labels = '{model="iris",version="1"}';
  for (const [series, value] of [
    [`predictor_build_info{version="1.2.3",node="${process.versions.node}"}`, '1'],
    ['predictor_ready', '1'],
    ['predictor_model_ready{model="iris",version="1"}', '1'],
    ['predictor_model_ready{model="iris",version="2"}', '0'],
    [`nv_inference_request_success${labels}`, '5'],
    [`nv_inference_count${labels}`, '7'],
    [`nv_inference_exec_count${labels}`, '3'],
    [`nv_inference_request_duration_us${labels}`, '5'],
    [`nv_inference_queue_duration_us${labels}`, '1'],
    [`nv_inference_compute_infer_duration_us${labels}`, '3'],
    ['nv_inference_request_failure{model="iris",version="1",reason="REJECTED"}', '1'],
    ['nv_inference_request_failure{model="",version="",reason="OTHER"}', '1'],
    ['predictor_inference_failures_total{model="",version="",code="MODEL_UNKNOWN"}', '1'],
    ['request_preprocess_seconds_sum{model_name="iris"}', '0.002'],
    ['request_predict_seconds_sum{model_name="iris"}', '0.003'],
    ['request_postprocess_seconds_sum{model_name="iris"}', '0.004'],
    [`predictor_inference_seconds_sum${labels}`, '0.01'],
    [`predictor_queue_seconds_count${labels}`, '1'],
    [`predictor_batch_rows_sum${labels}`, '4'],
    ['predictor_call_seconds_count{protocol="grpc",operation="ModelInfer",status="14"}', '1'],
  ] as const)
    assert.equal(seriesValue(text, series), value, series);
  assert.ok(!text.includes('anything a client'));
  assert.match(text, /^process_resident_memory_bytes /m);
});

test('inferences in progress are counted for known models, until they end', async () => {
  const metrics = createMetrics('1');
  const ends: (() => void)[] = [];
  const watched = metrics.watch(plane(() => new Promise((_, reject) => ends.push(() => reject(new Error('no'))))));
  const ask = (modelName: string) =>
    watched.infer({ modelName, inputs: [], outputs: [] }, { requestId: '' }).catch(() => {});
  const asked = [ask('iris'), ask('iris'), ask('nobody')];
  const pending = async () =>
    (await metrics.text()).text.split('\n').filter((line) => line.startsWith('nv_inference_pending'));
  assert.deepEqual(await pending(), ['nv_inference_pending_request_count{model="iris",version=""} 2']);
  for (const end of ends) end();
  await Promise.all(asked);
  assert.deepEqual(await pending(), []);
});

test('the metrics port serves metrics and nothing else', async () => {
  const server = createMetricsServer(createMetrics('1'));
  const url = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
  const response = await fetch(`${url}/metrics?x=y`);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /^predictor_build_info/m);
  assert.equal((await fetch(`${url}/v2`)).status, 404);
  assert.equal((await fetch(`${url}/metrics`, { method: 'POST' })).status, 404);
  await server.close();
});

test('the access log has one line per call', () => {
  const lines: unknown[][] = [];
  createAccessLog((...line) => lines.push(line))({
    protocol: 'http',
    operation: 'POST /v2/models/{model}/infer',
    status: 200,
    milliseconds: 1.23456,
    requestId: 'r',
    model: 'm',
  });
  const fields = {
    protocol: 'http',
    operation: 'POST /v2/models/{model}/infer',
    status: 200,
    requestId: 'r',
    model: 'm',
    milliseconds: 1.235,
  };
  assert.deepEqual(lines, [['info', 'call', 'POST /v2/models/{model}/infer 200', fields]]);
});
