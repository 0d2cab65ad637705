/** `infer`: from the page to the model server and back. Only places that the catalogue names are ever asked. */
import { pipeline } from 'node:stream/promises';
import { checkAnswer, nonsense, refusalText } from './answer.ts';
import { type Call, readBody } from './call.ts';
import { ClientFailure } from './failure.ts';
import type { Entry, Target } from './served.ts';
import type { TokenFile } from './token-file.ts';
import { type Answer, failureOf, readAll, type Upstream } from './upstream.ts';
import { inferAnswer, predictBody } from './v1.ts';

export interface ProxySettings {
  readonly upstream: Upstream;
  readonly bodyBytes: number;
  readonly timeoutMs: number;
  /** Passes the page's own `Authorization` on. */
  readonly forwardAuthorization: boolean;
  /** A token for every model server; the page's own goes before it. */
  readonly token?: TokenFile;
}

/** Answers up to this many bytes are checked whole before any of it is sent; larger ones pass through as they come. */
const CHECKED_BYTES = 256 * 1024;
const FAULT_BYTES = 64 * 1024;
const TIMING =
  /^[\w!#$%&'*+.^`|~-]+(?:;[\w-]+=(?:"[^"\\]*"|[\w.+-]+))*(?:\s*,\s*[\w!#$%&'*+.^`|~-]+(?:;[\w-]+=(?:"[^"\\]*"|[\w.+-]+))*)*$/;

export async function infer(call: Call, entry: Entry, target: Target, settings: ProxySettings): Promise<void> {
  const body = await readBody(call, settings.bodyBytes);
  const asked = performance.now();
  const answer = await settings.upstream.ask({
    target,
    path: inferPath(target),
    method: 'POST',
    headers: requestHeaders(call, settings, target.protocol),
    body: target.protocol === 'v1' ? predictBody(body) : body,
    timeoutMs: settings.timeoutMs,
    signal: call.gone,
  });
  const upstreamMs = performance.now() - asked;
  if (answer.statusCode !== 200) throw await refusal(target, answer, settings.timeoutMs);
  const head = { ...answerHeaders(target, answer), 'x-request-id': call.id, 'cache-control': 'no-store' };
  const read = await readSome(answer, target, settings.timeoutMs);
  const timing = () => {
    const own = performance.now() - call.began - upstreamMs;
    const said = answer.headers['server-timing'];
    const kept = typeof said === 'string' && TIMING.test(said) ? `${said}, ` : '';
    return `${kept}upstream;dur=${upstreamMs.toFixed(2)}, proxy;dur=${Math.max(0, own).toFixed(2)}`;
  };
  if ('whole' in read) {
    const checked = checkedBody(target, entry, read.whole, headerBytes(answer));
    call.response.writeHead(200, { ...head, 'content-length': checked.length, 'server-timing': timing() });
    call.response.end(checked);
    return;
  }
  if (target.protocol === 'v1')
    throw nonsense(target.model, `it has more than ${CHECKED_BYTES} bytes, too many to translate from V1`);
  const length = answer.headers['content-length'];
  call.response.writeHead(200, {
    ...head,
    ...(length === undefined ? {} : { 'content-length': String(length) }),
    'server-timing': timing(),
  });
  await pipeline(passOn(read), call.response, { signal: call.gone });
}

function checkedBody(target: Target, entry: Entry, body: Buffer, header: number | undefined): Buffer {
  if (target.protocol === 'v1') return inferAnswer(target.model, body, entry.model.signature?.outputs ?? []);
  checkAnswer(target.model, body, header);
  return body;
}

function inferPath({ model, protocol, pinned }: Target): string {
  const name = encodeURIComponent(model);
  const version = pinned === undefined ? '' : `/versions/${encodeURIComponent(pinned)}`;
  return protocol === 'v1' ? `/v1/models/${name}${version}:predict` : `/v2/models/${name}${version}/infer`;
}

/** Only these reach the model server: no cookies, nothing about the connection, nothing of the person's browser. */
function requestHeaders(
  { request, id }: Call,
  settings: ProxySettings,
  protocol: Target['protocol'],
): Record<string, string> {
  const { headers } = request;
  const headers_: Record<string, string> = { accept: '*/*', 'accept-encoding': 'identity', 'x-request-id': id };
  const binary = headers['inference-header-content-length'];
  if (binary !== undefined && protocol === 'v1')
    throw new ClientFailure('BAD_REQUEST', 'V1 models take no binary tensors; send the values as JSON.');
  if (binary !== undefined) headers_['inference-header-content-length'] = String(binary);
  headers_['content-type'] = binary === undefined ? 'application/json' : 'application/octet-stream';
  for (const name of ['traceparent', 'tracestate']) {
    const value = headers[name];
    if (typeof value === 'string') headers_[name] = value;
  }
  const own = settings.forwardAuthorization ? headers.authorization : undefined;
  const authorization = own ?? settings.token?.header();
  if (authorization !== undefined) headers_['authorization'] = authorization;
  return headers_;
}

function headerBytes({ headers }: Answer): number | undefined {
  const value = headers['inference-header-content-length'];
  return value === undefined || !/^\d+$/.test(String(value)) ? undefined : Number(value);
}

function answerHeaders(target: Target, answer: Answer): Record<string, string> {
  const type = String(answer.headers['content-type'] ?? '');
  const binary = headerBytes(answer);
  if (binary !== undefined)
    return { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(binary) };
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    answer.body.destroy();
    throw nonsense(target.model, `its content type is ${type === '' ? 'missing' : `"${type.slice(0, 80)}"`}`);
  }
  return { 'content-type': 'application/json; charset=utf-8' };
}

