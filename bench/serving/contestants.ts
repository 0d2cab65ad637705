/** Who is measured, and how each is started with the iris classifier. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutZipMap } from '../../predictor/runtime/zipmap.ts';
import { run } from '../measure.ts';
import { imageSettings } from './image-settings.ts';
import { type Command, freePort, type Server, startServer } from './server.ts';

export const MODEL = 'iris-classifier';
export type Name = 'predictor' | 'floor' | 'mlserver' | 'kserve';

export interface Contestant {
  readonly name: Name;
  readonly label: string;
  readonly speaksGrpc: boolean;
  start(log: string): Promise<Server>;
}

export interface Absent {
  readonly label: string;
  readonly reason: string;
}

interface Place {
  readonly root: string;
  readonly folder: string;
}

interface ModelEntry {
  readonly name: string;
  readonly version: string;
  readonly artifact: string;
  readonly file: string;
  readonly example: { readonly inputs: readonly object[] };
}

const READY = `/v2/models/${MODEL}/ready`;
/** One core each: more threads than that only get into each other's way. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' } as const;

function entryOf(root: string, name: string, version: string): ModelEntry {
  const entries = JSON.parse(readFileSync(join(root, 'examples/models.json'), 'utf8')) as ModelEntry[];
  const found = entries.find((entry) => entry.name === name && entry.version === version);
  if (found === undefined) throw new Error(`examples/models.json has no ${name} version ${version}`);
  return found;
}

function folderOf(root: string, entry: ModelEntry): string {
  return join(root, 'examples/artifacts', entry.artifact.replace('s3://', ''));
}

/** One row, its input named by position, so that every server takes the same bytes. */
export function requestBody(root: string): string {
  return JSON.stringify({ inputs: entryOf(root, 'iris-classifier-sklearn', '1').example.inputs });
}

