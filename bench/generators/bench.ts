/** How fast the registry becomes checked manifests, beside `helm template` and `kubeconform` for the same objects. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchOptions, BenchResult } from '../bench.ts';
import { type Ran, run } from '../measure.ts';
import { writeChart } from './chart.ts';
import type { JobReport } from './job.ts';
import { demandSameObjects, findPeer, type Peer, runPeer } from './peer.ts';
import { writeProject } from './project.ts';
import { type Measured, report, type SizeResult } from './report.ts';

const SIZES = [1000, 10_000, 30_000] as const;
/** A chart's output is parsed and compared object by object; at more models that takes longer than all else. */
const COMPARED = 1000;

export const generatorsBench: Bench = {
  name: 'generators',
  description: 'models.yaml to checked manifests, beside helm template and kubeconform',
  run: benchGenerators,
};

async function benchGenerators(options: BenchOptions): Promise<BenchResult> {
  const { root: cwd, progress } = options;
  const sizes = options.sizes ?? SIZES;
  const folder = await mkdtemp(join(tmpdir(), 'bench-generators-'));
  try {
    const chart = join(folder, 'chart');
    await writeChart(chart);
    const found = await findPeer(cwd);
    const peer = 'absent' in found ? undefined : found;
    if ('absent' in found) progress(`peer not run: ${found.absent}`);
    const same = peer === undefined ? undefined : await compareObjects(peer, { cwd, chart, folder }, progress);
    progress('start-up: verify on the repository itself');
    const startUp = await repeat(options.runs, () =>
      run('node', ['--import', 'tsx', 'generators/main.ts', 'verify'], { cwd }),
    );
    const results: SizeResult[] = [];
    for (const size of sizes) results.push(await measureSize(size, { ...options, chart, folder, peer }));
    const complete = sizes.join() === SIZES.join();
    const versions = 'absent' in found ? undefined : found.versions;
    const reason = 'absent' in found ? found.absent : undefined;
    return { ...report({ results, startUp, compared: same, versions, reason, runs: options.runs }), complete };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The number of models at which the chart's objects were found to be ours. */
async function compareObjects(
  peer: Peer,
  at: { cwd: string; chart: string; folder: string },
  progress: (step: string) => void,
) {
  progress(`comparing the chart's objects with ours at ${COMPARED} models`);
  const root = join(at.folder, 'compared');
  await writeProject(root, COMPARED);
  await runPeer(peer, { cwd: at.cwd, chart: at.chart, root });
  await demandSameObjects(root);
  return COMPARED;
}

interface SizeOptions extends BenchOptions {
  readonly chart: string;
  readonly folder: string;
  readonly peer: Peer | undefined;
}

/** Ours and the peer by turns, so that what else the machine does meets both. */
async function measureSize(size: number, options: SizeOptions): Promise<SizeResult> {
  const { root: cwd, chart, folder, peer, progress, runs } = options;
  const root = join(folder, String(size));
  progress(`${size} models: writing the sample`);
  await writeProject(root, size);
  const ours: Measured[] = [];
  const peers: SizeResult['peers'][number][] = [];
  let objects = 0;
  for (let turn = 1; turn <= runs; turn += 1) {
    progress(`${size} models: ours, ${turn} of ${runs}`);
    const { ran, found } = await job('compile', root, cwd);
    objects = found.objects;
    ours.push({ wall: ran.wall, cpu: ran.cpu, memory: found.memory });
    if (peer === undefined) continue;
    progress(`${size} models: helm and kubeconform, ${turn} of ${runs}`);
    peers.push(await runPeer(peer, { cwd, chart, root }));
  }
  progress(`${size} models: one changed entry`);
  const edit = await job('edit', root, cwd);
  progress(`${size} models: writing to disk`);
  const write = await job('write', root, cwd);
  await rm(root, { recursive: true, force: true });
  const [written = Number.NaN, unchanged = Number.NaN] = write.found.writes ?? [];
  return { size, objects, ours, peers, edits: edit.found.edits ?? [], written, unchanged };
}

async function job(name: 'compile' | 'edit' | 'write', root: string, cwd: string) {
  const ran = await run('node', ['--import', 'tsx', 'bench/generators/job.ts', name, root], { cwd });
  if (ran.code !== 0) throw new Error(`bug: the job "${name}" ended with ${ran.code}: ${ran.errors.slice(0, 2000)}`);
  return { ran, found: JSON.parse(ran.output) as JobReport };
}

async function repeat(times: number, work: () => Promise<Ran>): Promise<Ran[]> {
  const ran: Ran[] = [];
  for (let turn = 0; turn < times; turn += 1) ran.push(await work());
  return ran;
}
