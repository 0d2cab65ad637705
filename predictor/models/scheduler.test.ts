import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { RequestContext } from '../protocol/context.ts';
import { ServeError } from '../protocol/error.ts';
import type { NamedTensor } from '../protocol/tensor.ts';
import { ProcessLost } from '../runtime/process.ts';
import type { Run } from '../runtime/session.ts';
import type { Lane, Lanes } from './lanes.ts';
import { createScheduler, type SchedulerOptions } from './scheduler.ts';
import { createStatistics } from './statistics.ts';

interface Begun {
  readonly feeds: readonly NamedTensor[];
  readonly values: number[];
  /** Answers with the first input. */
  finish(change?: (tensor: NamedTensor) => NamedTensor): Promise<void>;
  fail(error: Error): Promise<void>;
}

/** A scheduler whose runs end when the test says so. */
function setUp(options: Partial<SchedulerOptions> = {}, laneCount = 1, depth = 1) {
  const begun: Begun[] = [];
  const run = (feeds: readonly NamedTensor[]) =>
    new Promise<Run>((resolve, reject) => {
      const [first] = feeds as [NamedTensor];
      const done = () => turn().then(() => {});
      begun.push({
        feeds,
        values: Array.from(first.data as Float32Array),
        finish: (change = (tensor) => tensor) => {
          resolve({ tensors: [change(first)], waitNs: 0, inferNs: 1000 });
          return done();
        },
        fail: (error) => {
          reject(error);
          return done();
        },
      });
    });
  const state = { lanes: Array.from({ length: laneCount }, (): Lane => ({ depth, run })), hopeless: false };
  let changed = () => {};
  const lanes: Lanes = {
    place: 'process',
    count: laneCount,
    current: () => state.lanes,
    fault: () => 'gone',
    hopeless: () => state.hopeless,
    watch: (listener) => {
      changed = listener;
    },
    release: () => Promise.resolve(),
  };
  const statistics = createStatistics(() => 5);
  const batching = { requests: 4, rows: 6 };
  const scheduler = createScheduler({ title: "model 'm'", lanes, maxWaiting: 8, batching, statistics, ...options });
  return { scheduler, statistics, begun, state, changed: () => changed() };
}

const work = (values: number[], key = '') => ({
  feeds: [{ name: 'x', datatype: 'FP32' as const, shape: [values.length], data: Float32Array.from(values) }],
  wanted: ['y'],
  rows: values.length,
  key,
});
const context = (more: Partial<RequestContext> = {}): RequestContext => ({ requestId: 'r', ...more });
const outcome = (answer: Promise<{ tensors: readonly { data: unknown }[] }>): Promise<unknown> =>
  answer.then(
    ({ tensors }) => Array.from((tensors[0]?.data ?? []) as Float32Array),
    (error: unknown) => (error instanceof ServeError ? error.code : error),
  );

test('requests of one turn share a run, and each gets its own rows', async () => {
  const { scheduler, statistics, begun } = setUp();
  const answers = [[1], [2, 3], [4]].map((values) => scheduler.submit(work(values), context()));
  await turn();
  assert.deepEqual(
    begun.map((run) => run.values),
    [[1, 2, 3, 4]],
  );
  await begun[0]?.finish();
  assert.deepEqual(await Promise.all(answers.map(outcome)), [[1], [2, 3], [4]]);
  const { timings } = (await answers[1]) as Awaited<(typeof answers)[1] & object>;
  assert.deepEqual([timings.batchSize, timings.inferNs], [4, 1000]);
  const read = statistics.read();
  assert.deepEqual([read.inferenceCount, read.executionCount, read.success.count, read.fail.count], [4, 1, 3, 0]);
  assert.deepEqual([read.computeInfer, read.lastInferenceMs], [{ count: 3, ns: 3000 }, 5]);
  assert.deepEqual(
    read.batches.map((batch) => [batch.batchSize, batch.computeInfer]),
    [[4, { count: 1, ns: 1000 }]],
  );
});

