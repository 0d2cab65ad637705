import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  add,
  type Bytes,
  classifier,
  externalWeights,
  identity,
  model,
  node,
  value,
  weights,
  write,
} from '../testdata/onnx.ts';
import { LoadError } from './fault.ts';
import { createFetcher } from './fetch.ts';
import { type LoadedModel, loadModel } from './load.ts';
import { servingDefaults } from './place.ts';
import { repositorySources } from './repository.ts';
import type { ModelSource } from './source.ts';
import { createTrials } from './trials.ts';

const root = mkdtempSync(join(tmpdir(), 'load-test-'));
after(() => rmSync(root, { recursive: true }));
const fetcher = createFetcher({ region: 'us-east-1', maxFolderBytes: 0, maxFolderObjects: 0 }, () => {});
const trials = createTrials({ openMs: 60_000, runMs: 60_000 });
let folders = 0;

async function load(files: Record<string, Bytes | string>, more: Partial<ModelSource> = {}) {
  const events = new Map<string, Readonly<Record<string, unknown>>>();
  const location = write(join(root, `m${folders++}`), files);
  const source = { name: 'm', version: '1', location, labels: {}, aliases: {}, ...more };
  const loaded = await loadModel(source, {
    fetcher,
    trials,
    intraOpThreads: 1,
    serving: servingDefaults,
    report: (event, fields) => events.set(event, fields),
  });
  await loaded.release();
  return { loaded, events };
}

const names = (loaded: LoadedModel) => [
  [...loaded.signature.inputNames.keys()],
  [...loaded.signature.outputNames.keys()],
];
const refused = (files: Record<string, Bytes | string>, more: Partial<ModelSource>, message: RegExp) =>
  assert.rejects(load(files, more), (error) => error instanceof LoadError && message.test(error.message));

test('a classifier gets its names, labels and facts', async () => {
  const bytes = classifier({ labels: ['cat', 'dog'], external: 'w.data' });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const more = { sha256, labels: { label: ['Cat', 'Dog'] }, aliases: { probabilities: 'chances' } };
  const { loaded } = await load({ 'model.onnx': bytes, 'w.data': externalWeights() }, more);
  assert.deepEqual(names(loaded), [
    ['X', 'input-0', 'predict'],
    ['label', 'probabilities', 'chances', 'output-0', 'output-1', 'predict', 'predict_proba'],
  ]);
  assert.deepEqual(loaded.properties, {
    'labels.label': '["Cat","Dog"]',
    'labels.probabilities': '["cat","dog"]',
    'onnx.producer': 'test',
    'onnx.opset': 'ai.onnx 13, ai.onnx.ml 1',
    sha256,
  });
});

test('an MLflow layout brings columns, and the example for the first run', async () => {
  const columns = JSON.stringify([
    { type: 'double', name: 'width' },
    { type: 'double', name: 'height' },
  ]);
  const mlModel = `flavors: {onnx: {data: model.onnx}}\nsignature: {inputs: '${columns}'}\n`;
  const example = JSON.stringify({ dataframe_split: { columns: ['width', 'height'], data: [[1, 2]] } });
  const { loaded, events } = await load({
    MLmodel: mlModel,
    'model.onnx': classifier({ labels: [0, 1] }),
    'serving_input_example.json': example,
  });
  assert.equal(loaded.properties['columns.X'], '["width","height"]');
  assert.equal(events.get('model-warmed-up')?.['inputs'], 'example');
});

/** X [-1,-1] times weights [3,1]: runs on rows of 3 only, which the declared shape does not say. */
const threes = () =>
  model({
    nodes: [node('MatMul', ['X', 'W'], ['Y'])],
    inputs: [value('X', 'FP32', [-1, -1])],
    outputs: [value('Y', 'FP32', [-1, 1])],
    initializers: [weights('W', [3, 1], [1, 1, 1])],
  });

test('a model that refuses zeros is served; one that refuses its own example is not', async () => {
  const zeros = await load({ 'm.onnx': threes() });
  assert.match(String(zeros.events.get('warm-up-refused')?.['reason']), /MatMul/);
  const fitting = await load({ 'm.onnx': threes(), 'input_example.json': '[[1, 2, 3]]' });
  assert.equal(fitting.events.get('model-warmed-up')?.['inputs'], 'example');
  await refused(
    { 'm.onnx': threes(), 'input_example.json': '[[1, 2]]' },
    {},
    /^the model cannot run its input example: .*MatMul/,
  );
  const passedOver = await load({ 'm.onnx': add(), 'input_example.json': '[[1, 2]]' });
  assert.equal(passedOver.events.get('model-warmed-up')?.['inputs'], 'zeros');
});

test('another file than the digest promises is refused', async () => {
  await refused(
    { 'm.onnx': add() },
    { sha256: 'b'.repeat(64) },
    /^sha256 of the model file is [0-9a-f]{64}, expected b{64}$/,
  );
});

test('labels and aliases must be of the model', async () => {
  await refused(
    { 'm.onnx': add() },
    { labels: { product: ['x'] } },
    /^labels for "product", but the model's outputs are sum$/,
  );
  await refused(
    { 'm.onnx': add() },
    { aliases: { product: 'x' } },
    /^alias for "product", but the model's tensors are a, b, sum$/,
  );
  await refused({ 'm.onnx': add() }, { aliases: { a: 'b' } }, /^alias "b" of "a" already names "b"$/);
});

test('a broken model is refused, whatever is broken', async () => {
  await refused({ 'm.onnx': '' }, {}, /./);
  await refused({ 'm.onnx': add().subarray(0, 60) }, {}, /not an ONNX file/);
  await refused({ 'm.onnx': classifier({ labels: [0, 1], external: 'gone.data' }) }, {}, /gone\.data/);
});

test('a repository on disk lists models and versions', async () => {
  const repository = write(join(root, 'repository'), {
    'a/1/model.onnx': add(),
    'a/10/model.onnx': add(),
    'b/x/model.onnx': identity('FP32', [1]),
    'readme.txt': '',
    '.git/config': '',
  });
  const sources = await repositorySources(repository, fetcher);
  assert.deepEqual(
    sources.map((source) => [source.name, source.version, source.location]),
    [
      ['a', '1', join(repository, 'a/1')],
      ['a', '10', join(repository, 'a/10')],
      ['b', 'x', join(repository, 'b/x')],
    ],
  );
  await assert.rejects(repositorySources(join(root, 'none'), fetcher), /cannot list/);
  await assert.rejects(
    repositorySources(write(join(root, 'flat'), { 'a/model.onnx': add() }), fetcher),
    /holds no version folder/,
  );
});
