/** gRPC around the routes: connections, limits, health, reflection, the way out. */
import type { DataPlane } from '../data-plane.ts';
import { limits } from '../operate/limits.ts';
import type { Tls } from '../operate/tls.ts';
import { createHealth } from './health.ts';
import type { ConnectionLimits } from './http2/limits.ts';
import { createHttp2Server } from './http2/server.ts';
import { descriptors, pathOf, serviceName } from './proto.ts';
import { createReflection } from './reflection.ts';
import { createRoutes, type RouteSettings } from './routes.ts';
import { Deadlines } from './rpc/deadlines.ts';
import { type DispatchSettings, dispatch, type Procedure } from './rpc/dispatch.ts';
import { createStreams } from './stream.ts';

export interface GrpcOptions extends RouteSettings {
  /** Largest message received, also after decompression; what is sent has no limit. */
  readonly maxMessageBytes: number;
  /** Absent: without TLS. */
  readonly tls?: Tls;
  /** Absent: connections may grow as old as they like. */
  readonly age?: Pick<ConnectionLimits, 'ageMs' | 'ageGraceMs'>;
}

export interface GrpcServer {
  /** Resolves to the port, which is chosen by the system for port 0. */
  listen(host: string, port: number): Promise<number>;
  /** Takes no new calls; resolves when the last answer is sent. */
  close(): Promise<void>;
}

export function createGrpcServer(plane: DataPlane, options: GrpcOptions): GrpcServer {
  const { tls, log, maxMessageBytes } = options;
  const streams = createStreams(plane, options);
  const health = createHealth(plane);
  const routes = { ...createRoutes(plane, options), ModelStreamInfer: streams.procedure };
  const procedures = new Map<string, Procedure>([
    ...Object.entries(routes).map(([name, procedure]) => [pathOf(serviceName, name), procedure] as const),
    ...health.procedures,
    ...createReflection(descriptors()),
  ]);
  const failed = (error: unknown) =>
    log('error', 'request-failed', 'internal error of the gRPC transport', {
      cause: error instanceof Error ? error.stack : error,
    });
  const settings: DispatchSettings = { procedures, maxMessageBytes, deadlines: new Deadlines(), failed };
  const server = createHttp2Server(
    { limits: { ...limits.grpc, ...options.age }, accept: (stream) => dispatch(stream, settings), failed },
    tls?.current(),
  );
  tls?.onChange((certificate) => server.renew(certificate));
  return {
    listen: (host, port) => server.listen(host, port),
    close: () => {
      health.close();
      streams.close();
      return server.close();
    },
  };
}
