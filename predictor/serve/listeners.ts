/** Which server listens where. */
import type { Config } from '../config.ts';
import type { DataPlane } from '../data-plane.ts';
import { createGrpcServer } from '../grpc/server.ts';
import type { Listener } from '../operate/listeners.ts';
import type { LogControl } from '../operate/log-settings.ts';
import type { Metrics } from '../operate/metrics.ts';
import { createMetricsServer } from '../operate/metrics-server.ts';
import type { Surroundings } from '../operate/operations.ts';
import { createRestServer } from '../rest/server.ts';

export interface Served {
  readonly plane: DataPlane;
  readonly surroundings: Surroundings;
  readonly metrics: Metrics['text'];
  readonly logControl: LogControl;
}

/** Administration is on ports of its own, unless these are those of serving. */
export function createListeners(config: Config, served: Served): readonly Listener[] {
  const { httpPort, grpcPort, metricsPort, adminPort, adminGrpcPort } = config;
  const rest = (admin: boolean) => restServer(config, served, admin);
  const grpc = (admin: boolean) => grpcServer(config, served, admin);
  const fixed = (number: number) => ({ number, yields: false });
  const listeners: Listener[] = [{ name: 'http', server: rest(adminPort === httpPort), port: fixed(httpPort) }];
  if (grpcPort !== undefined)
    listeners.push({ name: 'grpc', server: grpc(adminGrpcPort === grpcPort.number), port: grpcPort });
  if (metricsPort !== undefined)
    listeners.push({ name: 'metrics', server: createMetricsServer({ text: served.metrics }), port: metricsPort });
  if (adminPort !== undefined && adminPort !== httpPort)
    listeners.push({ name: 'admin', server: rest(true), port: fixed(adminPort) });
  if (adminGrpcPort !== undefined && adminGrpcPort !== grpcPort?.number)
    listeners.push({ name: 'adminGrpc', server: grpc(true), port: fixed(adminGrpcPort) });
  return listeners;
}

function restServer(config: Config, { plane, surroundings, metrics, logControl }: Served, admin: boolean) {
  return createRestServer(plane, {
    ...surroundings,
    observe: surroundings.observeCall,
    metrics,
    maxBodyBytes: config.maxBodyBytes,
    modelControl: admin,
    ...(admin ? { logControl } : {}),
  });
}

function grpcServer(config: Config, { plane, surroundings, logControl }: Served, admin: boolean) {
  const { maxBodyBytes: maxMessageBytes, grpcOutput: outputForm } = config;
  const age = config.grpcAge === undefined ? {} : { age: config.grpcAge };
  return createGrpcServer(plane, { ...surroundings, ...age, maxMessageBytes, outputForm, admin, logControl });
}
