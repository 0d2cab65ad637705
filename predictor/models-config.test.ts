import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ModelsFileError, modelSources, readModelsFile } from './models-config.ts';

const read = (value: unknown) =>
  modelSources(typeof value === 'string' ? value : JSON.stringify(value), '/etc/predictor/models.json');
const refused = (value: unknown, ...parts: string[]) =>
  assert.throws(
    () => read(value),
    (error) => {
      assert.ok(error instanceof ModelsFileError);
      for (const part of parts) assert.ok(error.message.includes(part), error.message);
      return true;
    },
  );

test('entries become sources, paths relative to the file', () => {
  const sources = read({
    models: [
      {
        name: 'iris',
        version: '2',
        uri: 's3://b/iris/',
        sha256: 'A'.repeat(64),
        labels: { label: ['x'] },
        aliases: { X: 'rows' },
      },
      { name: 'iris', path: 'iris' },
      { name: 'wine', path: '/models/wine' },
    ],
  });
  assert.deepEqual(sources, [
    {
      name: 'iris',
      version: '2',
      location: 's3://b/iris/',
      sha256: 'a'.repeat(64),
      labels: { label: ['x'] },
      aliases: { X: 'rows' },
    },
    { name: 'iris', version: '1', location: '/etc/predictor/iris', labels: {}, aliases: {} },
    { name: 'wine', version: '1', location: '/models/wine', labels: {}, aliases: {} },
  ]);
});

test('names in MLflow go where buckets do', () => {
  const uris = ['models:/iris@champion', 'models:/iris/3', 'runs:/1f/model', 'mlflow-artifacts:/1/models'];
  const sources = read({ models: uris.map((uri, index) => ({ name: `m${index}`, uri })) });
  assert.deepEqual(
    sources.map(({ location }) => location),
    uris,
  );
  refused({ models: [{ name: 'm', uri: 'models:/' }] }, '/models/0/uri is "models:/"');
});

test('every fault is told, with its place', () => {
  refused('{', '/etc/predictor/models.json is not JSON');
  refused({}, '/ lacks "models"');
  refused({ models: [] }, '/models is []');
  refused(
    { models: [{ name: '', path: 'x', colour: 1 }, { uri: 'http://x' }] },
    '/models/0 has unknown member "colour"',
    '/models/0/name is ""',
    '/models/1 lacks "name"',
    '/models/1/uri is "http://x"',
  );
  refused({ models: [{ name: 'a' }] }, '/models/0 must have exactly one of "uri" and "path"');
  refused(
    { models: [{ name: 'a', path: 'x', uri: 's3://b/x' }] },
    '/models/0 must have exactly one of "uri" and "path"',
  );
  refused({ models: [{ name: 'a', path: 'x', sha256: 'abc' }] }, '/models/0/sha256 is "abc"');
  refused(
    {
      models: [
        { name: 'a', path: 'x' },
        { name: 'a', version: '1', path: 'y' },
      ],
    },
    '/models/1 repeats model "a" version "1" of /models/0',
  );
});

test('a missing place is one fault', () => {
  assert.throws(() => read({ models: [{ name: 'a' }] }), {
    message: '/etc/predictor/models.json: /models/0 must have exactly one of "uri" and "path"',
  });
});

test('a file that is not there', async () => {
  await assert.rejects(readModelsFile('/none/models.json'), /^Error: cannot read \/none\/models\.json: ENOENT/);
});
