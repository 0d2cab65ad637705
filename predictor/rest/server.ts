/** HTTP around the routes: bodies in, answers and refusals out. Knows nothing of models. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { DataPlane } from '../data-plane.ts';
import { limits } from '../operate/limits.ts';
import type { Log } from '../operate/log.ts';
import { ServeError } from '../protocol/error.ts';
import { announcesTooMuch, drain, readBody } from './body.ts';
import { type Answer, findRoute } from './routes.ts';
import { HttpError, statusOf } from './status.ts';

export interface RestOptions {
  readonly maxBodyBytes: number;
  readonly log: Log;
}

export interface RestServer {
  /** Resolves to the port, which is chosen by the system for port 0. */
  listen(host: string, port: number): Promise<number>;
  /** Takes no new connections; resolves when the last answer is sent. */
  close(): Promise<void>;
}

/** An id from the client is used when it is short and plain, since it goes into a header and the log. */
const plainId = /^[\w.:-]{1,128}$/;

export function createRestServer(plane: DataPlane, options: RestOptions): RestServer {
  let closing = false;
  const server = createServer({ keepAliveTimeout: limits.keepAliveMs });
  server.headersTimeout = limits.headersMs;
  server.requestTimeout = limits.requestMs;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const given = request.headers['x-request-id'];
    const id = typeof given === 'string' && plainId.test(given) ? given : randomUUID();
    const answer = await answerOf(request, plane, options, id);
    if (answer === undefined || response.destroyed) return;
    if (closing || !request.complete) response.setHeader('connection', 'close');
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer.body),
      'x-request-id': id,
      ...answer.headers,
    });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  };
  server.on('request', handle);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesTooMuch(request, options.maxBodyBytes)) response.writeContinue();
    void handle(request, response);
  });
  server.on('clientError', refuseBytes);
  return {
    listen: (host, port) => listen(server, host, port),
    close: () => {
      closing = true;
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Never rejects. Undefined when the client went away before its request was complete. */
async function answerOf(
  request: IncomingMessage,
  plane: DataPlane,
  options: RestOptions,
  id: string,
): Promise<Answer | undefined> {
  try {
    const { route, path } = findRoute(request.method ?? '', request.url ?? '');
    const body = route.method === 'POST' ? await readBody(request, options.maxBodyBytes) : new Uint8Array(0);
    return await route.answer(plane, path, body);
  } catch (error) {
    if (!(error instanceof ServeError || error instanceof HttpError) && request.destroyed && !request.complete) {
      return undefined;
    }
    await drain(request, options.maxBodyBytes);
    return refusal(error, id, options.log);
  }
}

/** Faults on our side are told to the log in full and to the client by the id under which they stand there. */
function refusal(error: unknown, id: string, log: Log): Answer {
  const known = error instanceof ServeError || error instanceof HttpError;
  const fault = known ? error : new ServeError('INTERNAL', 'internal error', { cause: error });
  const status = statusOf(fault.code);
  const body = status === 500 ? `${fault.message}; request id ${id}` : fault.message;
  if (status === 500) {
    const cause = fault.cause instanceof Error ? (known ? fault.cause.message : fault.cause.stack) : fault.cause;
    log('error', 'request-failed', fault.message, { requestId: id, code: fault.code, cause });
  }
  const retry = status === 503 ? { 'retry-after': String(limits.retryAfterSeconds) } : {};
  const headers = fault instanceof HttpError ? fault.headers : retry;
  return { status, headers, body: JSON.stringify({ error: body }) };
}

const brokenBytes = new Map<string | undefined, [string, string]>([
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'request headers are too large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'request did not arrive in time']],
]);

/** What came is not HTTP, or came too slowly: there is no request to answer, only a socket. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = brokenBytes.get(error.code) ?? ['400 Bad Request', 'request is not valid HTTP'];
  const body = JSON.stringify({ error: message });
  const head = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close'];
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${body}`);
}
