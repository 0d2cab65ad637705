/** Runs every recorded exchange against a real server. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Running, serveTestModels } from '../testdata/models.ts';

interface Exchange {
  readonly name: string;
  /** Absent where `path` is given. */
  readonly model?: string;
  readonly version?: string;
  /** Default: POST to the model's infer. */
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly request?: unknown;
  /** Where the text itself matters, or is not JSON. */
  readonly requestText?: string;
  /** JSON, then binary tensors in base64; the header with the length of the JSON goes along. */
  readonly requestParts?: readonly unknown[];
  readonly expect: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** `"*"` stands for any text. */
    readonly body?: unknown;
    readonly text?: string;
    /** As `requestParts`. */
    readonly parts?: readonly unknown[];
  };
}

const folder = join(import.meta.dirname, '../testdata/exchanges');
const exchanges = readdirSync(folder).map(
  (file): Exchange => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Exchange,
);
const lengthHeader = 'inference-header-content-length';

let server: Running;
before(async () => {
  server = await serveTestModels(1_000_000);
});
after(() => server.stop());

test('there are exchanges, refusals among them', () => {
  assert.ok(exchanges.length >= 180, `${exchanges.length}`);
  const refusals = exchanges.filter(({ expect }) => expect.status >= 400 && expect.status < 500);
  assert.ok(refusals.length >= 90, `${refusals.length}`);
});

function bodyOf({ request, requestText, requestParts }: Exchange): { body?: string | Buffer; headers: object } {
  if (requestText !== undefined) return { body: requestText, headers: {} };
  if (request !== undefined) return { body: JSON.stringify(request), headers: {} };
  if (requestParts === undefined) return { headers: {} };
  const parts = requestParts.map((part) =>
    typeof part === 'string' ? Buffer.from(part, 'base64') : Buffer.from(JSON.stringify(part)),
  );
  return { body: Buffer.concat(parts), headers: { [lengthHeader]: String(parts[0]?.length) } };
}

function checkParts(response: Response, bytes: Buffer, [json, ...tensors]: readonly unknown[]): void {
  const length = Number(response.headers.get(lengthHeader));
  assert.deepEqual(JSON.parse(bytes.toString('utf8', 0, length)), json);
  assert.equal(bytes.subarray(length).toString('base64'), Buffer.concat(tensors.map(base64)).toString('base64'));
}

const base64 = (text: unknown) => Buffer.from(String(text), 'base64');

for (const exchange of exchanges) {
  test(exchange.name, async () => {
    const { model = '', version, method = 'POST', expect } = exchange;
    const below = version === undefined ? '' : `/versions/${version}`;
    const path = exchange.path ?? `/v2/models/${encodeURIComponent(model)}${below}/infer`;
    const { body, headers } = bodyOf(exchange);
    const init = { method, headers: { ...headers, ...exchange.headers }, ...(body === undefined ? {} : { body }) };
    const response = await fetch(server.url + path, init);
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    assert.equal(response.status, expect.status, text);
    const type = expect.parts === undefined ? 'application/json' : 'application/octet-stream';
    assert.equal(response.headers.get('content-type'), type);
    for (const [name, value] of Object.entries(expect.headers ?? {})) assert.equal(response.headers.get(name), value);
    if (expect.parts !== undefined) checkParts(response, bytes, expect.parts);
    else if (expect.text !== undefined) assert.equal(text, expect.text);
    else assert.deepEqual(wild(JSON.parse(text), expect.body), expect.body);
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
