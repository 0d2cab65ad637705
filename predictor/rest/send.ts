/** Writes an answer: headers, compression, body. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './call.ts';
import { chooseCoding, compress, smallestCompressed } from './compress.ts';

export interface Surroundings {
  /** Request id. */
  readonly id: string;
  /** True when the connection ends with this answer. */
  readonly last: boolean;
  readonly traceparent?: string;
}

/** Never rejects. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  { id, last, traceparent }: Surroundings,
): Promise<void> {
  const headers = ['content-type', answer.contentType ?? 'application/json', 'x-request-id', id];
  for (const name in answer.headers) headers.push(name, answer.headers[name] ?? '');
  if (last) headers.push('connection', 'close');
  if (traceparent !== undefined) headers.push('traceparent', traceparent);
  const { body } = answer;
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : sizeOf(body);
  if (bytes >= smallestCompressed) {
    headers.push('vary', 'accept-encoding');
    const coding = chooseCoding(request.headers['accept-encoding'] as string | undefined);
    if (coding !== undefined) {
      const small = await compress(wholeOf(body), coding);
      headers.push('content-encoding', coding, 'content-length', String(small.length));
      response.writeHead(answer.status, headers).end(request.method === 'HEAD' ? undefined : small);
      return;
    }
  }
  headers.push('content-length', String(bytes));
  response.writeHead(answer.status, headers);
  if (request.method === 'HEAD') response.end();
  else if (typeof body === 'string') response.end(body);
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

function wholeOf(body: Answer['body']): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  const [text, ...parts] = body;
  return Buffer.concat([Buffer.from(text), ...parts]);
}
