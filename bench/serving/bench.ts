/** How fast the predictor answers, beside MLServer, KServe's Python server and the least that HTTP and JSON cost. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchOptions, BenchResult } from '../bench.ts';
import { type Absent, build, type Contestant, MODEL, ours, peers, requestBody, startPredictor } from './contestants.ts';
import { CONNECTIONS, type Measured, type Soak, type Turn } from './findings.ts';
import { measureGrpc } from './grpc.ts';
import { measureHeavy } from './heavy.ts';
import { measureImage } from './image.ts';
import { load, measure, type Place } from './loading.ts';
import { report } from './report.ts';
import type { Server } from './server.ts';

const SECONDS = { warmUp: 2, measured: 4 } as const;
const JSON_TYPE = { 'content-type': 'application/json' } as const;
const INFER = `/v2/models/${MODEL}/infer`;

export const servingBench: Bench = {
  name: 'serving',
  description: 'the predictor, beside MLServer, a KServe Python server and bare node:http',
  run: benchServing,
};

async function benchServing(options: BenchOptions): Promise<BenchResult> {
  const { root, runs, progress } = options;
  if (process.platform !== 'linux' || availableParallelism() < 2)
    throw new Error('The bench "serving" needs Linux and two cores: one for the server, one for the load.');
  const [loadBefore = Number.NaN] = loadavg();
  const folder = await mkdtemp(join(tmpdir(), 'bench-serving-'));
  try {
    const place = { root, folder, out: join(folder, 'dist') };
    progress('compiling');
    await build(root, place.out);
    await writeFile(join(folder, 'iris.json'), requestBody(root));
    const found = await peers(place, progress);
    const absent = found.filter((one): one is Absent => 'reason' in one);
    for (const { label, reason } of absent) progress(`${label}: peer not run: ${reason}`);
    const contestants = [...ours(place, place.out), ...found.filter((one): one is Contestant => 'start' in one)];
    const turns: Turn[] = [];
    for (let turn = 1; turn <= runs; turn += 1)
      turns.push(...(await takeTurn(contestants, place, (step) => progress(`${turn} of ${runs}: ${step}`))));
    const grpc = await measureGrpc(contestants, place, runs, progress);
    const image = await measureImage(contestants, place, runs, progress);
    progress('a model of 50 ms');
    const heavy = await measureHeavy({
      folder: join(folder, 'heavy'),
      own: join(place.out, 'bench/own.js'),
      start: (what, log) => startPredictor(root, place.out, what, log),
      load: (what) => load(place, what),
    });
    const soak = await measureSoak(contestants, place, options.requests, progress);
    const measured = { turns, grpc, image, heavy, soak };
    const findings = { contestants, absent, ...measured, runs, loadBefore, seconds: SECONDS.measured };
    return { ...report(findings), complete: runs >= 3 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All servers up at once and loaded one after the other, so that what else the machine does meets all. */
async function takeTurn(
  contestants: readonly Contestant[],
  place: Place,
  progress: (step: string) => void,
): Promise<Turn[]> {
  const up: { name: Contestant['name']; server: Server; memory: number; loads: Measured[] }[] = [];
  const iris = { path: INFER, headers: JSON_TYPE, bodyFile: join(place.folder, 'iris.json') };
  try {
    for (const { name, start } of contestants) {
      progress(`${name}: start and warm-up`);
      const server = await start(join(place.folder, `${name}.log`));
      up.push({ name, server, memory: 0, loads: [] });
      await demandAnswer(server.port, requestBody(place.root), name);
      await load(place, { ...iris, port: server.port, connections: 64, seconds: SECONDS.warmUp });
    }
    for (const one of up) one.memory = one.server.memory();
    for (const connections of CONNECTIONS) {
      for (const { name, server, loads } of up) {
        progress(`${name}: connections: ${connections}`);
        loads.push(
          await measure(place, server, { ...iris, port: server.port, connections, seconds: SECONDS.measured }),
        );
      }
    }
    return up.map(({ name, server, memory, loads }) => ({ name, start: server.start, memory, loads }));
  } finally {
    await Promise.all(up.map(({ server }) => server.stop()));
  }
}

/** The class of the seed's flower is 0; a server that answers something else is not worth measuring. */
async function demandAnswer(port: number, body: string, name: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${INFER}`, { method: 'POST', headers: JSON_TYPE, body });
  const text = await response.text();
  const { outputs } = JSON.parse(text) as { outputs?: { data: unknown[] }[] };
  if (outputs?.[0]?.data[0] !== 0) throw new Error(`bug: ${name} answers ${response.status} ${text.slice(0, 500)}`);
}

/** Whether memory grows with the requests that were served. */
async function measureSoak(
  contestants: readonly Contestant[],
  place: Place,
  wanted: number,
  progress: (step: string) => void,
): Promise<Soak> {
  const predictor = contestants.find(({ name }) => name === 'predictor');
  if (predictor === undefined) throw new Error('bug: no predictor');
  const server = await predictor.start(join(place.folder, 'soak.log'));
  const samples: Soak['samples'][number][] = [];
  let requests = 0;
  try {
    const iris = { port: server.port, path: INFER, headers: JSON_TYPE, bodyFile: join(place.folder, 'iris.json') };
    while (requests < wanted) {
      requests += (await load(place, { ...iris, connections: 64, seconds: SECONDS.warmUp })).requests;
      samples.push({ requests, memory: server.memory() });
      progress(`memory after ${requests} requests: ${(server.memory() / 1e6).toFixed(0)} MB`);
    }
    return { samples };
  } finally {
    await server.stop();
  }
}
