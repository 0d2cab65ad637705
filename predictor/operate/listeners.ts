/** Servers on their ports: all up before the first one is announced, all closed in the order in which they are listed. */
import type { Log } from './log.ts';

export interface Listening {
  /** Resolves to the port, which is chosen by the system for port 0. */
  listen(host: string, port: number): Promise<number>;
  /** Still answers; where an answer can end its connection it does, so that callers go elsewhere in good order. */
  retire?(): void;
  /** Takes nothing new; resolves when the last answer is sent. */
  close(): Promise<void>;
}

export interface Port {
  readonly number: number;
  /** A default that nobody asked for gives way to a free port when it is taken. */
  readonly yields: boolean;
}

export interface Listener {
  readonly name: 'http' | 'grpc' | 'metrics' | 'admin' | 'adminGrpc';
  readonly server: Listening;
  readonly port: Port;
}

export type Ports = Readonly<Partial<Record<Listener['name'], number>>>;

/** Rejects with an Error that names the address. */
export async function listenAll(listeners: readonly Listener[], host: string, log: Log): Promise<Ports> {
  const ports: Partial<Record<Listener['name'], number>> = {};
  for (const listener of listeners) ports[listener.name] = await listenOne(listener, host, log);
  return ports;
}

async function listenOne({ name, server, port }: Listener, host: string, log: Log): Promise<number> {
  try {
    return await server.listen(host, port.number);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!port.yields || !reason.includes('EADDRINUSE')) {
      throw new Error(`Cannot listen on ${host}:${port.number} (${name}): ${reason}`);
    }
    const free = await server.listen(host, 0);
    log('warn', 'port-taken', `Port ${port.number} is taken, ${name} listens on ${free}`, { name, port: free });
    return free;
  }
}

export async function closeAll(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(listeners.map(({ server }) => server.close()));
}

export function retireAll(listeners: readonly Listener[]): void {
  for (const { server } of listeners) server.retire?.();
}
