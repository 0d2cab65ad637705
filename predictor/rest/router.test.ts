import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRouter } from './router.ts';
import { routes } from './routes.ts';
import { HttpError } from './status.ts';

const find = createRouter(routes);
const found = (method: string, url: string) => {
  const { route, path } = find(method, url);
  return [`${route.method} ${route.address}`, path];
};

test('addresses lead to their routes', () => {
  assert.deepEqual(found('GET', '/v2/'), ['GET /v2/', { model: '' }]);
  assert.deepEqual(found('HEAD', '/v2?x=1'), ['GET /v2', { model: '' }]);
  assert.deepEqual(found('GET', '/v2/models/a'), ['GET /v2/models/{model}', { model: 'a' }]);
  assert.deepEqual(found('GET', '/v2/models/stats'), ['GET /v2/models/stats', { model: '' }]);
  assert.deepEqual(found('GET', '/v2/models/stats/versions/1/stats')[1], { model: 'stats', version: '1' });
  assert.deepEqual(found('POST', '/v2/models/versions/versions/9/infer')[1], { model: 'versions', version: '9' });
  assert.deepEqual(found('POST', '/v2/models/versions/infer')[1], { model: 'versions' });
  assert.deepEqual(found('POST', '/v2/models/a%2Fb%20c/infer')[1], { model: 'a/b c' });
  assert.deepEqual(found('POST', '/v1/models/a:b:predict'), ['POST /v1/models/{model}:predict', { model: 'a:b' }]);
  assert.deepEqual(found('GET', '/v1/models/a:b'), ['GET /v1/models/{model}', { model: 'a:b' }]);
  assert.deepEqual(found('POST', '/v1/models/a/versions/2:predict')[1], { model: 'a', version: '2' });
  assert.deepEqual(found('POST', '/v2/repository/models/a/load')[1], { model: 'a' });
});

test('what is no address is told so', () => {
  for (const url of ['/v3', '/v2/models/', '/v2/models/a/', '/v2/models/a/versions', '/v2/models/a/versions//infer'])
    assert.throws(
      () => find('GET', url),
      (error) => error instanceof HttpError && error.code === 'ROUTE_UNKNOWN',
      url,
    );
  for (const url of ['/v2/models/{model}', '/v2/models/%ff', '/v1/models/:predict', '/v1/models/{model}:predict/x'])
    assert.throws(() => find('POST', url), HttpError, url);
  assert.throws(
    () => find('DELETE', '/v2/models/a'),
    (error) => error instanceof HttpError && error.headers['allow'] === 'GET, HEAD',
  );
});
