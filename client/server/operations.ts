/** Health and metrics on a port of their own, which no route leads to from outside. */
import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

/** `ready` says whether routers may send people here. */
export function createOperationsServer(metrics: Pick<Metrics, 'text'>, ready: () => boolean): Server {
  return createServer((request, response) => {
    request.resume();
    const send = (status: number, contentType: string, text: string) =>
      response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') send(405, 'text/plain', 'only GET is served here\n');
    else if (path === '/healthz/live') send(200, 'text/plain', 'live\n');
    else if (path === '/healthz/ready') send(ready() ? 200 : 503, 'text/plain', ready() ? 'ready\n' : 'stopping\n');
    else if (path === '/metrics')
      metrics.text().then(
        ({ contentType, text }) => send(200, contentType, text),
        (error: unknown) => send(500, 'text/plain', `${String(error)}\n`),
      );
    else send(404, 'text/plain', 'here are /healthz/live, /healthz/ready and /metrics\n');
  });
}
