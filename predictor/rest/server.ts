/**
 * The HTTP listener: plain requests through our own reader, all others through node:http, to the same routes. Knows
 * nothing of models.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { DataPlane } from '../data-plane.ts';
import { limits } from '../operate/limits.ts';
import type { Tls } from '../operate/tls.ts';
import { announcesTooMuch, decoded, drain, readBody } from './body.ts';
import type { Peer } from './call.ts';
import { createEnding } from './ending.ts';
import { Connection } from './http1/connection.ts';
import type { Head } from './http1/head.ts';
import { writeReply } from './http1/reply.ts';
import { refuseBytes } from './refusal.ts';
import { createResponder, type Responder, type RespondOptions } from './respond.ts';
import { type Formed, form, send } from './send.ts';

export interface RestOptions extends RespondOptions {
  readonly maxBodyBytes: number;
  /** Absent: plain HTTP. */
  readonly tls?: Tls;
}

export interface RestServer {
  /** Resolves to the port, which is chosen by the system for port 0. */
  listen(host: string, port: number): Promise<number>;
  /** From now on each answer ends its connection. */
  retire(): void;
  /** Takes no new connections; resolves when the last answer is sent. */
  close(): Promise<void>;
}

export function createRestServer(plane: DataPlane, options: RestOptions): RestServer {
  let retiring = false;
  const server = createListener(options.tls);
  const respond = createResponder(plane, options);
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    ending.watch(request, response);
    void throughNode(request, response, respond, options.maxBodyBytes, () => retiring);
  };
  server.on('request', handle);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesTooMuch(request, options.maxBodyBytes)) response.writeContinue();
    handle(request, response);
  });
  server.on('clientError', refuseBytes);
  const connections = new Set<Connection>();
  const ending = createEnding(server, connections);
  const accept = (connection: Connection) => {
    connections.add(connection);
    // A TLS handshake may end after the listener has closed.
    if (ending.begun) connection.close();
  };
  const left = (connection: Connection) => connections.delete(connection);
  const event = options.tls === undefined ? 'connection' : 'secureConnection';
  readPlain(server, event, { respond, maxBodyBytes: options.maxBodyBytes, retiring: () => retiring, accept, left });
  ending.watchSockets();
  return {
    listen: (host, port) => listen(server, host, port),
    retire: () => {
      retiring = true;
    },
    close: async () => {
      retiring = true;
      await ending.end();
    },
  };
}

function createListener(tls: Tls | undefined): Server {
  const timeouts = {
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    handshakeTimeout: limits.handshakeMs,
  };
  if (tls === undefined) return createServer(timeouts);
  const asked = tls.current().ca !== undefined;
  const server = createTlsServer({ ...timeouts, ...tls.current(), requestCert: asked, rejectUnauthorized: asked });
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

interface Plainly {
  readonly respond: Responder;
  readonly maxBodyBytes: number;
  readonly retiring: () => boolean;
  readonly accept: (connection: Connection) => void;
  readonly left: (connection: Connection) => void;
}

/** Puts our reader before that of node:http, which stays the one for what is not plain. */
function readPlain(
  server: Server,
  event: 'connection' | 'secureConnection',
  { respond, maxBodyBytes, retiring, accept, left }: Plainly,
): void {
  const theirs = server.listeners(event) as ((this: Server, socket: Socket) => void)[];
  const options = {
    maxBodyBytes,
    retiring,
    serve: (head: Head, body: Buffer, connection: Connection) => plainly(head, body, connection, respond, maxBodyBytes),
    handOver: (socket: Socket) => {
      for (const listener of theirs) listener.call(server, socket);
    },
    timedOut: (socket: Socket) => refuseBytes({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket),
  };
  server.removeAllListeners(event);
  server.on(event, (socket: Socket) => {
    const connection: Connection = new Connection(socket, options, () => left(connection));
    accept(connection);
  });
}

/** Never rejects. */
function plainly(
  head: Head,
  body: Buffer,
  connection: Connection,
  respond: Responder,
  maxBodyBytes: number,
): Promise<void> {
  return respond(
    head,
    connection,
    () => decoded(head.headers, body, maxBodyBytes),
    (answer, { id, traceparent }) => {
      const formed = form(head, answer, { id, last: connection.lastAfter(head), traceparent });
      if (formed instanceof Promise) return formed.then((small) => writeReply(connection.socket, small));
      writeReply(connection.socket, formed);
    },
  );
}

/** Never rejects. */
function throughNode(
  request: IncomingMessage,
  response: ServerResponse,
  respond: Responder,
  maxBodyBytes: number,
  retiring: () => boolean,
): Promise<void> {
  const { method = '', url = '', headers } = request;
  const asked = { method, url, headers };
  return respond(
    asked,
    peerOf(request, response),
    () => readBody(request, maxBodyBytes),
    async (answer, { id, traceparent, refused }) => {
      if (refused) await drain(request, maxBodyBytes);
      if (response.destroyed) return;
      const last = retiring() || !request.complete;
      const formed: Formed = await form(asked, answer, { id, last, traceparent });
      send(response, formed);
    },
  );
}

/** Every response closes at last; only one that was not written whole has lost its reader. */
function peerOf(request: IncomingMessage, response: ServerResponse): Peer {
  return {
    get gone() {
      return response.destroyed || (request.destroyed && !request.complete);
    },
    onGone: (listener) => {
      const tell = () => {
        if (!response.writableFinished) listener();
      };
      if (response.destroyed) tell();
      else response.once('close', tell);
    },
  };
}
