/** Servers on their ports. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Resolves to the port, which is chosen by the system for port 0. Rejects with an Error that names the address. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(new Error(`Cannot listen on ${host}:${port}: ${error.message}`));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

const IDLE_MS = 50;

/** Takes nothing new; resolves when the last answer is sent. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A connection whose answer is on its way now is kept open after it, for whoever may ask again: nobody may.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
    server.close(() => {
      clearInterval(idle);
      resolve();
    });
    server.closeIdleConnections();
  });
}
