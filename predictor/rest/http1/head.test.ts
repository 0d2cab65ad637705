/** Which heads are plain, and that whatever is not is left to node:http. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHead } from './head.ts';

const head = (...lines: string[]) => ['POST /v2/models/m/infer HTTP/1.1', 'Host: x', ...lines].join('\r\n');

test('a plain head is read whole', () => {
  const read = readHead(head('Content-Length: 12', 'X-Text:\t a b\u00e9 \t', 'Empty:', 'connection: Keep-Alive'));
  assert.deepEqual(
    { ...read, headers: { ...read?.headers } },
    {
      method: 'POST',
      url: '/v2/models/m/infer',
      bodyBytes: 12,
      last: false,
      headers: { host: 'x', 'content-length': '12', 'x-text': 'a b\u00e9', empty: '', connection: 'Keep-Alive' },
    },
  );
  assert.equal(readHead(head('connection: close'))?.last, true);
  assert.equal(readHead(head())?.bodyBytes, 0);
  assert.deepEqual(Object.entries(readHead(head('__proto__: x'))?.headers ?? {}).at(-1), ['__proto__', 'x']);
});

test('what leaves something to interpret is not plain', () => {
  const odd = [
    'GET /v2 HTTP/1.0\r\nHost: x',
    'GET /v2 HTTP/1.1',
    'GET http://x/v2 HTTP/1.1\r\nHost: x',
    'CONNECT x:80 HTTP/1.1\r\nHost: x',
    'GET  /v2 HTTP/1.1\r\nHost: x',
    'GET /v2 x HTTP/1.1\r\nHost: x',
    'GET /\u00fc HTTP/1.1\r\nHost: x',
    'get /v2 HTTP/1.1\r\nHost: x',
    '\r\nGET /v2 HTTP/1.1\r\nHost: x',
    head('Transfer-Encoding: chunked'),
    head('Content-Length: 5', 'Transfer-Encoding: chunked'),
    head('Content-Length: 5', 'Content-Length: 5'),
    head('Content-Length: 5, 5'),
    head('Content-Length: +5'),
    head('Content-Length: 0x5'),
    head('Content-Length: '),
    head('Content-Length: -1'),
    head('Host: y'),
    head('Expect: 100-continue'),
    head('Upgrade: h2c', 'Connection: Upgrade'),
    head('Connection: keep-alive, close'),
    head('X: a', ' folded'),
    head('X : a'),
    head('no colon'),
    head(': no name'),
    head('X: a\nY: b'),
    head('X: a\rY: b'),
    head('X: a\u0000'),
    head('X\u00e9: a'),
    head(''),
  ];
  for (const text of odd) assert.equal(readHead(text), undefined, JSON.stringify(text));
});

test('whatever is read back was written so', () => {
  const name = fc.stringMatching(/^x-[a-z0-9-]{1,10}$/);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key }), (pairs) => {
      const read = readHead(head(...pairs.map(([key, text]) => `${key.toUpperCase()}:  ${text} `)));
      assert.deepEqual({ ...read?.headers }, { host: 'x', ...Object.fromEntries(pairs) });
    }),
  );
});
