/** Models from load to answer, in this process and in processes of their own, on real graphs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { ServeError } from '../protocol/error.ts';
import type { InferRequest } from '../protocol/messages.ts';
import type { NamedTensor, Tensor } from '../protocol/tensor.ts';
import type { ModelProcess } from '../runtime/process.ts';
import { add, type Bytes, classifier, identity, model, node, value, weights, write } from '../testdata/onnx.ts';
import { LoadError } from './fault.ts';
import { createFetcher } from './fetch.ts';
import { type LoadedModel, loadModel } from './load.ts';
import { type ServingSettings, servingDefaults } from './place.ts';
import { createTrials, type Trials } from './trials.ts';

const root = mkdtempSync(join(tmpdir(), 'serving-test-'));
after(() => rmSync(root, { recursive: true }));
const fetcher = createFetcher({ region: 'us-east-1', maxFolderBytes: 0, maxFolderObjects: 0 }, () => {});
const trials = createTrials({ openMs: 60_000, runMs: 60_000 });
/** Processes that wait do not keep a program alive; here nothing else would. */
const alive = setInterval(() => {}, 60_000);
after(() => clearInterval(alive));
after(() => trials.close());

/** An inline model whatever the speed of this machine, or one in a process of its own. */
const inline: Partial<ServingSettings> = {
  inlineMaxUs: Infinity,
  inlineMaxOpenMs: Infinity,
  inlineMaxRunMs: Infinity,
};
const apart: Partial<ServingSettings> = { inlineMaxUs: 0 };

let files = 0;
function load(
  bytes: Bytes,
  serving: Partial<ServingSettings>,
  report: (event: string, fields: Readonly<Record<string, unknown>>) => void = () => {},
  from: Trials = trials,
): Promise<LoadedModel> {
  const location = join(root, `${files++}.onnx`);
  write(root, { [`${files - 1}.onnx`]: bytes });
  const source = { name: 'm', version: '1', location, labels: {}, aliases: {} };
  const settings = { fetcher, trials: from, intraOpThreads: 1, report, serving: { ...servingDefaults, ...serving } };
  return loadModel(source, settings);
}

async function infer(loaded: LoadedModel, inputs: readonly NamedTensor[]): Promise<readonly Tensor[]> {
  const request: InferRequest = { modelName: 'm', inputs, outputs: [] };
  return (await loaded.scheduler.submit(loaded.check(request), { requestId: '' })).tensors;
}

const floats = (name: string, shape: number[], data: number[]): NamedTensor => ({
  name,
  datatype: 'FP32',
  shape,
  data: Float32Array.from(data),
});
const integers = (name: string, ...data: number[]): NamedTensor => ({
  name,
  datatype: 'INT64',
  shape: [data.length],
  data: BigInt64Array.from(data, BigInt),
});

/** X FP32 [-1,3] → Y = X W. */
const product = model({
  nodes: [node('MatMul', ['X', 'W'], ['Y'])],
  inputs: [value('X', 'FP32', [-1, 3])],
  outputs: [value('Y', 'FP32', [-1, 2])],
  initializers: [weights('W', [3, 2], [1, -2, 0.5, 3, 0.25, 7])],
});
/** `index` INT64 [-1] → the table's values there; fails outside of 0 to 3. */
const lookUp = model({
  nodes: [node('Gather', ['table', 'index'], ['found'])],
  inputs: [value('index', 'INT64', [-1])],
  outputs: [value('found', 'FP32', [-1])],
  initializers: [weights('table', [4], [10, 11, 12, 13])],
});
/** Takes from each row the mean of all rows: rows that touch each other. */
const centred = model({
  nodes: [node('ReduceMean', ['X'], ['mean'], { axes: [0], keepdims: 1 }), node('Sub', ['X', 'mean'], ['Y'])],
  inputs: [value('X', 'FP32', [-1, 2])],
  outputs: [value('Y', 'FP32', [-1, 2])],
});
/** `size` INT64 [2] → the product of a matrix of that size with itself: as long a run as one likes. */
const slow = model({
  nodes: [
    node('ConstantOfShape', ['size'], ['zeros']),
    node('MatMul', ['zeros', 'zeros'], ['product']),
    node('ReduceMax', ['product'], ['out'], { keepdims: 0 }),
  ],
  inputs: [value('size', 'INT64', [2])],
  outputs: [value('out', 'FP32', [])],
});

const rowsOf = (width: number) =>
  fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: width, maxLength: width });
