/** How fast the predictor answers, beside MLServer, KServe's Python server and the least that HTTP and JSON cost. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench, BenchOptions, BenchResult } from '../bench.ts';
import { run } from '../measure.ts';
import {
  type Absent,
  build,
  type Contestant,
  loadProgram,
  MODEL,
  ours,
  peers,
  requestBody,
  startPredictor,
} from './contestants.ts';
import { CONNECTIONS, type Image, type Measured, type Soak, type Turn } from './findings.ts';
import { measureHeavy } from './heavy.ts';
import type { Load, LoadReport } from './load.ts';
import { report } from './report.ts';
import { CORES, type Server } from './server.ts';

const SECONDS = { warmUp: 2, measured: 4, image: 3 } as const;
const JSON_TYPE = { 'content-type': 'application/json' } as const;
const INFER = `/v2/models/${MODEL}/infer`;
const IMAGE_SHAPE = [1, 3, 224, 224] as const;
const IMAGE_CONNECTIONS = 4;
/** Gives its input FP32 [-1,3,224,224] back. */
const IDENTITY = fileURLToPath(new URL('identity.onnx', import.meta.url));

export const servingBench: Bench = {
  name: 'serving',
  description: 'the predictor, beside MLServer, a KServe Python server and bare node:http',
  run: benchServing,
};

interface Place {
  readonly root: string;
  readonly folder: string;
  /** Compiled programs. */
  readonly out: string;
}

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
    const image = await measureImage(contestants, place, runs, progress);
    progress('a model of 50 ms');
    const heavy = await measureHeavy({
      folder: join(folder, 'heavy'),
      own: join(place.out, 'bench/own.js'),
      start: (what, log) => startPredictor(place.out, what, log),
      load: (what) => load(place, what),
    });
    const soak = await measureSoak(contestants, place, options.requests, progress);
    const findings = { contestants, absent, turns, image, heavy, soak, runs, loadBefore, seconds: SECONDS.measured };
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
        loads.push(await measure(place, server, { ...iris, connections, seconds: SECONDS.measured }));
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

async function measure(place: Place, server: Server, what: Omit<Load, 'port'>): Promise<Measured> {
  const before = server.cpu();
  const found = await load(place, { ...what, port: server.port });
  return { ...found, connections: what.connections, cpu: (server.cpu() - before) / found.requests };
}

async function load(place: Place, what: Load): Promise<LoadReport> {
  const args = ['-c', CORES.load, process.execPath, loadProgram(place.out), JSON.stringify(what)];
  const ran = await run('taskset', args, { cwd: place.folder });
  if (ran.code !== 0) throw new Error(`the load generator ended with ${ran.code}: ${ran.errors.slice(0, 2000)}`);
  return JSON.parse(ran.output) as LoadReport;
}

/** A photograph's tensor there and back through an Identity graph, as bytes and as JSON, beside an echo of the same bytes. */
async function measureImage(
  contestants: readonly Contestant[],
  place: Place,
  runs: number,
  progress: (step: string) => void,
): Promise<Image[]> {
  const folder = join(place.folder, 'image');
  await mkdir(folder, { recursive: true });
  await copyFile(IDENTITY, join(folder, 'model.onnx'));
  const values = Float32Array.from({ length: 3 * 224 * 224 }, (_, index) => ((index * 37) % 256) / 255);
  const bytes = Buffer.from(values.buffer);
  const input = { name: 'in', shape: IMAGE_SHAPE, datatype: 'FP32' };
  const head = JSON.stringify({
    inputs: [{ ...input, parameters: { binary_data_size: bytes.length } }],
    parameters: { binary_data_output: true },
  });
  const [binaryFile, jsonFile] = [join(place.folder, 'image.bin'), join(place.folder, 'image.json')];
  await writeFile(binaryFile, Buffer.concat([Buffer.from(head), bytes]));
  await writeFile(jsonFile, JSON.stringify({ inputs: [{ ...input, data: [...values] }] }));
  const floor = contestants.find(({ name }) => name === 'floor');
  if (floor === undefined) throw new Error('bug: no floor');
  const echo = await floor.start(join(place.folder, 'floor.log'));
  const model = { name: 'image', version: '1', folder };
  const server = await startPredictor(place.out, model, join(place.folder, 'image.log'));
  const path = '/v2/models/image/infer';
  const forms = [
    { form: 'echo', server: echo, path: '/echo', bodyFile: binaryFile, headers: {} },
    {
      form: 'binary',
      server,
      path,
      bodyFile: binaryFile,
      headers: { 'inference-header-content-length': String(head.length) },
    },
    { form: 'json', server, path, bodyFile: jsonFile, headers: JSON_TYPE },
  ] as const;
  const images: Image[] = [];
  try {
    for (let turn = 1; turn <= runs; turn += 1) {
      for (const { form, server: one, ...rest } of forms) {
        progress(`${turn} of ${runs}: image as ${form}`);
        const what = { ...rest, connections: IMAGE_CONNECTIONS };
        if (turn === 1) await load(place, { ...what, port: one.port, seconds: 1 });
        images.push({ form, measured: await measure(place, one, { ...what, seconds: SECONDS.image }) });
      }
    }
    return images;
  } finally {
    await Promise.all([echo.stop(), server.stop()]);
  }
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
