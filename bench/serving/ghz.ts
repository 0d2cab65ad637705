/** ghz, which many use to measure gRPC servers: built with Go when it is not there, run on the load's core. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../measure.ts';
import type { Measured } from './findings.ts';
import { CALL, grpcPortOf, PROTO } from './grpc-call.ts';
import { CORES, type Server } from './server.ts';

export const VERSION = '0.93.0';
const MODULE = 'github.com/bojand/ghz/cmd/ghz';

/** What ghz says with `--format json`, times in nanoseconds. */
interface Said {
  readonly count: number;
  readonly total: number;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
  readonly latencyDistribution: readonly { readonly percentage: number; readonly latency: number }[];
}

export interface Calls {
  readonly request: object;
  /** Each sends its next call when the answer has come. */
  readonly callers: number;
  readonly connections: number;
  readonly seconds: number;
}

/** The program, or why there is none. */
export function findGhz(
  root: string,
  progress: (step: string) => void,
): { readonly program: string } | { readonly reason: string } {
  const folder = join(root, 'bench/serving/.cache', `ghz-${VERSION}`);
  const program = join(folder, 'ghz');
  if (existsSync(program)) return { program };
  progress(`building ghz ${VERSION}`);
  const env = { ...process.env, GOBIN: folder };
  const built = spawnSync('go', ['install', `${MODULE}@v${VERSION}`], { env, encoding: 'utf8', timeout: 600_000 });
  if (built.error !== undefined) return { reason: `ghz ${VERSION} needs Go: ${built.error.message}` };
  if (built.status === 0 && existsSync(program)) return { program };
  return { reason: `ghz ${VERSION} could not be built: ${built.stderr.trim().split('\n').at(-1)}` };
}

export async function measureCalls(program: string, folder: string, server: Server, calls: Calls): Promise<Measured> {
  const { request, callers, connections, seconds } = calls;
  const options = {
    proto: PROTO,
    call: CALL,
    data: JSON.stringify(request),
    concurrency: String(callers),
    connections: String(connections),
    duration: `${seconds}s`,
    // Calls that are on their way at the end are waited for, not cut off and counted as failed.
    'duration-stop': 'wait',
    format: 'json',
  };
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const before = server.cpu();
  const address = `127.0.0.1:${grpcPortOf(server)}`;
  const ran = await run('taskset', ['-c', CORES.load, program, '--insecure', ...flags, address], { cwd: folder });
  const cpu = server.cpu() - before;
  if (ran.code !== 0) throw new Error(`ghz ended with ${ran.code}: ${(ran.errors || ran.output).slice(0, 2000)}`);
  const { count, total, statusCodeDistribution, latencyDistribution } = JSON.parse(ran.output) as Said;
  if (statusCodeDistribution['OK'] !== count || count === 0)
    throw new Error(`ghz: not every call succeeded: ${JSON.stringify(statusCodeDistribution)}`);
  const at = (wanted: number) =>
    (latencyDistribution.find(({ percentage }) => percentage === wanted)?.latency ?? Number.NaN) / 1e6;
  const wall = total / 1e9;
  return {
    requests: count,
    seconds: wall,
    p50: at(50),
    p99: at(99),
    busy: (ran.cpu ?? Number.NaN) / ran.wall,
    connections,
    cpu: cpu / count,
  };
}
