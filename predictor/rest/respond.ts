/** From a request to its answer, whichever way it came in: route, key, trace, body, handler; then what is told of it. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { DataPlane } from '../data-plane.ts';
import type { Guard } from '../operate/auth.ts';
import { limits } from '../operate/limits.ts';
import type { Log } from '../operate/log.ts';
import type { LogControl } from '../operate/log-settings.ts';
import type { Metrics } from '../operate/metrics.ts';
import { type AnsweredCall, type CallObserver, isPlainId } from '../operate/requests.ts';
import type { Span, Tracer } from '../operate/trace.ts';
import { ServeError } from '../protocol/error.ts';
import { type Answer, Exchange, type Peer, type Route, type Services } from './call.ts';
import { refusal } from './refusal.ts';
import { createRouter } from './router.ts';
import { routes } from './routes.ts';
import { HttpError } from './status.ts';

export interface RespondOptions {
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
}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Given {
  /** Request id. */
  readonly id: string;
  readonly traceparent: string | undefined;
  /** The request was refused, perhaps before its body was read. */
  readonly refused: boolean;
}

/** Writes an answer. Must not reject. */
export type Deliver = (answer: Answer, given: Given) => void | Promise<void>;

/** Never rejects; resolves when the answer was handed to the socket or the client is gone. */
export type Responder = (
  asked: Asked,
  peer: Peer,
  readBody: () => Buffer | Promise<Buffer>,
  deliver: Deliver,
) => Promise<void>;

const findRoute = createRouter(routes);
const noBody = Buffer.alloc(0);
/** Never sent: what the log and the metrics say of a client that went away. */
const clientGone = 499;

export function createResponder(plane: DataPlane, options: RespondOptions): Responder {
  const services: Services = { ...options, plane, modelControl: options.modelControl ?? false };
  return async (asked, peer, readBody, deliver) => {
    const given = asked.headers['x-request-id'];
    const id = isPlainId(given) ? given : randomUUID();
    const record = new Record(new Exchange(id, limits.requestMs, peer));
    let answer: Answer | undefined;
    try {
      const answered = answerOf(asked, record, readBody, services, options);
      answer = answered instanceof Promise ? await answered : answered;
    } catch (error) {
      answer = faultOf(error, record, options);
    }
    if (answer === undefined || peer.gone) {
      tell(record, answer?.status ?? clientGone, options);
      return;
    }
    const traceparent = record.span?.traceparent;
    const delivered = deliver(answer, { id, refused: record.fault !== undefined, traceparent });
    if (delivered !== undefined) await delivered;
    tell(record, answer.status, options);
  };
}

/** What becomes known of a request while it is answered. */
class Record {
  readonly exchange: Exchange;
  route: Route | undefined = undefined;
  model: string | undefined = undefined;
  span: Span | undefined = undefined;
  fault: string | undefined = undefined;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
  }
}

function tell({ exchange, route, model, span, fault }: Record, status: number, options: RespondOptions): void {
  if (span === undefined && options.observe === undefined) return;
  const milliseconds = performance.now() - exchange.started;
  const operation = route === undefined ? 'unknown' : operationOf(route);
  const call: Writable<AnsweredCall> = {
    protocol: 'http',
    operation,
    status,
    milliseconds,
    requestId: exchange.requestId,
  };
  if (model !== undefined) call.model = model;
  if (span !== undefined) {
    call.traceId = span.traceId;
    span.end({ 'http.response.status_code': status, ...(model === undefined ? {} : { model }) }, fault);
  }
  options.observe?.(call);
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const operations = new Map(routes.map((route) => [route, `${route.method} ${route.address}`]));

function operationOf(route: Route): string {
  return operations.get(route) ?? '';
}

/** Throws and rejects with whatever is to be refused. A promise only where something is waited for. */
function answerOf(
  { method, url, headers }: Asked,
  record: Record,
  readBody: () => Buffer | Promise<Buffer>,
  services: Services,
  options: RespondOptions,
): Answer | Promise<Answer> {
  const { exchange } = record;
  const { route, path } = findRoute(method, url);
  record.route = route;
  if (path.model !== '') record.model = path.model;
  record.span = options.trace?.(operationOf(route), textOf(headers['traceparent']));
  if (options.guard !== undefined && route.open !== true)
    options.guard({ authorization: headers.authorization, apiKey: textOf(headers['x-api-key']) });
  const read = route.method === 'POST' ? readBody() : noBody;
  const { handler } = route;
  if (read instanceof Promise) return read.then((body) => handler({ services, path, headers, body, exchange }));
  return handler({ services, path, headers, body: read, exchange });
}

/** Undefined when the client went away before its request was complete. */
function faultOf(error: unknown, record: Record, { log }: RespondOptions): Answer | undefined {
  const { exchange } = record;
  const known = error instanceof ServeError || error instanceof HttpError;
  if (!known && exchange.peer.gone) return undefined;
  record.fault = error instanceof Error ? error.message : String(error);
  return refusal(error, exchange.requestId, log);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