test('only requests of one key share a run, within the limits of requests and rows', async () => {
  const { scheduler, begun } = setUp();
  const jobs = [work([1]), work([9], 'other'), work([2]), work([3]), work([4]), work([5])];
  const answers = jobs.map((job) => outcome(scheduler.submit(job, context())));
  await turn();
  await begun[0]?.finish();
  await begun[1]?.finish();
  await begun[2]?.finish();
  assert.deepEqual(
    begun.map((run) => run.values),
    [[1, 2, 3, 4], [9], [5]],
  );
  assert.deepEqual(await Promise.all(answers), [[1], [9], [2], [3], [4], [5]]);
  const wide = [work([1, 2, 3, 4]), work([5, 6, 7]), work([8, 9])].map((job) =>
    outcome(scheduler.submit(job, context())),
  );
  await turn();
  await begun[3]?.finish();
  await begun[4]?.finish();
  assert.deepEqual(
    begun.slice(3).map((run) => run.values),
    [
      [1, 2, 3, 4, 8, 9],
      [5, 6, 7],
    ],
  );
  await Promise.all(wide);
});

test('a request without common rows, or without rows at all, runs alone', async () => {
  const { scheduler, begun } = setUp();
  const odd = [{ ...work([1]), rows: undefined }, work([]), work([2])];
  const answers = odd.map((job) => outcome(scheduler.submit(job, context())));
  await turn();
  for (let index = 0; index < 3; index++) await begun[index]?.finish();
  assert.deepEqual(
    begun.map((run) => run.values),
    [[1], [], [2]],
  );
  assert.deepEqual(await Promise.all(answers), [[1], [], [2]]);
});

test('lanes that are free at the same time share what waits; a deep lane takes the next run early', async () => {
  const two = setUp({}, 2);
  for (const value of [1, 2, 3]) void two.scheduler.submit(work([value]), context());
  await turn();
  assert.deepEqual(
    two.begun.map((run) => run.values),
    [[1, 2], [3]],
  );
  const deep = setUp({ batching: { requests: 1, rows: 1 } }, 1, 2);
  for (const value of [1, 2, 3]) void deep.scheduler.submit(work([value]), context());
  await turn();
  assert.equal(deep.begun.length, 2);
  await deep.begun[0]?.finish();
  assert.equal(deep.begun.length, 3);
});

test('a full queue refuses, and takes again when there is room', async () => {
  const { scheduler, begun, statistics } = setUp({ maxWaiting: 2 });
  const first = outcome(scheduler.submit(work([0]), context()));
  await turn();
  const waiting = [1, 2].map((value) => outcome(scheduler.submit(work([value]), context())));
  await assert.rejects(
    scheduler.submit(work([3]), context()),
    (error) =>
      error instanceof ServeError && error.code === 'QUEUE_FULL' && /Exceeds maximum queue size/.test(error.message),
  );
  assert.equal(scheduler.waiting(), 2);
  await begun[0]?.finish();
  const late = outcome(scheduler.submit(work([4]), context()));
  await begun[1]?.finish();
  await turn();
  await begun[2]?.finish();
  assert.deepEqual(await Promise.all([first, ...waiting, late]), [[0], [1], [2], [4]]);
  assert.equal(statistics.read().fail.count, 1);
});

test('whoever went away in the turn of the request makes room for the next one', async () => {
  const { scheduler, begun } = setUp({ maxWaiting: 2 });
  const running = outcome(scheduler.submit(work([0]), context()));
  await turn();
  const caller = { gone: false };
  const leaving: RequestContext = {
    requestId: 'r',
    get gone() {
      return caller.gone;
    },
  };
  const gone = outcome(scheduler.submit(work([1]), leaving));
  const late = outcome(scheduler.submit(work([2]), context({ deadline: performance.now() + 1 })));
  const end = performance.now() + 2;
  while (performance.now() < end);
  caller.gone = true;
  const next = outcome(scheduler.submit(work([3]), context()));
  assert.deepEqual(await Promise.all([gone, late]), ['CANCELLED', 'DEADLINE_EXCEEDED']);
  assert.equal(scheduler.waiting(), 1);
  await begun[0]?.finish();
  await turn();
  await begun[1]?.finish();
  assert.deepEqual(await Promise.all([running, next]), [[0], [3]]);
});

