/** One call: what came, and the ways to answer it. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClientFailure, failureBody } from './failure.ts';

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path below the prefix, from `/` on, still in percent encoding. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly id: string;
  /** Host that was asked, without port, in lower case. */
  readonly host: string;
  /** The person's address, behind as many proxies as are trusted. */
  readonly address: string;
  /** Aborted when the person goes before the answer is whole. */
  readonly gone: AbortSignal;
  readonly began: number;
}

export interface CallSettings {
  readonly prefix: string;
  /** Proxies in front, each of which appends to `X-Forwarded-For`. */
  readonly trustedProxies: number;
}

/** Undefined for an address outside the prefix or one that is none. */
export function callOf(request: IncomingMessage, response: ServerResponse, settings: CallSettings): Call | undefined {
  const [pathname = '', query = ''] = splitOnce(request.url ?? '/', '?');
  const path = pathname === settings.prefix ? '/' : pathname.slice(settings.prefix.length);
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the person has gone'));
  });
  if (!pathname.startsWith(settings.prefix) || !path.startsWith('/')) return undefined;
  return {
    request,
    response,
    path,
    query: new URLSearchParams(query),
    id: idOf(request.headers['x-request-id']),
    host: (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase(),
    address: addressOf(request, settings.trustedProxies),
    gone: gone.signal,
    began: performance.now(),
  };
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** An id that could forge a log line or a header is not taken over. */
function idOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

function addressOf(request: IncomingMessage, trusted: number): string {
  const own = request.socket.remoteAddress ?? '';
  const header = request.headers['x-forwarded-for'];
  if (trusted === 0 || header === undefined) return own;
  // The last entry was written by the nearest proxy; what stands before the trusted ones anybody may have written.
  const hops = String(header)
    .split(',')
    .map((hop) => hop.trim());
  return hops.at(-trusted) ?? hops[0] ?? own;
}

/** The part of a path between two slashes, decoded. Throws ClientFailure. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ClientFailure('BAD_REQUEST', `"${part}" is not in percent encoding.`);
  }
}

export function sendJson(
  call: Call,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(JSON.stringify(value));
  call.response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    ...headers,
  });
  call.response.end(call.request.method === 'HEAD' ? undefined : body);
}

export function sendFailure(call: Call, failure: ClientFailure): void {
  const { retryAfterSeconds } = failure.details;
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  sendJson(call, failure.status, failureBody(failure), headers);
}

/** How often the limit is read over, and thrown away, so that the refusal arrives before the connection ends. */
const PATIENCE = 8;

/** The whole body. Rejects with ClientFailure for one that is too large, encoded or cut off. */
export function readBody({ request }: Call, most: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    const message = `Cannot read a body encoded as "${encoding}"; send it as it is.`;
    return Promise.reject(new ClientFailure('ENCODING_UNKNOWN', message));
  }
  const tooLarge = new ClientFailure(
    'TOO_LARGE',
    `The request is too large: at most ${most} bytes are taken. Send fewer rows at once.`,
  );
  if (Number(request.headers['content-length'] ?? 0) > most) return Promise.reject(tooLarge);
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= most) pieces.push(piece);
      else {
        pieces.length = 0;
        reject(tooLarge);
        if (length > most * PATIENCE) request.destroy();
      }
    });
    request.once('end', () => resolve(Buffer.concat(pieces)));
    request.once('error', reject);
    request.once('close', () => reject(new ClientFailure('BAD_REQUEST', 'The request broke off before its end.')));
  });
}
