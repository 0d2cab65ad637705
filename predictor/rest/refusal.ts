/** What a client is told when its request is not answered. */
import type { Socket } from 'node:net';
import { limits } from '../operate/limits.ts';
import type { Log } from '../operate/log.ts';
import { ServeError } from '../protocol/error.ts';
import type { Answer } from './call.ts';
import { HttpError, statusOf } from './status.ts';

/** Headers that a status is to have (RFC 9110). */
const headersOf = new Map<number, Readonly<Record<string, string>>>([
  [401, { 'www-authenticate': 'Bearer' }],
  [503, { 'retry-after': String(limits.retryAfterSeconds) }],
]);

/** Faults on our side are told to the log in full and to the client by the id under which they stand there. */
export function refusal(error: unknown, id: string, log: Log): Answer {
  const known = error instanceof ServeError || error instanceof HttpError;
  const fault = known ? error : new ServeError('INTERNAL', 'internal error', { cause: error });
  const status = statusOf(fault.code);
  const message = status === 500 ? `${fault.message}; request id ${id}` : fault.message;
  if (status === 500) {
    const cause = fault.cause instanceof Error ? (known ? fault.cause.message : fault.cause.stack) : fault.cause;
    log('error', 'request-failed', fault.message, { requestId: id, code: fault.code, cause });
  }
  const headers = fault instanceof HttpError ? fault.headers : (headersOf.get(status) ?? {});
  return { status, headers, body: JSON.stringify({ error: message }) };
}

const brokenBytes = new Map<string | undefined, [string, string]>([
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'request headers are too large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'request did not arrive in time']],
]);

/** What came is not HTTP, or came too slowly: there is no request to answer, only a socket. */
export function refuseBytes(error: { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = brokenBytes.get(error.code) ?? ['400 Bad Request', 'request is not valid HTTP'];
  const body = JSON.stringify({ error: message });
  const head = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close'];
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${body}`);
}
