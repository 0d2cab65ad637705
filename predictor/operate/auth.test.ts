import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGuard, guardByFile, parseKeys } from './auth.ts';

test('keys are the lines of a file, but for blank ones and remarks', () => {
  assert.deepEqual(parseKeys('# team a\n one \n\ntwo\r\n'), ['one', 'two']);
  assert.throws(() => parseKeys('# nothing\n'), /has no key/);
});

test('a key comes as a bearer token or as X-API-Key', () => {
  let keys: readonly string[] = ['one', 'two'];
  const guard = createGuard(() => keys);
  const refused = (authorization: string | undefined, apiKey: string | undefined, message: string) =>
    assert.throws(() => guard({ authorization, apiKey }), { code: 'UNAUTHENTICATED', message });
  guard({ authorization: 'Bearer one', apiKey: undefined });
  guard({ authorization: 'bearer  two', apiKey: undefined });
  guard({ authorization: undefined, apiKey: 'two' });
  refused(undefined, undefined, 'an API key is required');
  refused('Basic one', undefined, 'an API key is required');
  refused('Bearer on', undefined, 'the API key is not known');
  refused(undefined, '', 'the API key is not known');
  keys = ['three'];
  refused('Bearer one', undefined, 'the API key is not known');
  guard({ authorization: 'Bearer three', apiKey: undefined });
});

test('a file without keys is refused at the start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  const file = join(folder, 'keys');
  assert.throws(() => guardByFile(file, () => {}), /ENOENT/);
  writeFileSync(file, 'key\n');
  const { guard, close } = guardByFile(file, () => {});
  guard({ authorization: undefined, apiKey: 'key' });
  close();
  rmSync(folder, { recursive: true });
});
