/** How an HTTP server ends: whoever is answered gets the answer, and nobody can keep it from ending. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { limits } from '../operate/limits.ts';
import type { Connection } from './http1/connection.ts';

export interface Ending {
  readonly begun: boolean;
  /** Call once the server has its own listeners. */
  watchSockets(): void;
  /** A request that node:http has read, until its answer has gone. */
  watch(request: IncomingMessage, response: ServerResponse): void;
  /** Takes no new connections; resolves when the last one is closed. */
  end(): Promise<void>;
}

/**
 * `connections` are those that node:http has not. Once it is closed, node:http looks at no times any more, so that whoever
 * sends half of a request, or of a TLS handshake, and then nothing is cut off here.
 */
export function createEnding(server: Server, connections: ReadonlySet<Connection>): Ending {
  const sockets = new Set<Socket>();
  const requests = new Set<IncomingMessage>();
  let begun = false;
  // Below TLS there is another socket, of the same peer.
  const busyPeers = () => {
    const plain = [...connections].filter(({ busy }) => busy).map(({ socket }) => peerOf(socket));
    const others = [...requests].filter(({ complete }) => complete).map(({ socket }) => peerOf(socket));
    return new Set([...plain, ...others]);
  };
  return {
    get begun() {
      return begun;
    },
    watchSockets: () => {
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      });
    },
    watch: (request, response) => {
      requests.add(request);
      response.once('close', () => requests.delete(request));
    },
    end: async () => {
      begun = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.close();
      const late = performance.now() + limits.closeMs;
      const timer = setInterval(() => {
        if (performance.now() < late) return;
        const busy = busyPeers();
        for (const socket of sockets) if (!busy.has(peerOf(socket))) socket.destroy();
      }, limits.lingerMs);
      await closed;
      clearInterval(timer);
    },
  };
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