interface Begun {
  readonly pieces: readonly Buffer[];
  /** What has not come yet. */
  readonly rest: AsyncIterator<Buffer>;
}

/** The whole body where it is small, else as much as has come so far. */
async function readSome(answer: Answer, target: Target, timeoutMs: number): Promise<{ whole: Buffer } | Begun> {
  const pieces: Buffer[] = [];
  let length = 0;
  const rest = answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    while (length <= CHECKED_BYTES) {
      const { value, done } = await rest.next();
      if (done === true) return { whole: Buffer.concat(pieces) };
      length += value.length;
      pieces.push(value);
    }
  } catch (error) {
    throw failureOf(error, target, timeoutMs);
  }
  if (headerBytes(answer) === undefined && !/^\s*\{/.test(pieces[0]?.subarray(0, 64).toString('latin1') ?? '')) {
    answer.body.destroy();
    throw nonsense(target.model, 'it is not a JSON object');
  }
  return { pieces, rest };
}

async function* passOn({ pieces, rest }: Begun): AsyncGenerator<Buffer> {
  yield* pieces;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function refusal(target: Target, answer: Answer, timeoutMs: number): Promise<ClientFailure> {
  const { statusCode: status, headers } = answer;
  if (status < 400) {
    answer.body.destroy();
    const to = headers['location'] === undefined ? '' : ` to ${String(headers['location']).slice(0, 200)}`;
    return nonsense(
      target.model,
      status >= 300 ? `it is a redirect${to}, which is not followed` : `its status is ${status}`,
    );
  }
  let text: string;
  try {
    text =
      refusalText((await readAll(answer.body, FAULT_BYTES)) ?? Buffer.alloc(0)) || `status ${status} without a text`;
  } catch (error) {
    return failureOf(error, target, timeoutMs);
  }
  if (status < 500) return new ClientFailure('MODEL_REFUSED', text, { status });
  const after = Number(headers['retry-after']);
  const details = Number.isInteger(after) && after > 0 ? { retryAfterSeconds: after } : {};
  return new ClientFailure(
    'MODEL_FAILED',
    `The model server of "${target.model}" failed with status ${status}: ${text}`,
    details,
  );
}
