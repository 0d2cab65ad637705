/** A real MLflow server on loopback, whose artifacts lie in a real S3 server; both end with the story. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../outside/ports.ts';
import { startS3Server } from '../outside/s3-server.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
/** The packages of `examples/requirements.txt`; `examples/run.sh` makes the folder too. */
const PYTHON = process.env['STORY_PYTHON'] ?? fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../examples/artifacts/nsa2-sf-ml-models/mlflow/1/models', import.meta.url));
const GRAPHS = ['m-dbe25bac70294350912e0b1d2c3a75da', 'm-3ac8001387b34ce98758d82654a4d56f'];
const UP_MS = 300_000;

export interface Logged {
  readonly run: string;
  readonly model: string;
  readonly version: string;
}

export interface World {
  readonly trackingUri: string;
  /** Environment in which both servers are reached. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logged: readonly Logged[];
  stop(): Promise<void>;
}

export async function startWorld(bucket: string): Promise<World> {
  if (!existsSync(PYTHON)) {
    throw new Error(`${PYTHON} is not there: run "npm run test:story", which makes it, or set STORY_PYTHON`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'kserve-gitops-story-'));
  const s3 = await startS3Server(0, [bucket]);
  const port = await freePort();
  const trackingUri = `http://127.0.0.1:${port}`;
  const environment = {
    ...s3.environment,
    AWS_DEFAULT_REGION: 'us-east-1',
    MLFLOW_S3_ENDPOINT_URL: s3.endpoint,
    MLFLOW_TRACKING_URI: trackingUri,
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    GIT_PYTHON_REFRESH: 'quiet',
    // Newer SDKs add a trailing checksum to every upload, which s3rver does not know.
    AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
  };
  const log = join(folder, 'mlflow.log');
  const store = [
    `--backend-store-uri=sqlite:///${join(folder, 'mlflow.db')}`,
    `--artifacts-destination=s3://${bucket}/mlflow`,
  ];
  const args = ['-m', 'mlflow', 'server', '--host=127.0.0.1', `--port=${port}`, '--workers=1', ...store];
  const output = await open(log, 'w');
  // A group of its own, since MLflow starts workers.
  const server = spawn(PYTHON, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', output.fd, output.fd],
    detached: true,
  });
  await output.close();
  const stop = async () => {
    await stopGroup(server);
    await s3.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilUp(`${trackingUri}/health`, server, log);
    return { trackingUri, environment, logged: await logModels(environment, folder), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function waitUntilUp(url: string, server: ChildProcess, log: string): Promise<void> {
  const until = performance.now() + UP_MS;
  while (performance.now() < until && server.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    await pause(300);
  }
  throw new Error(`MLflow did not come up:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

/** Not in one blocking call: the S3 server that MLflow writes to answers from this process. */
async function logModels(environment: Readonly<Record<string, string>>, cwd: string): Promise<Logged[]> {
  const graphs = GRAPHS.map((id) => join(SAMPLES, id, 'artifacts/model.onnx'));
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(PYTHON, [join(here, 'log_models.py'), ...graphs], { cwd, env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Logged[];
}

async function stopGroup(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  process.kill(-server.pid, 'SIGTERM');
  await Promise.race([ended, pause(10_000)]);
  if (server.exitCode === null && server.signalCode === null) process.kill(-server.pid, 'SIGKILL');
}