/** The predictor as it is shipped, and the floor and the load generator as JavaScript too. Throws when it does not compile. */
export async function build(root: string, out: string): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const steps = [
    ['--import', 'tsx', 'predictor/build.ts', '--out', out],
    [tsc, '-p', 'bench/serving/tsconfig.build.json', '--outDir', join(out, 'bench')],
  ];
  for (const args of steps) {
    const { code, output, errors } = await run('node', args, { cwd: root });
    if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}: ${output}${errors}`);
  }
}

/** As the image starts it. */
export async function startPredictor(
  root: string,
  out: string,
  model: { readonly name: string; readonly version: string; readonly folder: string },
  log: string,
): Promise<Server> {
  const [port, grpcPort] = [await freePort(), await freePort()];
  const { env, flags } = imageSettings(root);
  const command: Command = {
    program: process.execPath,
    args: [...flags, join(out, 'predictor/main.js')],
    env: {
      ...env,
      MODEL_NAME: model.name,
      MODEL_VERSION: model.version,
      MODEL_DIR: model.folder,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(port),
      GRPC_PORT: String(grpcPort),
      METRICS_PORT: '0',
    },
    cwd: out,
  };
  return startServer(command, { port, grpcPort }, `/v2/models/${model.name}/ready`, log);
}

export function ours({ root, folder: work }: Place, out: string): Contestant[] {
  const entry = entryOf(root, MODEL, '2');
  const folder = folderOf(root, entry);
  return [
    {
      name: 'predictor',
      label: 'predictor',
      speaksGrpc: true,
      start: (log) => startPredictor(root, out, { name: MODEL, version: '2', folder }, log),
    },
    {
      name: 'floor',
      label: 'floor: node:http and onnxruntime-node, no checks',
      speaksGrpc: false,
      start: async (log) => {
        const port = await freePort();
        // onnxruntime-node cannot return what ZipMap gives; the predictor takes the node away when it loads the model.
        const model = readFileSync(join(folder, entry.file));
        const plain = join(work, 'floor.onnx');
        writeFileSync(plain, withoutZipMap(model) ?? model);
        const args = [join(out, 'bench/floor.js'), String(port), plain];
        return startServer({ program: process.execPath, args, cwd: out }, { port }, READY, log);
      },
    },
  ];
}

export async function peers(place: Place, progress: (step: string) => void): Promise<(Contestant | Absent)[]> {
  const found: (Contestant | Absent)[] = [];
  for (const name of ['mlserver', 'kserve'] as const) {
    const label = `${name === 'mlserver' ? 'MLServer' : 'KServe Python server'} ${versionOf(place.root, name)}`;
    const bin = environment(place.root, name, progress);
    if (bin === undefined) found.push({ label, reason: 'its packages could not be installed with python3.11' });
    else found.push(name === 'mlserver' ? mlserver(place, bin, label) : kserve(place, bin, label));
  }
  return found;
}

function versionOf(root: string, name: string): string {
  const text = readFileSync(join(root, `predictor/conformity/requirements-${name}.txt`), 'utf8');
  return new RegExp(`^${name}==(\\S+)$`, 'm').exec(text)?.[1] ?? '';
}

/** The programs of a virtual environment with these requirements, made when it is not there; undefined when it cannot be. */
function environment(root: string, name: string, progress: (step: string) => void): string | undefined {
  const here = join(root, 'bench/serving');
  const venv = join(here, '.venv', name);
  const files = [
    join(here, `requirements-${name}.txt`),
    join(root, `predictor/conformity/requirements-${name}.txt`),
  ] as const;
  const wanted = files.map((file) => readFileSync(file, 'utf8')).join('');
  const marker = join(venv, 'requirements');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return join(venv, 'bin');
  progress(`installing ${name} with its packages`);
  const python = process.env['PYTHON'] ?? 'python3.11';
  const install = ['install', '--quiet', '--disable-pip-version-check', '-r', files[0]];
  const isDone =
    spawnSync(python, ['-m', 'venv', venv]).status === 0 &&
    spawnSync(join(venv, 'bin/pip'), install, { stdio: 'ignore', timeout: 600_000 }).status === 0;
  if (!isDone) return undefined;
  writeFileSync(marker, wanted);
  return join(venv, 'bin');
}

/** In one process, without a log line per request. */
function mlserver({ root, folder }: Place, bin: string, label: string): Contestant {
  const entry = entryOf(root, 'iris-classifier-sklearn', '1');
  const start = async (log: string) => {
    const settings = join(folder, 'mlserver');
    mkdirSync(settings, { recursive: true });
    copyFileSync(join(folderOf(root, entry), entry.file), join(settings, entry.file));
    const [port, grpcPort] = [await freePort(), await freePort()];
    const server = {
      host: '127.0.0.1',
      http_port: port,
      grpc_port: grpcPort,
      metrics_port: await freePort(),
      parallel_workers: 0,
      debug: false,
    };
    const model = {
      name: MODEL,
      implementation: 'mlserver_sklearn.SKLearnModel',
      parameters: { uri: `./${entry.file}`, version: '1' },
    };
    writeFileSync(join(settings, 'settings.json'), JSON.stringify(server));
    writeFileSync(join(settings, 'model-settings.json'), JSON.stringify(model));
    const command = { program: join(bin, 'mlserver'), args: ['start', '.'], env: ONE_THREAD, cwd: settings };
    return startServer(command, { port, grpcPort }, READY, log);
  };
  return { name: 'mlserver', label, speaksGrpc: true, start };
}

/** A model class as in KServe's own sklearnserver; one worker, without a log line per request. */
function kserve({ root, folder }: Place, bin: string, label: string): Contestant {
  const entry = entryOf(root, 'iris-classifier-sklearn', '1');
  const start = async (log: string) => {
    const [port, grpcPort] = [await freePort(), await freePort()];
    const script = join(root, 'bench/serving/peers/sklearn_server.py');
    const args = ['-B', script, MODEL, join(folderOf(root, entry), entry.file), String(port), String(grpcPort)];
    const command = { program: join(bin, 'python'), args, env: ONE_THREAD, cwd: folder };
    return startServer(command, { port, grpcPort }, READY, log);
  };
  return { name: 'kserve', label, speaksGrpc: true, start };
}
