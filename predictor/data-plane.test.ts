import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createDataPlane, type DataPlane } from './data-plane.ts';
import { createFetcher } from './models/fetch.ts';
import { loadModel } from './models/load.ts';
import { servingDefaults } from './models/place.ts';
import { createRegistry, type Registry } from './models/registry.ts';
import type { ModelSource } from './models/source.ts';
import { createTrials } from './models/trials.ts';
import { ServeError } from './protocol/error.ts';
import type { InferRequest, InputTensor } from './protocol/messages.ts';
import type { Observation } from './protocol/observer.ts';
import { add, classifier, identity, write } from './testdata/onnx.ts';

const root = mkdtempSync(join(tmpdir(), 'data-plane-test-'));
const trials = createTrials({ openMs: 60_000, runMs: 60_000 });
const observed: Observation[] = [];
let listed: ModelSource[] = [];
let registry: Registry;
let plane: DataPlane;

const source = (name: string, version: string, path: string): ModelSource => ({
  name,
  version,
  location: join(root, path),
  labels: {},
  aliases: {},
});

before(async () => {
  const fetcher = createFetcher({ region: 'us-east-1', maxFolderBytes: 0, maxFolderObjects: 0 }, () => {});
  const serving = { ...servingDefaults, inlineMaxUs: Infinity, inlineMaxOpenMs: Infinity };
  const settings = { fetcher, trials, intraOpThreads: 1, report: () => {}, serving };
  registry = createRegistry(
    (wanted) => loadModel(wanted, settings),
    () => {},
    () => Promise.resolve(listed),
  );
  const signature = JSON.stringify(['width', 'height'].map((name) => ({ name, type: 'double', required: true })));
  write(root, {
    'pets/model.onnx': classifier({ labels: ['cat', 'dog'] }),
    'pets/MLmodel': `flavors: {onnx: {data: model.onnx}}\nsignature: {inputs: '${signature}'}\n`,
    'add.onnx': add(),
    'swap.onnx': identity('FP32', [-1]),
    'broken.onnx': 'x',
  });
  listed = [source('pets', '1', 'pets'), source('sum', '1', 'add.onnx'), source('sum', '2', 'add.onnx')];
  await registry.apply(listed);
  const options = { registry, identity: { name: 'p', version: '0' }, accepting: () => true };
  plane = createDataPlane({ ...options, extensions: ['statistics'], observe: (one) => observed.push(one) });
});
after(async () => {
  await registry.close();
  await trials.close();
  rmSync(root, { recursive: true });
});

const rows = (name: string, ...data: number[]): InputTensor => ({
  name,
  datatype: 'FP32',
  shape: [data.length / 2, 2],
  data: Float32Array.from(data),
});
const infer = (modelName: string, inputs: InputTensor[], more: Partial<InferRequest> = {}) =>
  plane.infer({ modelName, inputs, outputs: [], ...more }, { requestId: 'r' });
