/** Programs from requests. client/e2e runs them; here is what can be said without a network. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseExact } from './exact.ts';
import type { InferRequest } from './request.ts';
import { LANGUAGES, shell, snippetOf } from './snippets.ts';

const request: InferRequest = {
  inputs: [
    { name: "it's", shape: [1, 2], datatype: 'INT64', data: [9223372036854775807n, 1] },
    { name: 'b', shape: [1], datatype: 'BYTES', data: ['"$(id)`\\ \'é\n'] },
    { name: 'f', shape: [2], datatype: 'BOOL', data: [true, false] },
  ],
};
const place = {
  url: 'http://127.0.0.1:8080/v2/models/a%20b/infer',
  base: 'http://127.0.0.1:8080',
  model: 'a b',
  grpc: '127.0.0.1:9000',
};

test('any text is one word of the shell', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
      (text) => {
        assert.equal(execFileSync('sh', ['-c', `printf %s ${shell(text)}`], { encoding: 'utf8' }), text);
      },
    ),
    { numRuns: 40 },
  );
});

test('curl sends exactly the request', () => {
  const script = snippetOf('curl', request, place).replace('curl -sS', 'printf "%s\\n"');
  const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  const body = words.slice(words.indexOf('{"inputs"')).trimEnd();
  assert.deepEqual(parseExact(body), parseExact(snippetBody()));
});

test('Python reads the same request', () => {
  const text = snippetOf('python', request, place);
  const literal = text.split('\n').find((line) => line.startsWith('request = ')) ?? '';
  const printed = execFileSync('python3', ['-c', `import json\n${literal}\nprint(json.dumps(request))`], {
    encoding: 'utf8',
  });
  assert.deepEqual(parseExact(printed), parseExact(snippetBody()));
});

test('grpcurl gets 64-bit integers as strings and bytes in base64', () => {
  const text = snippetOf('grpcurl', request, place);
  assert.match(text, /-plaintext/);
  assert.match(text, /"int64_contents":\["9223372036854775807","1"\]/);
  assert.match(text, /"bytes_contents":\["IiQoaWQp/);
  assert.match(
    snippetOf('grpcurl', { inputs: [{ name: 'h', shape: [1], datatype: 'FP16', data: [1] }] }, place),
    /^# .*raw bytes/,
  );
  assert.match(snippetOf('grpcurl', request, { url: '', model: 'm' }), /^# /);
});

test('tritonclient gets the place without its scheme, and tensors with the types of NumPy', () => {
  const https = { ...place, url: 'https://m.example/iris/v2/models/a%20b/infer', base: 'https://m.example/iris' };
  const text = snippetOf('triton', request, https);
  assert.match(text, /InferenceServerClient\("m\.example\/iris", ssl=True\)/);
  assert.match(text, /np\.array\(\[9223372036854775807, 1\], dtype=np\.int64\)\.reshape\(/);
  assert.match(text, /dtype=np\.object_/);
  assert.match(text, /np\.array\(\[True, False\], dtype=np\.bool_\)/);
  const halves = snippetOf('triton', { inputs: [{ name: 'h', shape: [1], datatype: 'BF16', data: [1] }] }, place);
  assert.match(halves, /^import ml_dtypes\n[\s\S]*np\.array\(\[1\], dtype=ml_dtypes\.bfloat16\)/);
  assert.doesNotMatch(text, /ml_dtypes/);
  assert.match(snippetOf('triton', request, place), /"127\.0\.0\.1:8080"\)$/m);
  assert.match(snippetOf('triton', request, { url: place.url, model: place.model }), /^# .*Choose Python/);
});

test('every language has a program', () => {
  for (const language of LANGUAGES) assert.ok(snippetOf(language, request, place).length > 100);
});

function snippetBody(): string {
  const line = snippetOf('typescript', request, place).split('\n')[1] ?? '';
  return JSON.parse(line.slice(line.indexOf('"'), line.lastIndexOf('"') + 1)) as string;
}