const tables = (width: number) =>
  fc.array(fc.array(rowsOf(width), { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 9 });

function close(one: readonly Tensor[], other: readonly Tensor[]): void {
  for (const [index, { datatype, shape, data }] of one.entries()) {
    assert.deepEqual([datatype, shape], [other[index]?.datatype, other[index]?.shape]);
    if (datatype !== 'FP32') assert.deepEqual(data, other[index]?.data);
    else
      for (const [at, number] of (data as Float32Array).entries()) {
        const wanted = Number(other[index]?.data[at]);
        assert.ok(Math.abs(number - wanted) <= 1e-5 * Math.max(1, Math.abs(wanted)), `${number} is not ${wanted}`);
      }
  }
}

test('answers of shared runs are the answers of single ones', async () => {
  const cases = [
    { bytes: product, width: 3, inputs: ['X'] },
    { bytes: classifier({ labels: ['cat', 'dog'] }), width: 2, inputs: ['X'] },
    { bytes: add(), width: 2, inputs: ['a', 'b'] },
  ];
  for (const { bytes, width, inputs } of cases) {
    for (const place of [inline, apart]) {
      const together = await load(bytes, place);
      const single = await load(bytes, { ...inline, batch: { requests: 1, rows: 1 } });
      assert.deepEqual([together.scheduler.batches(), single.scheduler.batches()], [true, false]);
      await fc.assert(
        fc.asyncProperty(tables(width), async (requests) => {
          const feeds = requests.map((rows) => inputs.map((name) => floats(name, [rows.length, width], rows.flat())));
          const answers = await Promise.all(feeds.map((feed) => infer(together, feed)));
          for (const [index, feed] of feeds.entries()) close(answers[index] ?? [], await infer(single, feed));
        }),
        { numRuns: 25 },
      );
      const { inferenceCount, executionCount } = together.statistics.read();
      assert.ok(executionCount < inferenceCount);
      await Promise.all([together.release(), single.release()]);
    }
  }
});

test('text and half-open shapes share runs where they may', async () => {
  const words = await load(identity('BYTES', [-1, -1]), inline);
  const text = (shape: number[], ...data: string[]): NamedTensor => ({ name: 'in', datatype: 'BYTES', shape, data });
  const [first, ...behind] = [text([1, 2], 'a', 'b'), text([2, 1], 'c', 'd'), text([1, 2], 'ü', '')];
  // The first of a turn runs at once; it is those behind it that share.
  const requests = [text([1, 3], 'x', 'y', 'z'), first as NamedTensor, ...behind];
  const answers = await Promise.all(requests.map((request) => infer(words, [request])));
  assert.deepEqual(
    answers.map(([tensor]) => tensor),
    requests.map(({ datatype, shape, data }) => ({ datatype, shape, data })),
  );
  assert.deepEqual(
    words.statistics.read().batches.map((batch) => batch.batchSize),
    [1, 2],
  );
  assert.equal(words.statistics.read().executionCount, 3);
  await words.release();
});

test('rows that touch each other, a fixed first dimension and an open rank are never shared', async () => {
  for (const bytes of [centred, identity('FP32', [2]), identity('FP32'), slow]) {
    const loaded = await load(bytes, inline);
    assert.equal(loaded.scheduler.batches(), false);
    await loaded.release();
  }
});

test('a bad request in a shared run fails alone', async () => {
  for (const place of [inline, apart]) {
    const loaded = await load(lookUp, place);
    assert.equal(loaded.scheduler.batches(), true);
    const answers = [0, 9, 3, 2].map((index) => infer(loaded, [integers('index', index)]));
    const outcomes = await Promise.allSettled(answers);
    assert.deepEqual(
      outcomes.map((one) =>
        one.status === 'fulfilled' ? Number(one.value[0]?.data[0]) : (one.reason as ServeError).code,
      ),
      [10, 'INFERENCE_FAILED', 13, 12],
    );
    assert.deepEqual([loaded.statistics.read().success.count, loaded.statistics.read().fail.count], [3, 1]);
    await loaded.release();
  }
});

/** Remembers the processes that it hands out. */
function watched(): Trials & { readonly taken: ModelProcess[] } {
  const taken: ModelProcess[] = [];
  const noted = (process: ModelProcess) => {
    taken.push(process);
    return process;
  };
  return { ...trials, taken, take: () => noted(trials.start()), start: () => noted(trials.start()) };
}

test('a model process that is killed during a run is replaced and the request answered; meanwhile the model is not ready', async () => {
  const own = watched();
  const faults: (string | undefined)[] = [];
  const events: string[] = [];
  const loaded: LoadedModel = await load(
    slow,
    apart,
    (event) => {
      events.push(event);
      if (event === 'model-process-lost') faults.push(loaded.fault());
    },
    own,
  );
  const size = 1200;
  const answer = infer(loaded, [integers('size', size, size)]);
  while (loaded.scheduler.waiting() > 0) await new Promise((resolve) => setImmediate(resolve));
  process.kill(own.taken[0]?.pid ?? 0, 'SIGKILL');
  assert.deepEqual((await answer)[0]?.data, Float32Array.of(0));
  assert.deepEqual(faults, ["restarting: the model's process ended by SIGKILL"]);
  assert.deepEqual(events.slice(-2), ['model-process-lost', 'model-process-started']);
  assert.equal(loaded.fault(), undefined);
  assert.equal(own.taken.length, 2);
  await loaded.release();
});

test('a request that kills its process every time fails, and the model lives on', async () => {
  const own = watched();
  const loaded = await load(slow, apart, () => {}, own);
  let kills = 0;
  const answer = infer(loaded, [integers('size', 1200, 1200)]).catch((error: unknown) => error);
  let settled = false;
  void answer.then(() => {
    settled = true;
  });
  while (!settled) {
    if (loaded.fault() === undefined && loaded.scheduler.waiting() === 0 && own.taken.length > kills && kills < 2) {
      process.kill(own.taken[kills]?.pid ?? 0, 'SIGKILL');
      kills += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const error = await answer;
  assert.ok(error instanceof ServeError && error.code === 'INFERENCE_FAILED');
  assert.deepEqual((await infer(loaded, [integers('size', 2, 2)]))[0]?.data, Float32Array.of(0));
  await loaded.release();
});

test('a process that runs longer than it may is killed', async () => {
  const hasty = createTrials({ openMs: 60_000, runMs: 50 });
  const loaded = await load(slow, apart, () => {}, hasty);
  await assert.rejects(
    infer(loaded, [integers('size', 6000, 6000)]),
    (error) =>
      error instanceof ServeError &&
      error.code === 'INFERENCE_FAILED' &&
      /killed after 50 ms/.test(String((error.cause as Error).message)),
  );
  await loaded.release();
});

test('requests that would block for long go to a process that is started for the first of them', async () => {
  const own = watched();
  const brief = { ...inline, inlineMaxRunMs: 1e-6 };
  const loaded = await load(product, brief, () => {}, own);
  const rows = (count: number) => [floats('X', [count, 3], new Array<number>(count * 3).fill(1))];
  await infer(loaded, rows(1));
  assert.equal(own.taken.length, 1);
  assert.deepEqual((await infer(loaded, rows(2)))[0]?.data, Float32Array.of(1.75, 8, 1.75, 8));
  assert.equal(own.taken.length, 2);
  await loaded.release();
});

test('a size that was slow time and again is sent away from then on', async () => {
  const own = watched();
  const loaded = await load(slow, { ...inline, inlineMaxRunMs: 1e-6 }, () => {}, own);
  for (let time = 1; time <= 3; time++) await infer(loaded, [integers('size', 2, 2)]);
  assert.equal(own.taken.length, 1);
  assert.deepEqual((await infer(loaded, [integers('size', 2, 2)]))[0]?.data, Float32Array.of(0));
  assert.equal(own.taken.length, 2);
  await loaded.release();
});

test('a model that ends its process while it is opened is refused; nothing else notices', async () => {
  const doomed: Trials = {
    ...trials,
    take: () => {
      const started = trials.start();
      process.kill(started.pid, 'SIGKILL');
      return started;
    },
  };
  await assert.rejects(
    load(identity('FP32', [-1]), inline, () => {}, doomed),
    (error) => error instanceof LoadError && /process ended by SIGKILL/.test(error.message),
  );
  const loaded = await load(identity('FP32', [-1]), inline);
  assert.deepEqual((await infer(loaded, [floats('in', [1], [7])]))[0]?.data, Float32Array.of(7));
  await loaded.release();
});

test('a replacement must be the same file', async () => {
  const own = watched();
  const reasons: unknown[] = [];
  let failed = () => {};
  const refused = new Promise<void>((resolve) => {
    failed = resolve;
  });
  const report = (event: string, fields: Readonly<Record<string, unknown>>) => {
    if (event !== 'model-process-failed') return;
    reasons.push(fields['reason']);
    failed();
  };
  const loaded = await load(add(), apart, report, own);
  write(root, { [`${files - 1}.onnx`]: product });
  process.kill(own.taken[0]?.pid ?? 0, 'SIGKILL');
  await refused;
  assert.match(String(reasons[0]), /sha256 of the model file is/);
  assert.match(loaded.fault() ?? '', /cannot be restarted/);
  const feed = (name: string) => floats(name, [1, 2], [1, 2]);
  await assert.rejects(
    infer(loaded, [feed('a'), feed('b')]),
    (error) => error instanceof ServeError && error.code === 'MODEL_NOT_READY',
  );
  await loaded.release();
});
