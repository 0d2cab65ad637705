/** gRPC around the routes: connections, limits, health, reflection, the way out. */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import type { DataPlane } from '../data-plane.ts';
import { limits } from '../operate/limits.ts';
import { createHealth } from './health.ts';
import { definitions, healthService, inferenceService } from './proto.ts';
import { createRoutes, type RouteSettings } from './routes.ts';
import { createStreams } from './stream.ts';

export interface GrpcOptions extends RouteSettings {
  /** Largest message received, also after decompression; what is sent has no limit. */
  readonly maxMessageBytes: number;
  /** Absent: without TLS. */
  readonly credentials?: ServerCredentials;
}

export interface GrpcServer {
  /** Resolves to the port, which is chosen by the system for port 0. */
  listen(host: string, port: number): Promise<number>;
  /** Takes no new calls; resolves when the last answer is sent. */
  close(): Promise<void>;
}

export function createGrpcServer(plane: DataPlane, options: GrpcOptions): GrpcServer {
  const server = new Server({
    'grpc.max_receive_message_length': options.maxMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': limits.grpcStreams,
    'grpc.keepalive_time_ms': limits.grpcKeepAliveMs,
    'grpc.keepalive_timeout_ms': limits.grpcKeepAliveTimeoutMs,
    // Statistics for debugging by gRPC's own tools; they cost time on every call.
    'grpc.enable_channelz': 0,
  });
  const streams = createStreams(plane, options);
  const health = createHealth(plane);
  server.addService(inferenceService(), createRoutes(plane, options, streams));
  server.addService(healthService(), { ...health.routes });
  new ReflectionService(definitions).addToServer(server);
  return {
    listen: (host, port) => listen(server, host, port, options.credentials ?? ServerCredentials.createInsecure()),
    close: () => {
      health.close();
      streams.close();
      return new Promise((resolve, reject) => {
        server.tryShutdown((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  };
}

function listen(server: Server, host: string, port: number, credentials: ServerCredentials): Promise<number> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
}