test('deadlines and cancellations end the wait; nothing is computed for nobody', async () => {
  const { scheduler, begun } = setUp();
  const running = outcome(scheduler.submit(work([0]), context()));
  await turn();
  const gone = new AbortController();
  const cancelled = outcome(scheduler.submit(work([1]), context({ signal: gone.signal })));
  const late = outcome(scheduler.submit(work([2]), context({ deadline: performance.now() + 1 })));
  const kept = outcome(scheduler.submit(work([3]), context({ deadline: performance.now() + 60_000 })));
  gone.abort();
  assert.equal(await cancelled, 'CANCELLED');
  assert.equal(await late, 'DEADLINE_EXCEEDED');
  await begun[0]?.finish();
  await begun[1]?.finish();
  assert.deepEqual(
    begun.map((run) => run.values),
    [[0], [3]],
  );
  assert.deepEqual(await Promise.all([running, kept]), [[0], [3]]);
  assert.equal(await outcome(scheduler.submit(work([4]), context({ signal: gone.signal }))), 'CANCELLED');
  assert.equal(await outcome(scheduler.submit(work([5]), context({ deadline: 0 }))), 'DEADLINE_EXCEEDED');
});

test('a deadline is kept while the run is under way, and its late answer is dropped', async () => {
  const { scheduler, begun, statistics } = setUp();
  const late = outcome(scheduler.submit(work([1]), context({ deadline: performance.now() + 5 })));
  await turn();
  assert.equal(await late, 'DEADLINE_EXCEEDED');
  await begun[0]?.finish();
  assert.deepEqual([statistics.read().success.count, statistics.read().fail.count], [0, 1]);
});

test('priority 1 goes before 2, and both before none', async () => {
  const { scheduler, begun } = setUp({ batching: { requests: 1, rows: 1 } });
  const running = scheduler.submit(work([0]), context());
  await turn();
  const priorities = [undefined, 2, 1, 0, 1];
  for (const [index, priority] of priorities.entries()) {
    void scheduler.submit(work([index + 1]), context(priority === undefined ? {} : { priority }));
  }
  for (let index = 0; index <= priorities.length; index++) await begun[index]?.finish();
  await running;
  assert.deepEqual(
    begun.map((run) => run.values[0]),
    [0, 3, 5, 2, 1, 4],
  );
});

test('a shared run that fails is repeated one by one: the bad one alone fails', async () => {
  const { scheduler, begun } = setUp();
  const answers = [1, 2, 3].map((value) => outcome(scheduler.submit(work([value]), context())));
  await turn();
  await begun[0]?.fail(new Error('bad row'));
  await begun[1]?.finish();
  await begun[2]?.fail(new Error('bad row'));
  await begun[3]?.finish();
  assert.deepEqual(
    begun.map((run) => run.values),
    [[1, 2, 3], [1], [2], [3]],
  );
  assert.deepEqual(await Promise.all(answers), [[1], 'INFERENCE_FAILED', [3]]);
});

test('a model that loses rows is never given several requests again', async () => {
  const { scheduler, begun } = setUp();
  const answers = [1, 2].map((value) => outcome(scheduler.submit(work([value]), context())));
  await turn();
  await begun[0]?.finish((tensor) => ({ ...tensor, shape: [1] }));
  assert.equal(scheduler.batches(), false);
  await begun[1]?.finish();
  await begun[2]?.finish();
  assert.deepEqual(await Promise.all(answers), [[1], [2]]);
  for (const value of [3, 4]) void scheduler.submit(work([value]), context());
  await turn();
  assert.deepEqual(begun[3]?.values, [3]);
});

test('a request is repeated once when its process ends; one that had not begun loses nothing', async () => {
  const { scheduler, begun } = setUp({ batching: { requests: 1, rows: 1 } }, 1, 2);
  const deadly = outcome(scheduler.submit(work([1]), context()));
  const innocent = outcome(scheduler.submit(work([2]), context()));
  await turn();
  for (let time = 0; time < 2; time++) {
    const [one, other] = begun.slice(-2);
    const [first, second] = one?.values[0] === 1 ? [one, other] : [other, one];
    void first?.fail(new ProcessLost('killed', true));
    await second?.fail(new ProcessLost('killed', false));
  }
  await begun.at(-1)?.finish();
  assert.deepEqual(await Promise.all([deadly, innocent]), ['INFERENCE_FAILED', [2]]);
});

test('without a lane requests wait; without hope they are refused', async () => {
  const { scheduler, begun, state, changed } = setUp();
  const lanes = state.lanes;
  state.lanes = [];
  const patient = outcome(scheduler.submit(work([1]), context()));
  await turn();
  assert.equal(begun.length, 0);
  state.lanes = lanes;
  changed();
  await begun[0]?.finish();
  assert.deepEqual(await patient, [1]);
  state.lanes = [];
  state.hopeless = true;
  assert.equal(await outcome(scheduler.submit(work([2]), context())), 'MODEL_NOT_READY');
});
