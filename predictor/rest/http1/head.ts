/**
 * The head of a plain HTTP/1.1 request: from its bytes to method, target and headers.
 *
 * Knows only requests that leave nothing to interpret (RFC 9112): one line each, no header twice, a body with a
 * Content-Length or none, no transfer coding, expectation or upgrade. For all others it answers undefined, and
 * node:http takes the connection, so leniency and refusals are in one place.
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface Head {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly bodyBytes: number;
  /** The client asked for the connection to end with the answer. */
  readonly last: boolean;
}

/** node:http refuses longer heads, so it is given them. */
export const mostHeadBytes = 16_384;
const version = ' HTTP/1.1';
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5: visible characters, spaces, tabs and bytes beyond ASCII. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const target = /^\/[\x21-\x7e]*$/;
const length = /^\d{1,15}$/;
const methods = new Set(['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);
/** What changes the meaning of the connection or of the body is node:http's affair. */
const odd = new Set(['transfer-encoding', 'upgrade', 'expect', 'te', 'trailer', 'proxy-connection', 'http2-settings']);

/** `text` is the head in Latin-1 without the empty line at its end. */
export function readHead(text: string): Head | undefined {
  const lines = text.split('\r\n');
  const request = lines[0] ?? '';
  const space = request.indexOf(' ');
  const method = request.slice(0, space);
  const url = request.slice(space + 1, -version.length);
  if (!request.endsWith(version) || !methods.has(method) || !target.test(url)) return undefined;
  const headers = readHeaders(lines);
  if (headers === undefined || headers.host === undefined) return undefined;
  const { connection } = headers;
  const last = connection?.toLowerCase() === 'close';
  if (!last && connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined;
  const announced = headers['content-length'];
  if (announced !== undefined && !length.test(announced)) return undefined;
  return { method, url, headers, bodyBytes: Number(announced ?? 0), last };
}

function readHeaders(lines: readonly string[]): IncomingHttpHeaders | undefined {
  // Without a prototype, a header named `__proto__` is a header like any other.
  const headers = Object.create(null) as IncomingHttpHeaders;
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] as string;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    const value = withoutSpace(line, colon + 1);
    if (!token.test(name) || !fieldValue.test(value) || odd.has(name) || headers[name] !== undefined) return undefined;
    headers[name] = value;
  }
  return headers;
}

/** Spaces and tabs only: `trim` would take away bytes beyond ASCII, too. */
function withoutSpace(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isSpace(line.charCodeAt(start))) start += 1;
  while (end > start && isSpace(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
