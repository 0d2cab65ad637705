/** grpc.health.v1: the server under the empty name and under that of the service, each model under its own. */
import type { DataPlane } from '../data-plane.ts';
import { limits } from '../operate/limits.ts';
import { ServeError } from '../protocol/error.ts';
import { codecOf, healthName, pathOf, serviceName } from './proto.ts';
import type { Call } from './rpc/call.ts';
import type { Procedure } from './rpc/dispatch.ts';
import { RpcFault, status } from './rpc/status.ts';
import { refusalOf } from './status.ts';

interface HealthRequest {
  readonly service: string;
}

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

interface Watcher {
  readonly service: string;
  told: ServingStatus;
}

export interface Health {
  /** By path. */
  readonly procedures: readonly (readonly [path: string, procedure: Procedure])[];
  /** Tells every watcher that the server goes, and ends their calls. */
  close(): void;
}

const check = codecOf<HealthRequest>(healthName, 'Check');
const watch = codecOf<HealthRequest>(healthName, 'Watch');

export function createHealth(plane: DataPlane): Health {
  const watchers = new Map<Call, Watcher>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    for (const [call, watcher] of watchers) {
      const now = statusOf(plane, watcher.service);
      if (now === watcher.told) continue;
      watcher.told = now;
      send(call, now);
    }
  };
  const forget = (call: Call) => {
    if (!watchers.delete(call)) return;
    call.finish(status.OK);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const begin = (call: Call, bytes: Buffer) => {
    const { service } = watch.read(bytes);
    const now = statusOf(plane, service);
    watchers.set(call, { service, told: now });
    call.onCancel(() => forget(call));
    send(call, now);
    timer ??= setInterval(tell, limits.healthWatchMs).unref();
  };
  return {
    procedures: [
      [pathOf(healthName, 'Check'), plainly((call, bytes) => answer(call, plane, bytes))],
      [pathOf(healthName, 'Watch'), plainly(begin)],
    ],
    close: () => {
      tell();
      for (const call of [...watchers.keys()]) forget(call);
    },
  };
}

/** Probes are many and tell nothing new: they have no ticket and no line in the log. */
function plainly(serve: (call: Call, bytes: Buffer) => void): Procedure {
  return {
    kind: 'unary',
    serve: (call, bytes) => {
      try {
        serve(call, bytes);
      } catch (error) {
        const refusal = error instanceof RpcFault ? error : refusalOf(error, 'of health');
        call.finish(refusal.status, refusal.message);
      }
    },
  };
}

function answer(call: Call, plane: DataPlane, bytes: Buffer): void {
  const { service } = check.read(bytes);
  const now = statusOf(plane, service);
  if (now === 'SERVICE_UNKNOWN') throw new RpcFault(status.NOT_FOUND, `no health of '${service}'`);
  send(call, now);
  call.finish(status.OK);
}

function send(call: Call, now: ServingStatus): void {
  const { pieces, bytes } = check.write({ status: now });
  call.send(pieces, bytes);
}

function statusOf(plane: DataPlane, service: string): ServingStatus {
  if (service === '' || service === serviceName) return plane.ready() ? 'SERVING' : 'NOT_SERVING';
  try {
    return plane.modelReady(service).ready ? 'SERVING' : 'NOT_SERVING';
  } catch (error) {
    if (error instanceof ServeError) return 'SERVICE_UNKNOWN';
    throw error;
  }
}
