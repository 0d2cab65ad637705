/** Runs every recorded exchange against a real server. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Running, serveTestModels } from '../testdata/models.ts';

interface Exchange {
  readonly name: string;
  readonly model: string;
  readonly version?: string;
  /** Default: POST to the model's infer. */
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly request?: unknown;
  /** Where the text itself matters, or is not JSON. */
  readonly requestText?: string;
  readonly expect: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** `"*"` stands for any text. */
    readonly body?: unknown;
    readonly text?: string;
  };
}

const folder = join(import.meta.dirname, '../testdata/exchanges');
const exchanges = readdirSync(folder).map(
  (file): Exchange => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Exchange,
);

let server: Running;
before(async () => {
  server = await serveTestModels(1_000_000);
});
after(() => server.stop());

test('there are exchanges', () => assert.ok(exchanges.length >= 40));

for (const exchange of exchanges) {
  test(exchange.name, async () => {
    const version = exchange.version === undefined ? '' : `/versions/${exchange.version}`;
    const path = exchange.path ?? `/v2/models/${encodeURIComponent(exchange.model)}${version}/infer`;
    const body =
      exchange.requestText ?? (exchange.request === undefined ? undefined : JSON.stringify(exchange.request));
    const init = {
      method: exchange.method ?? 'POST',
      headers: exchange.headers ?? {},
      ...(body === undefined ? {} : { body }),
    };
    const response = await fetch(server.url + path, init);
    const text = await response.text();
    assert.equal(response.status, exchange.expect.status, text);
    assert.equal(response.headers.get('content-type'), 'application/json');
    for (const [name, value] of Object.entries(exchange.expect.headers ?? {}))
      assert.equal(response.headers.get(name), value);
    if (exchange.expect.text !== undefined) assert.equal(text, exchange.expect.text);
    else assert.deepEqual(wild(JSON.parse(text), exchange.expect.body), exchange.expect.body);
    if (response.status >= 400 && 'error' in JSON.parse(text)) assert.match(JSON.parse(text).error, /\S/);
  });
}

/** The answer with `"*"` wherever the expectation has it and the answer has text. */
function wild(found: unknown, expected: unknown): unknown {
  if (expected === '*' && typeof found === 'string') return '*';
  if (Array.isArray(found))
    return found.map((item, index) => wild(item, Array.isArray(expected) ? expected[index] : undefined));
  if (typeof found !== 'object' || found === null) return found;
  const wanted = (expected ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, wild(value, wanted[key])]));
}
