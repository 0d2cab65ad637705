/** HTTP/2 on a port: with prior knowledge, or over TLS with ALPN `h2`. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { Connection, type ConnectionOwner } from './connection.ts';

/** How often connections are looked at. */
const CHECK_MS = 1000;
/** What a socket holds before it says that it is full. */
const SOCKET_BYTES = 256 * 1024;

export interface Secure {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authorities of which callers must show a certificate; absent: callers need none. */
  readonly ca?: Buffer;
}

export interface Http2Server {
  /** Resolves to the port, which is chosen by the system for port 0. */
  listen(host: string, port: number): Promise<number>;
  /** For new connections; those that are open keep the certificate with which they began. */
  renew(secure: Secure): void;
  connections(): number;
  /** Takes no new streams; resolves when the last answer is sent and every peer has gone. */
  close(): Promise<void>;
}

export function createHttp2Server(given: Omit<ConnectionOwner, 'gone'>, secure?: Secure): Http2Server {
  const connections = new Set<Connection>();
  let isClosing = false;
  const owner: ConnectionOwner = {
    limits: given.limits,
    accept: (stream) => given.accept(stream),
    failed: (error) => given.failed(error),
    gone: (connection) => connections.delete(connection),
  };
  const connect = (socket: Socket) => {
    const connection = new Connection(socket, owner);
    connections.add(connection);
    if (isClosing) connection.drain();
  };
  const server = createListener(connect, secure, given.limits.handshakeMs);
  const timer = setInterval(() => {
    const now = performance.now();
    for (const connection of connections) connection.check(now);
  }, CHECK_MS);
  timer.unref();
  return {
    listen: (host, port) => listen(server, host, port),
    renew: (renewed) => {
      if ('setSecureContext' in server) server.setSecureContext(renewed);
    },
    connections: () => connections.size,
    close: async () => {
      isClosing = true;
      for (const connection of connections) connection.drain();
      await closed(server);
      clearInterval(timer);
    },
  };
}

function createListener(
  connect: (socket: Socket) => void,
  secure: Secure | undefined,
  handshakeMs: number,
): Server | TlsServer {
  const options = { noDelay: true, highWaterMark: SOCKET_BYTES };
  if (secure === undefined) return createServer(options, connect);
  const asked = secure.ca !== undefined;
  const server = createTlsServer(
    {
      ...options,
      ...secure,
      requestCert: asked,
      rejectUnauthorized: asked,
      ALPNProtocols: ['h2'],
      handshakeTimeout: handshakeMs,
    },
    connect,
  );
  // A handshake that fails is a fault of the caller, whose socket is closed by then.
  server.on('tlsClientError', () => {});
  return server;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
}
