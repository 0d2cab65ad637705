/** The iris classifier over gRPC, beside the peers' gRPC. */
import { join } from 'node:path';
import { type Contestant, MODEL, type Name } from './contestants.ts';
import type { Measured } from './findings.ts';
import { findGhz, measureCalls } from './ghz.ts';
import { ask, grpcPortOf } from './grpc-call.ts';
import type { Place } from './loading.ts';
import type { Server } from './server.ts';

export const CALLERS = 64;
export const CONNECTIONS = 8;
const SECONDS = { warmUp: 2, measured: 4 } as const;

export interface Grpc {
  readonly measured: readonly { readonly name: Name; readonly measured: Measured }[];
  /** Why nothing was measured. */
  readonly absent?: string;
}

/** The seed's flower, of class 0. */
const REQUEST = {
  model_name: MODEL,
  inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4], contents: { fp32_contents: [4, 3.9, 2.3, 0.6] } }],
};

/** All servers up at once and loaded one after the other, again and again. */
export async function measureGrpc(
  contestants: readonly Contestant[],
  place: Place,
  runs: number,
  progress: (step: string) => void,
): Promise<Grpc> {
  const found = findGhz(place.root, progress);
  if ('reason' in found) {
    progress(`gRPC: not measured: ${found.reason}`);
    return { measured: [], absent: found.reason };
  }
  const load = (server: Server, seconds: number) =>
    measureCalls(found.program, place.folder, server, {
      request: REQUEST,
      callers: CALLERS,
      connections: CONNECTIONS,
      seconds,
    });
  const up: { name: Name; server: Server }[] = [];
  const measured: { name: Name; measured: Measured }[] = [];
  try {
    for (const { name, start } of contestants.filter(({ speaksGrpc }) => speaksGrpc)) {
      progress(`${name} over gRPC: start and warm-up`);
      const server = await start(join(place.folder, `${name}-grpc.log`));
      up.push({ name, server });
      await demandAnswer(server, name);
      await load(server, SECONDS.warmUp);
    }
    for (let turn = 1; turn <= runs; turn += 1) {
      for (const { name, server } of up) {
        progress(`${turn} of ${runs}: ${name} over gRPC`);
        measured.push({ name, measured: await load(server, SECONDS.measured) });
      }
    }
    return { measured };
  } finally {
    await Promise.all(up.map(({ server }) => server.stop()));
  }
}

async function demandAnswer(server: Server, name: string): Promise<void> {
  const answer = await ask(grpcPortOf(server), REQUEST);
  if (answer.outputs[0]?.contents?.int64_contents[0] !== 0)
    throw new Error(`bug: ${name} answers ${JSON.stringify(answer).slice(0, 500)}`);
}
