/** The HTTP server: one call in, one answer out, whatever goes wrong on the way. */
import { createServer, type Server } from 'node:http';
import { type Call, type CallSettings, callOf, sendFailure } from './call.ts';
import { ClientFailure } from './failure.ts';
import { securityHeaders } from './headers.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Router } from './routes.ts';

export interface ServerSettings extends CallSettings {
  readonly router: Router;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Logs a line a call. */
  readonly accessLog: boolean;
  readonly frameAncestors: string;
  /** False while the process is on its way out: kept connections are closed with their next answer. */
  readonly accepting: () => boolean;
}

/** Longer than the sixty seconds after which common load balancers drop idle connections, so that they do it first. */
const KEEP_ALIVE_MS = 65_000;
/** A request that is not here by then is given up. */
const REQUEST_MS = 120_000;

export function createClientServer(settings: ServerSettings): Server {
  const common = securityHeaders(settings.frameAncestors);
  const options = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: KEEP_ALIVE_MS + 1000, requestTimeout: REQUEST_MS };
  return createServer(options, (request, response) => {
    for (const [name, value] of Object.entries(common)) response.setHeader(name, value);
    if (!settings.accepting()) response.setHeader('connection', 'close');
    const call = callOf(request, response, settings);
    if (call === undefined) {
      request.resume();
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`The models are at ${settings.prefix}/\n`);
      return;
    }
    response.setHeader('x-request-id', call.id);
    void answer(call, settings);
  });
}

async function answer(call: Call, settings: ServerSettings): Promise<void> {
  let route = 'unknown';
  call.response.once('close', () => {
    const seconds = (performance.now() - call.began) / 1000;
    const { statusCode } = call.response;
    settings.metrics.answered(route, call.request.method ?? '', statusCode, seconds);
    if (!settings.accessLog) return;
    const fields = { id: call.id, route, method: call.request.method, path: call.path, status: statusCode };
    settings.log('info', 'answered', 'Answered', { ...fields, milliseconds: Math.round(seconds * 10_000) / 10 });
  });
  try {
    const found = settings.router(call);
    route = found.name;
    await found.handle(call, ...found.parts);
  } catch (error) {
    fail(call, error, settings);
  } finally {
    // What of the request nobody has read is thrown away, so that the connection can be used again.
    call.request.resume();
  }
}

function fail(call: Call, error: unknown, { log }: ServerSettings): void {
  // Nobody is there to hear it.
  if (call.gone.aborted) return;
  if (call.response.headersSent) {
    log('warn', 'answer-broken', 'An answer broke off on its way', { id: call.id, error: String(error) });
    call.response.destroy();
    return;
  }
  if (error instanceof ClientFailure) {
    sendFailure(call, error);
    return;
  }
  log('error', 'bug', 'A call failed by a bug', {
    id: call.id,
    error: error instanceof Error ? error.stack : String(error),
  });
  sendFailure(call, new ClientFailure('INTERNAL', `This is a bug of the client; its log has it under ${call.id}.`));
}
