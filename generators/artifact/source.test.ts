import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ImportSource, parseSourceName } from './source.ts';

const run = '0123456789abcdef0123456789abcdef';
const id = `m-${run}`;

test('every form that people write or copy', () => {
  const cases: [string, ImportSource, string?][] = [
    ['models:/my model@champion', { kind: 'alias', name: 'my model', alias: 'champion' }],
    ['models:/iris/3', { kind: 'version', name: 'iris', version: '3' }],
    [`models:/${id}`, { kind: 'loggedModel', id }],
    [`runs:/${run}/a/b/`, { kind: 'run', run, path: 'a/b' }],
    [`runs:/${run}`, { kind: 'run', run, path: '' }],
    ['s3://bucket/a/b', { kind: 's3', bucket: 'bucket', prefix: 'a/b/' }],
    [
      'http://host:5000/#/models/my%20model/versions/3',
      { kind: 'version', name: 'my model', version: '3' },
      'http://host:5000',
    ],
    [`https://host/mlflow/#/experiments/1/models/${id}?x=1`, { kind: 'loggedModel', id }, 'https://host/mlflow'],
    [`https://host/#/experiments/1/runs/${run}/artifacts`, { kind: 'run', run, path: '' }, 'https://host'],
  ];
  for (const [text, source, trackingUri] of cases) {
    const wanted = trackingUri === undefined ? { source } : { source, trackingUri };
    assert.deepEqual(parseSourceName(text).value, wanted, text);
  }
});

test('what names no version of a model is told what to write', () => {
  const cases: [string, RegExp][] = [
    ['models:/iris', /names no version/],
    ['models:/iris/latest', /stages and "latest"/],
    ['s3://bucket', /no name of a model/],
    ['http://host/#/models/iris', /page of all versions of "iris"/],
    ['http://host/#/experiments/1', /no page of/],
    ['http://host/#/models/%zz/versions/1', /not encoded/],
    ['runs:/short/x', /no name of a model/],
  ];
  for (const [text, message] of cases) assert.match(parseSourceName(text).fault ?? '', message, text);
});
