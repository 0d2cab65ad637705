import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseCoding } from './compress.ts';

test('the coding is the one that the client likes best', () => {
  const cases: [string | undefined, string | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['gzip, deflate, br', 'gzip'],
    ['deflate', 'deflate'],
    ['deflate;q=1.0, gzip;q=0.5', 'deflate'],
    ['gzip;q=0', undefined],
    ['gzip;q=0, *', 'deflate'],
    ['*;q=0.1', 'gzip'],
    ['*;q=0', undefined],
    ['br', undefined],
    ['GZIP ; Q=0.4', 'gzip'],
    ['x-gzip', 'gzip'],
    ['identity, gzip;q=0.5', undefined],
    ['gzip;q=nonsense', undefined],
  ];
  for (const [header, expected] of cases) assert.equal(chooseCoding(header), expected, String(header));
});