const refuses = (work: Promise<unknown>, code: string, message: RegExp) =>
  assert.rejects(work, (error) => {
    assert.ok(error instanceof ServeError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });

test('metadata lists what the transports say they reach', () => {
  assert.deepEqual(plane.metadata(), { name: 'p', version: '0', extensions: ['statistics'] });
  assert.deepEqual(plane.models(), ['pets', 'sum']);
});

test('a classification comes beside a plain tensor of the same output', async () => {
  const outputs = [{ name: 'predict_proba', classification: 1 }, { name: 'label' }];
  const { response } = await infer('pets', [rows('X', 0, 90, 90, 0)], { outputs });
  assert.deepEqual(
    response.outputs.map(({ name, datatype, shape, data }) => [name, datatype, shape, data]),
    [
      ['predict_proba', 'BYTES', [2, 1], ['1:1:dog', '1:0:cat']],
      ['label', 'BYTES', [2], ['dog', 'cat']],
    ],
  );
  const words = infer('pets', [rows('X', 0, 0)], { outputs: [{ name: 'label', classification: 1 }] });
  await refuses(
    words,
    'REQUEST_FIELD',
    /cannot classify output 'label'.*\(\/outputs\/0\/parameters\/classification\)$/,
  );
  const negative = infer('pets', [rows('X', 0, 0)], { outputs: [{ name: 'probabilities', classification: -1 }] });
  await refuses(negative, 'REQUEST_FIELD', /classification of output 'probabilities' is -1/);
});

test('columns of an MLflow signature are taken one by one', async () => {
  const column = (name: string, ...data: number[]): InputTensor => ({
    name,
    datatype: 'FP64',
    shape: [data.length],
    data: Float64Array.from(data),
  });
  const { response } = await infer('pets', [column('height', 90, 0), column('width', 0, 90)]);
  assert.deepEqual(response.outputs[0], { name: 'label', datatype: 'BYTES', shape: [2], data: ['dog', 'cat'] });
});

test('statistics, configuration and the observer tell what was done', async () => {
  const before = observed.length;
  const feeds = [rows('a', 1, 2, 3, 4), rows('b', 1, 1, 1, 1)];
  const { response, timings } = await infer('sum', feeds, { id: 'x' });
  assert.deepEqual([response.modelVersion, response.id, timings.batchSize], ['2', 'x', 2]);
  await refuses(infer('sum', [rows('a', 1, 2)]), 'INPUT_MISSING', /Missing 'b'/);
  await refuses(infer('none', []), 'MODEL_UNKNOWN', /'none' is not found/);
  await refuses(infer('sum', feeds, { parameters: { sequence_id: 3 } }), 'UNIMPLEMENTED', /sequence/);
  assert.deepEqual(
    observed.slice(before).map(({ model, version, outcome, rows }) => [model, version, outcome, rows]),
    [
      ['sum', '2', 'success', 2],
      ['sum', '2', 'INPUT_MISSING', 1],
      ['none', '', 'MODEL_UNKNOWN', 1],
      ['sum', '', 'UNIMPLEMENTED', 2],
    ],
  );
  assert.equal(observed[before]?.timings, timings);
  const [statistics] = await plane.statistics('sum', '2');
  assert.deepEqual([statistics?.version, statistics?.inferenceCount, statistics?.executionCount], ['2', 2, 1]);
  assert.deepEqual([statistics?.success.count, statistics?.batches[0]?.batchSize], [1, 2]);
  assert.ok(Math.abs((statistics?.lastInferenceMs ?? 0) - Date.now()) < 60_000);
  const versions = async (name?: string) => (await plane.statistics(name)).map((one) => `${one.name}/${one.version}`);
  assert.deepEqual(await versions(), ['pets/1', 'sum/1', 'sum/2']);
  assert.deepEqual(await versions('sum'), ['sum/1', 'sum/2']);
  await assert.rejects(plane.statistics('none'), /'none' is not found/);
  const config = plane.config('sum');
  assert.deepEqual(config.input[1], { name: 'b', dataType: 'TYPE_FP32', dims: [-1, 2] });
  assert.deepEqual(config.versionPolicy, { specific: { versions: [1, 2] } });
  assert.deepEqual([config.maxBatchSize, config.instanceGroup[0]?.count], [0, 1]);
  assert.deepEqual(config.dynamicBatching, { preferredBatchSize: [], maxQueueDelayMicroseconds: 0 });
  assert.equal(plane.config('pets').output[0]?.dataType, 'TYPE_STRING');
});

test('a model is unloaded and loaded on request; the index says so', async () => {
  await plane.unload('sum');
  while (plane.index().some(({ state }) => state === 'UNLOADING')) await new Promise((done) => setImmediate(done));
  assert.deepEqual(
    plane.index().map(({ name, version, state, reason }) => `${name}/${version} ${state} ${reason}`),
    ['pets/1 READY ', 'sum/1 UNAVAILABLE unloaded', 'sum/2 UNAVAILABLE unloaded'],
  );
  await refuses(infer('sum', []), 'MODEL_NOT_READY', /unloaded/);
  assert.deepEqual(plane.modelReady('sum').ready, false);
  assert.deepEqual(plane.models(), ['pets']);
  assert.equal(plane.ready(), true);
  await plane.load('sum');
  assert.equal(plane.modelReady('sum', '2').ready, true);
  await refuses(plane.unload('none'), 'MODEL_UNKNOWN', /'none' is not found/);
  await refuses(plane.load('none'), 'MODEL_UNKNOWN', /failed to load 'none'/);
});

test('loading follows the list: new names come, gone versions go, a broken one leaves what serves', async () => {
  listed = [source('pets', '1', 'pets'), source('sum', '3', 'add.onnx'), source('swap', '1', 'swap.onnx')];
  await plane.load('swap');
  assert.deepEqual(plane.models(), ['pets', 'sum', 'swap']);
  await plane.load('sum');
  assert.deepEqual(plane.modelMetadata('sum').versions, ['3']);
  listed = [source('sum', '3', 'broken.onnx')];
  await refuses(plane.load('sum'), 'MODEL_NOT_READY', /failed to load 'sum': version 3: .*not an ONNX file/);
  assert.equal(plane.modelReady('sum').ready, true);
  assert.match(plane.index().find((entry) => entry.name === 'sum')?.reason ?? '', /not an ONNX file/);
});
