/** HTTP around the routes: bodies in, answers and refusals out. Knows nothing of models. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { DataPlane } from '../data-plane.ts';
import type { Guard } from '../operate/auth.ts';
import { limits } from '../operate/limits.ts';
import type { Log } from '../operate/log.ts';
import type { LogControl } from '../operate/log-settings.ts';
import type { Metrics } from '../operate/metrics.ts';
import { type CallObserver, isPlainId } from '../operate/requests.ts';
import type { Tls } from '../operate/tls.ts';
import type { Span, Tracer } from '../operate/trace.ts';
import { ServeError } from '../protocol/error.ts';
import { announcesTooMuch, drain, readBody } from './body.ts';
import { type Answer, Exchange, type Route, type Services } from './call.ts';
import { refusal, refuseBytes } from './refusal.ts';
import { createRouter } from './router.ts';
import { routes } from './routes.ts';
import { send } from './send.ts';
import { HttpError } from './status.ts';

export interface RestOptions {
  readonly maxBodyBytes: number;
  readonly log: Log;
  /** Clients may load and unload models and change the log; false by default. */
  readonly modelControl?: boolean;
  /** Absent: no log settings are served. */
  readonly logControl?: Pick<LogControl, 'settings' | 'change'>;
  /** Absent: no metrics are served at this port. */
  readonly metrics?: Metrics['text'];
  /** Absent: everyone may ask everything. */
  readonly guard?: Guard;
  readonly trace?: Tracer;
  readonly observe?: CallObserver;
  /** Absent: plain HTTP. */
  readonly tls?: Tls;
}

export interface RestServer {
  /** Resolves to the port, which is chosen by the system for port 0. */
  listen(host: string, port: number): Promise<number>;
  /** Takes no new connections; resolves when the last answer is sent. */
  close(): Promise<void>;
}

const findRoute = createRouter(routes);
const noBody = Buffer.alloc(0);

export function createRestServer(plane: DataPlane, options: RestOptions): RestServer {
  let closing = false;
  const server = createListener(options.tls);
  const services: Services = { ...options, plane, modelControl: options.modelControl ?? false };
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    void serve(request, response, services, options, () => closing);
  };
  server.on('request', handle);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesTooMuch(request, options.maxBodyBytes)) response.writeContinue();
    handle(request, response);
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

function createListener(tls: Tls | undefined): Server {
  const timeouts = {
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
  };
  if (tls === undefined) return createServer(timeouts);
  const server = createTlsServer({ ...timeouts, ...tls.current() });
  tls.onChange((certificate) => server.setSecureContext(certificate));
  return server;
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

/** What becomes known of a request while it is answered. */
interface Record {
  readonly exchange: Exchange;
  route?: Route;
  model?: string;
  span?: Span;
  fault?: string;
}

/** Never rejects. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  services: Services,
  options: RestOptions,
  closing: () => boolean,
): Promise<void> {
  const given = request.headers['x-request-id'];
  const id = isPlainId(given) ? given : randomUUID();
  const record: Record = { exchange: new Exchange(id, limits.requestMs, response) };
  const answer = await answerOf(request, record, services, options);
  if (answer === undefined || response.destroyed) {
    tell(record, answer?.status ?? clientGone, options);
    return;
  }
  const traceparent = record.span?.traceparent;
  await send(request, response, answer, {
    id,
    last: closing() || !request.complete,
    ...(traceparent && { traceparent }),
  });
  tell(record, answer.status, options);
}

/** Never sent: what the log and the metrics say of a client that went away. */
const clientGone = 499;

function tell({ exchange, route, model, span, fault }: Record, status: number, options: RestOptions): void {
  if (span === undefined && options.observe === undefined) return;
  const operation = route === undefined ? 'unknown' : `${route.method} ${route.address}`;
  const named = model === undefined ? {} : { model };
  span?.end({ 'http.response.status_code': status, ...named }, fault);
  options.observe?.({
    protocol: 'http',
    operation,
    status,
    milliseconds: performance.now() - exchange.started,
    requestId: exchange.requestId,
    ...named,
    ...(span === undefined ? {} : { traceId: span.traceId }),
  });
}

/** Never rejects. Undefined when the client went away before its request was complete. */
async function answerOf(
  request: IncomingMessage,
  record: Record,
  services: Services,
  options: RestOptions,
): Promise<Answer | undefined> {
  try {
    const { headers } = request;
    const { route, path } = findRoute(request.method ?? '', request.url ?? '');
    record.route = route;
    if (path.model !== '') record.model = path.model;
    const traced = options.trace?.(`${route.method} ${route.address}`, textOf(headers['traceparent']));
    if (traced !== undefined) record.span = traced;
    if (options.guard !== undefined && route.open !== true)
      options.guard({ authorization: headers.authorization, apiKey: textOf(headers['x-api-key']) });
    const body = route.method === 'POST' ? await readBody(request, options.maxBodyBytes) : noBody;
    return await route.handler({ services, path, headers, body, exchange: record.exchange });
  } catch (error) {
    const known = error instanceof ServeError || error instanceof HttpError;
    if (!known && request.destroyed && !request.complete) return undefined;
    record.fault = error instanceof Error ? error.message : String(error);
    await drain(request, options.maxBodyBytes);
    return refusal(error, record.exchange.requestId, options.log);
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
