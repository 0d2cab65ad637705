/** Brings an answer into the form in which it is written: headers, compression, body. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Answer } from './call.ts';
import { chooseCoding, compress, smallestCompressed } from './compress.ts';

export interface Surroundings {
  /** Request id. */
  readonly id: string;
  /** True when the connection ends with this answer. */
  readonly last: boolean;
  readonly traceparent: string | undefined;
}

/** Ready to be written. */
export interface Formed {
  readonly status: number;
  /** Names and values by turns. */
  readonly headers: readonly string[];
  readonly body: Answer['body'] | Buffer;
  readonly bytes: number;
  readonly last: boolean;
  /** Headers only, as for HEAD. */
  readonly empty: boolean;
}

export interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/** A promise only where the answer is compressed. */
export function form(asked: Asked, answer: Answer, surroundings: Surroundings): Formed | Promise<Formed> {
  const { id, last, traceparent } = surroundings;
  const { status, body } = answer;
  const headers = ['content-type', answer.contentType ?? 'application/json', 'x-request-id', id];
  for (const name in answer.headers) headers.push(name, answer.headers[name] ?? '');
  if (last) headers.push('connection', 'close');
  if (traceparent !== undefined) headers.push('traceparent', traceparent);
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : sizeOf(body);
  const empty = asked.method === 'HEAD';
  if (bytes >= smallestCompressed) {
    headers.push('vary', 'accept-encoding');
    const coding = chooseCoding(asked.headers['accept-encoding'] as string | undefined);
    if (coding !== undefined) return compressed({ status, headers, body, bytes, last, empty }, coding);
  }
  headers.push('content-length', String(bytes));
  return { status, headers, body, bytes, last, empty };
}

async function compressed(formed: Formed, coding: NonNullable<ReturnType<typeof chooseCoding>>): Promise<Formed> {
  const body = await compress(wholeOf(formed.body), coding);
  const headers = [...formed.headers, 'content-encoding', coding, 'content-length', String(body.length)];
  return { ...formed, headers, body, bytes: body.length };
}

/** Through node:http. */
export function send(response: ServerResponse, { status, headers, body, empty }: Formed): void {
  response.writeHead(status, headers as string[]);
  if (empty) response.end();
  else if (typeof body === 'string' || Buffer.isBuffer(body)) response.end(body);
  else writeParts(response, body);
}

/** Tensors go out from where they lie. */
function writeParts(response: ServerResponse, parts: readonly [string, ...Buffer[]]): void {
  response.cork();
  for (const part of parts) response.write(part);
  response.end();
  response.uncork();
}

function sizeOf([text, ...parts]: readonly [string, ...Buffer[]]): number {
  return parts.reduce((sum, part) => sum + part.length, Buffer.byteLength(text));
}

function wholeOf(body: Formed['body']): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  const [text, ...parts] = body;
  return Buffer.concat([Buffer.from(text), ...parts]);
}
