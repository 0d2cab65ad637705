import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { write } from '../testdata/onnx.ts';
import { LoadError } from './fault.ts';
import { findModel } from './find.ts';
import { readMlModel } from './mlmodel.ts';

const root = mkdtempSync(join(tmpdir(), 'find-test-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

const folder = (files: Record<string, string>) => write(join(root, String(folders++)), { '.hidden': '', ...files });
const mlModel = (data: string) => `flavors:\n  onnx:\n    data: ${data}\n    onnx_session_options: null\n`;

async function refused(files: Record<string, string>, message: RegExp): Promise<void> {
  await assert.rejects(
    findModel(folder(files), 's3://b/m/'),
    (error) => error instanceof LoadError && message.test(error.message),
  );
}

test('one .onnx file, alone, by its own name, or named by MLmodel', async () => {
  const plain = folder({ 'iris.onnx': '', 'notes.txt': '' });
  assert.deepEqual(await findModel(plain), { folder: plain, file: join(plain, 'iris.onnx') });
  assert.deepEqual(await findModel(join(plain, 'iris.onnx')), { folder: plain, file: join(plain, 'iris.onnx') });
  const logged = folder({ MLmodel: mlModel('data/model.onnx'), 'data/model.onnx': '', 'other.onnx': '' });
  assert.equal((await findModel(logged)).file, join(logged, 'data/model.onnx'));
});

test('a folder that holds no model, or several, is refused with what it holds', async () => {
  await refused({}, /^"s3:\/\/b\/m\/" holds neither an \.onnx file nor an MLmodel file$/);
  await refused({ 'a.onnx': '', 'b.onnx': '' }, /holds 2 \.onnx files, expected one: a\.onnx, b\.onnx/);
  await assert.rejects(findModel(join(root, 'none'), '/mnt/models'), /^Error: "\/mnt\/models" does not exist$/);
});

test('formats that run code are refused with the way out', async () => {
  for (const name of ['model.pkl', 'model.skops', 'model.joblib', 'model.pt'])
    await refused({ [name]: '' }, /this predictor serves ONNX only: convert it/);
  await refused({ MLmodel: 'flavors:\n  sklearn: {}\n', 'model.skops': '' }, /^"model\.skops" is a skops file/);
  await assert.rejects(findModel(join(folder({ 'm.pkl': '' }), 'm.pkl')), /"m\.pkl" is a Python pickle file/);
});

test('MLmodel must name a file in its folder', async () => {
  await refused({ MLmodel: mlModel('../x.onnx') }, /"\.\.\/x\.onnx", which lies outside/);
  await refused({ MLmodel: mlModel('gone.onnx') }, /"gone\.onnx", which is not in its folder/);
  await refused({ MLmodel: 'flavors: {python_function: {}}' }, /no onnx flavor \(flavors: python_function\)/);
  await refused({ MLmodel: 'a: [' }, /MLmodel is not YAML/);
  await refused({ MLmodel: '' }, /flavors: none/);
});

test('signature and session options of MLmodel', () => {
  const columns = '[{"type":"double","name":"a","required":true},{"type":"long","name":"b"}]';
  const options =
    '{intra_op_num_threads: 4, inter_op_num_threads: 0, execution_mode: parallel, graph_optimization_level: 99}';
  const read = readMlModel(
    `flavors: {onnx: {data: m.onnx, onnx_session_options: ${options}}}\nsignature: {inputs: '${columns}'}`,
  );
  assert.deepEqual(read, {
    modelFile: 'm.onnx',
    columns: ['a', 'b'],
    session: { intraOpThreads: 4, executionMode: 'parallel', optimization: 'all' },
  });
  const tensor = '[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,4]}}]';
  assert.deepEqual(readMlModel(`flavors: {onnx: {data: m.onnx}}\nsignature: {inputs: '${tensor}'}`).columns, []);
  assert.deepEqual(
    readMlModel(`flavors: {onnx: {data: m.onnx}}\nsignature: {inputs: '[{"type":"double"}]'}`).columns,
    [],
  );
  assert.throws(
    () => readMlModel("flavors: {onnx: {data: m.onnx}}\nsignature: {inputs: '['}"),
    /signature\.inputs is not JSON/,
  );
});
