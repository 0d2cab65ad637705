/**
 * A model of some 50 ms under load: does the server answer probes meanwhile, and does it lose what onnxruntime could
 * compute on the same core.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from '../measure.ts';
import type { LoadReport } from './load.ts';
import { matrices } from './matrices.ts';
import { CORES, type Server } from './server.ts';

export interface Heavy {
  /** Milliseconds of one run, and runs per second, of onnxruntime alone on the server's core. */
  readonly runMs: number;
  readonly ownRate: number;
  /** Requests per second over four connections. */
  readonly rate: number;
  /** Milliseconds, of health and metadata asked by turns while the model ran. */
  readonly probeP50: number;
  readonly probeP99: number;
  readonly probes: number;
}

const WANTED_MS = 50;
const SECONDS = 6;
const CONNECTIONS = 4;
const PROBE_EVERY_MS = 10;
const NAME = 'heavy';

interface Parts {
  /** An empty folder. */
  readonly folder: string;
  /** The compiled `own.js`. */
  readonly own: string;
  readonly start: (what: { name: string; version: string; folder: string }, log: string) => Promise<Server>;
  readonly load: (what: {
    port: number;
    path: string;
    headers: Readonly<Record<string, string>>;
    bodyFile: string;
    connections: number;
    seconds: number;
  }) => Promise<LoadReport>;
}

export async function measureHeavy({ folder, own, start, load }: Parts): Promise<Heavy> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'model.onnx');
  const alone = async (multiplications: number, seconds: number) => {
    await writeFile(file, matrices(multiplications));
    const ran = await run('taskset', ['-c', CORES.server, process.execPath, own, file, String(seconds)], {
      cwd: folder,
    });
    if (ran.code !== 0) throw new Error(`onnxruntime alone ended with ${ran.code}: ${ran.errors.slice(0, 2000)}`);
    return JSON.parse(ran.output) as { runs: number; seconds: number };
  };
  const trial = await alone(4, 1);
  const multiplications = Math.max(1, Math.round((4 * WANTED_MS * trial.runs) / trial.seconds / 1000));
  const { runs, seconds } = await alone(multiplications, SECONDS);
  const body = join(folder, 'body.json');
  await writeFile(body, JSON.stringify({ inputs: [{ name: 'in', shape: [1], datatype: 'FP32', data: [1] }] }));
  const server = await start({ name: NAME, version: '1', folder }, join(folder, 'server.log'));
  try {
    const probing = new AbortController();
    const what = { port: server.port, path: `/v2/models/${NAME}/infer`, headers: {}, bodyFile: body };
    await load({ ...what, connections: CONNECTIONS, seconds: 1 });
    const probes = probe(server.port, probing.signal);
    const loaded = await load({ ...what, connections: CONNECTIONS, seconds: SECONDS });
    probing.abort();
    const times = (await probes).toSorted((a, b) => a - b);
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN;
    return {
      runMs: (seconds / runs) * 1000,
      ownRate: runs / seconds,
      rate: loaded.requests / loaded.seconds,
      probeP50: at(0.5),
      probeP99: at(0.99),
      probes: times.length,
    };
  } finally {
    await server.stop();
  }
}

/** Health and metadata by turns over one connection, in milliseconds, until the signal. */
async function probe(port: number, signal: AbortSignal): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const paths = ['/v2/health/ready', `/v2/models/${NAME}`];
  const times: number[] = [];
  while (!signal.aborted) {
    times.push(await timeOf(port, paths[times.length % paths.length] ?? '', agent));
    await pause(PROBE_EVERY_MS);
  }
  agent.destroy();
  return times;
}

function timeOf(port: number, path: string, agent: Agent): Promise<number> {
  const asked = performance.now();
  return new Promise((resolve, reject) => {
    get({ port, path, agent, host: '127.0.0.1' }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path} answers ${response.statusCode}`));
      response.resume().on('end', () => resolve(performance.now() - asked));
    }).on('error', reject);
  });
}
