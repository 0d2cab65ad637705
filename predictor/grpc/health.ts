/** grpc.health.v1: the server under the empty name and under that of the service, each model under its own. */
import { type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from '@grpc/grpc-js';
import type { DataPlane } from '../data-plane.ts';
import { limits } from '../operate/limits.ts';
import { ServeError } from '../protocol/error.ts';
import { serviceName } from './proto.ts';

interface HealthRequest {
  readonly service: string;
}

interface HealthAnswer {
  readonly status: ServingStatus;
}

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
type Watcher = ServerWritableStream<HealthRequest, HealthAnswer>;

export interface Health {
  readonly routes: {
    Check(call: ServerUnaryCall<HealthRequest, HealthAnswer>, callback: sendUnaryData<HealthAnswer>): void;
    Watch(call: Watcher): void;
  };
  /** Tells every watcher that the server goes, and ends their calls. */
  close(): void;
}

export function createHealth(plane: DataPlane): Health {
  const watchers = new Map<Watcher, ServingStatus>();
  const tell = () => {
    for (const [call, before] of watchers) {
      const now = statusOf(plane, call.request.service);
      if (now === before) continue;
      watchers.set(call, now);
      call.write({ status: now });
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const forget = (call: Watcher) => {
    watchers.delete(call);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    routes: {
      Check: (call, callback) => {
        const { service } = call.request;
        const now = statusOf(plane, service);
        if (now !== 'SERVICE_UNKNOWN') callback(null, { status: now });
        else callback({ code: status.NOT_FOUND, details: `no health of '${service}'` });
      },
      Watch: (call) => {
        const now = statusOf(plane, call.request.service);
        watchers.set(call, now);
        call.write({ status: now });
        call.on('cancelled', () => forget(call));
        timer ??= setInterval(tell, limits.healthWatchMs).unref();
      },
    },
    close: () => {
      tell();
      for (const call of [...watchers.keys()]) {
        forget(call);
        call.end();
      }
    },
  };
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
