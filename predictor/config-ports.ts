/** Ports beside that of HTTP, and how gRPC behaves at its own. */
import { integer, type Key, oneOf, UsageError, type Values } from './config-settings.ts';

export interface Port {
  readonly number: number;
  /** A default that nobody asked for gives way to a free port when it is taken. */
  readonly yields: boolean;
}

export interface ConnectionAge {
  /** From its begin to the moment at which a client is asked to go elsewhere. */
  readonly ageMs: number;
  /** From then to its end, whatever is not answered by then; absent: every call is answered. */
  readonly ageGraceMs?: number;
}

export interface Ports {
  /** Absent: no gRPC. */
  readonly grpcPort?: Port;
  readonly grpcOutput: 'mirror' | 'typed' | 'raw';
  /** Absent: connections may grow as old as they like. */
  readonly grpcAge?: ConnectionAge;
  /** Absent: metrics are on the HTTP port only. */
  readonly metricsPort?: Port;
  /** Where models are loaded and unloaded and log settings changed; absent: nowhere. */
  readonly adminPort?: number;
  readonly adminGrpcPort?: number;
}

export function portsOf(given: Values): Ports {
  return {
    ...optionalPort('grpcPort', given, 'GRPC_PORT', 9000),
    grpcOutput: oneOf(given, 'GRPC_OUTPUT', ['mirror', 'typed', 'raw']),
    ...connectionAge(given),
    ...optionalPort('metricsPort', given, 'METRICS_PORT', 8081),
    ...fixedPort('adminPort', given, 'ADMIN_PORT'),
    ...fixedPort('adminGrpcPort', given, 'ADMIN_GRPC_PORT'),
  };
}

function optionalPort<Name extends 'grpcPort' | 'metricsPort'>(
  name: Name,
  given: Values,
  key: 'GRPC_PORT' | 'METRICS_PORT',
  usual: number,
): Partial<Record<Name, Port>> {
  if (given[key] === 'off') return {};
  const asked = given[key] !== undefined;
  const number = asked ? integer(given, key, 0, 65_535) : given.HTTP_PORT === '0' ? 0 : usual;
  return { [name]: { number, yields: !asked } } as Partial<Record<Name, Port>>;
}

function fixedPort<Name extends string>(name: Name, given: Values, key: Key): Partial<Record<Name, number>> {
  return given[key] === undefined ? {} : ({ [name]: integer(given, key, 0, 65_535) } as Record<Name, number>);
}

function connectionAge(given: Values): Pick<Ports, 'grpcAge'> {
  const age = integer(given, 'GRPC_MAX_CONNECTION_AGE', 0, 86_400);
  const grace = given.GRPC_MAX_CONNECTION_AGE_GRACE;
  if (age === 0) {
    if (grace === undefined) return {};
    throw new UsageError('GRPC_MAX_CONNECTION_AGE_GRACE is set, but GRPC_MAX_CONNECTION_AGE is not');
  }
  if (grace === undefined) return { grpcAge: { ageMs: age * 1000 } };
  const ageGraceMs = integer(given, 'GRPC_MAX_CONNECTION_AGE_GRACE', 1, 86_400) * 1000;
  return { grpcAge: { ageMs: age * 1000, ageGraceMs } };
}
