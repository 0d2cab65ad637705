import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServeError } from '../protocol/error.ts';
import type { LoadedModel } from './load.ts';
import { createRegistry } from './registry.ts';
import type { ModelSource } from './source.ts';

const digest = 'a'.repeat(64);
const source = (name: string, version: string, location = 'good', sha256: string | null = digest): ModelSource => ({
  name,
  version,
  location,
  labels: {},
  aliases: {},
  ...(sha256 === null ? {} : { sha256 }),
});

function setUp() {
  const loads: string[] = [];
  const released: string[] = [];
  const load = (wanted: ModelSource): Promise<LoadedModel> => {
    const label = `${wanted.name}/${wanted.version}@${wanted.location}`;
    loads.push(label);
    if (wanted.location === 'bad') return Promise.reject(new Error('broken'));
    const alive = { release: () => Promise.resolve(void released.push(label)), fault: () => undefined };
    return Promise.resolve({ name: wanted.name, version: wanted.version, ...alive } as unknown as LoadedModel);
  };
  return { loads, released, load, registry: createRegistry(load, () => {}) };
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof ServeError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
};

test('the latest version is the highest number, else the last listed', async () => {
  const { registry } = setUp();
  await registry.apply(
    ['2', '10', '9', 'beta']
      .map((version) => source('n', version))
      .concat(['b', 'a'].map((version) => source('t', version))),
  );
  assert.equal(registry.find('n').model.version, '10');
  assert.equal(registry.find('t').model.version, 'a');
  assert.equal(registry.find('n', '2').model.version, '2');
  assert.deepEqual(registry.versions('n'), ['2', '10', '9', 'beta']);
  assert.equal(
    code(() => registry.find('x')),
    "MODEL_UNKNOWN Request for unknown model: 'x' is not found",
  );
  assert.equal(
    code(() => registry.find('n', '3')),
    "MODEL_UNKNOWN Request for unknown model: 'n' version '3' is not found",
  );
  assert.equal(
    code(() => registry.state('__proto__')),
    "MODEL_UNKNOWN Request for unknown model: '__proto__' is not found",
  );
});

test('one fault leaves the other models serving and the server not ready', async () => {
  const { registry } = setUp();
  const outcomes = await registry.apply([source('a', '1'), source('b', '1', 'bad')]);
  assert.deepEqual(
    outcomes.map(({ model, result, reason }) => [model, result, reason]),
    [
      ['a', 'loaded', undefined],
      ['b', 'failed', 'broken'],
    ],
  );
  assert.equal(registry.ready(), false);
  assert.equal(registry.find('a').model.name, 'a');
  assert.deepEqual(registry.state('b'), { name: 'b', ready: false, reason: 'version 1: broken' });
  assert.equal(
    code(() => registry.find('b')),
    "MODEL_NOT_READY model 'b' is not ready: version 1: broken",
  );
  assert.equal(
    code(() => registry.find('b', '1')),
    "MODEL_NOT_READY model 'b' version '1' is not ready: broken",
  );
  await registry.apply([source('a', '1'), source('b', '1')]);
  assert.equal(registry.ready(), true);
});

test('a reload loads what changed, swaps, and releases what it replaced', async () => {
  const { registry, loads, released } = setUp();
  await registry.apply([source('a', '1'), source('b', '1'), source('c', '1', 'good', null)]);
  loads.length = 0;
  const outcomes = await registry.apply([source('a', '1'), source('b', '1', 'moved'), source('c', '1', 'good', null)]);
  assert.deepEqual(
    outcomes.map(({ result }) => result),
    ['unchanged', 'loaded', 'loaded'],
  );
  assert.deepEqual(loads, ['b/1@moved', 'c/1@good']);
  const removal = await registry.apply([source('a', '1')]);
  assert.deepEqual(
    removal.map(({ model, result }) => [model, result]),
    [
      ['b', 'removed'],
      ['c', 'removed'],
      ['a', 'unchanged'],
    ],
  );
  await registry.close();
  assert.deepEqual(released.toSorted(), ['a/1@good', 'b/1@good', 'b/1@moved', 'c/1@good', 'c/1@good']);
});

test('a version that cannot be loaded leaves what serves', async () => {
  const { registry, released } = setUp();
  await registry.apply([source('a', '1')]);
  const changed = await registry.apply([source('a', '1', 'bad')]);
  assert.deepEqual(
    changed.map(({ result }) => result),
    ['failed'],
  );
  assert.deepEqual(registry.state('a'), { name: 'a', ready: true, reason: 'version 1: broken' });
  assert.equal(registry.find('a', '1').model.version, '1');
  const replaced = await registry.apply([source('a', '2', 'bad')]);
  assert.deepEqual(
    replaced.map(({ version, result }) => [version, result]),
    [
      ['1', 'kept'],
      ['2', 'failed'],
    ],
  );
  assert.equal(registry.find('a').model.version, '1');
  assert.equal(registry.ready(), true);
  assert.deepEqual(released, []);
  await registry.apply([source('a', '2')]);
  assert.equal(registry.find('a').model.version, '2');
  assert.equal(
    code(() => registry.find('a', '1')),
    "MODEL_UNKNOWN Request for unknown model: 'a' version '1' is not found",
  );
});

test('a model is released only after the last request that uses it', async () => {
  const { registry, released } = setUp();
  await registry.apply([source('a', '1')]);
  const holder = registry.find('a');
  holder.enter();
  await registry.apply([source('b', '1')]);
  const closing = registry.close();
  assert.deepEqual(released, []);
  holder.leave();
  await closing;
  assert.deepEqual(released.toSorted(), ['a/1@good', 'b/1@good']);
});

test('a version that is still loading is known and not ready', async () => {
  const gate = deferred<LoadedModel>();
  const registry = createRegistry(
    () => gate.promise,
    () => {},
  );
  const applied = registry.apply([source('a', '1')]);
  await Promise.resolve();
  assert.equal(
    code(() => registry.find('a')),
    "MODEL_NOT_READY model 'a' is not ready: version 1: loading",
  );
  gate.reject(new Error('too late'));
  assert.deepEqual(
    (await applied).map(({ reason }) => reason),
    ['too late'],
  );
});

test('what failed at first and is loaded by its name later makes the whole ready', async () => {
  const { load } = setUp();
  let list = [source('a', '1'), source('b', '1', 'bad'), source('c', '1', 'bad')];
  const registry = createRegistry(
    load,
    () => {},
    () => Promise.resolve(list),
  );
  await registry.apply(list);
  list = [source('a', '1'), source('b', '1'), source('c', '1', 'bad')];
  await registry.load('b');
  assert.equal(registry.ready(), false);
  await registry.unload('a');
  list = list.map(({ name, version }) => source(name, version));
  await registry.load('c');
  assert.equal(registry.ready(), false);
  await registry.load('a');
  assert.equal(registry.ready(), true);
});
