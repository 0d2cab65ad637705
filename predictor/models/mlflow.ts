/**
 * Models by the names of an MLflow server: `models:/name@alias`, `models:/name/3`, `models:/m-<id>`,
 * `runs:/<run>/<path>` and `mlflow-artifacts:/<path>`.
 *
 * A name becomes the place of its artifacts, which is a bucket that this server reads itself, or MLflow's own store,
 * which is read through MLflow. Source: MLflow's REST API 2.0 and its artifact proxy.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LoadError, reasonOf } from './fault.ts';

export interface MlflowSettings {
  /** Address of the server, without a trailing slash. */
  readonly trackingUri: string;
  /** Whole value of the authorization header. */
  readonly authorization?: string;
}

export interface FolderLimits {
  readonly maxFolderBytes: number;
  readonly maxFolderObjects: number;
}

export interface Mlflow {
  /** The place of the artifacts that a name stands for now. Rejects with LoadError. */
  resolve(uri: string): Promise<string>;
  /** Brings `mlflow-artifacts:/…` to a folder whose parent the caller removes. Rejects with LoadError. */
  fetch(uri: string): Promise<string>;
}

type Fields = Readonly<Record<string, unknown>>;

const answerMs = 30_000;
const downloadMs = 600_000;

export function isMlflowName(location: string): boolean {
  return /^(models|runs):\//.test(location);
}

export function isMlflowArtifact(location: string): boolean {
  return location.startsWith('mlflow-artifacts:/');
}

export function createMlflow(settings: MlflowSettings, limits: FolderLimits): Mlflow {
  const headers = settings.authorization === undefined ? {} : { authorization: settings.authorization };
  const request = async (path: string, milliseconds: number): Promise<Response> => {
    const signal = AbortSignal.timeout(milliseconds);
    const response = await fetch(`${settings.trackingUri}${path}`, { headers, signal });
    if (response.ok) return response;
    const said = reasonOf(fieldsOf(parse(await response.text()))['message'] ?? response.statusText);
    throw new LoadError(`MLflow answered ${response.status}: ${said}`);
  };
  const ask: Ask = async (path, query) => {
    const response = await request(`/api/2.0/${path}?${new URLSearchParams(query)}`, answerMs);
    return fieldsOf(await response.json());
  };
  return {
    resolve: (uri) => told(uri, () => resolveName(uri, ask)),
    fetch: (uri) =>
      told(uri, () => download(artifactPath(uri), ask, (path) => request(proxied(path), downloadMs), limits)),
  };
}

type Ask = (path: string, query: Readonly<Record<string, string>>) => Promise<Fields>;

async function told<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    throw new LoadError(`cannot find "${uri}" in MLflow: ${reasonOf(error)}${cause}`, { cause: error });
  }
}

async function resolveName(uri: string, ask: Ask): Promise<string> {
  const [, scheme, rest = ''] = /^(models|runs):\/+(.+)$/.exec(uri) ?? [];
  if (scheme === 'runs') return runArtifacts(rest, ask);
  if (/^m-[0-9a-f]{32}$/.test(rest)) return loggedModel(rest, ask);
  const [, name, alias] = /^([^/@]+)@([^/@]+)$/.exec(rest) ?? [];
  if (name !== undefined && alias !== undefined) {
    const found = fieldsOf((await ask('mlflow/registered-models/alias', { name, alias }))['model_version']);
    return versionArtifacts(name, textOf(found, 'version'), ask);
  }
  const [, model, version] = /^([^/@]+)\/(\d+)$/.exec(rest) ?? [];
  if (model !== undefined && version !== undefined) return versionArtifacts(model, version, ask);
  throw new LoadError(
    'expected models:/<name>@<alias>, models:/<name>/<version>, models:/m-<id> or runs:/<run>/<path>',
  );
}

async function versionArtifacts(name: string, version: string, ask: Ask): Promise<string> {
  const place = textOf(await ask('mlflow/model-versions/get-download-uri', { name, version }), 'artifact_uri');
  // A version that was made from a logged model may point to that model by name.
  return isMlflowName(place) ? resolveName(place, ask) : place;
}

async function loggedModel(id: string, ask: Ask): Promise<string> {
  const info = fieldsOf(fieldsOf((await ask(`mlflow/logged-models/${id}`, {}))['model'])['info']);
  return textOf(info, 'artifact_uri');
}

/** MLflow 3 keeps a run's models apart from its artifacts, under the names that they were logged with. */
async function runArtifacts(rest: string, ask: Ask): Promise<string> {
  const [run = '', ...path] = rest.split('/');
  const found = fieldsOf((await ask('mlflow/runs/get', { run_id: run }))['run']);
  const name = path.join('/');
  for (const output of listOf(fieldsOf(found['outputs'])['model_outputs'])) {
    const id = textOf(output, 'model_id');
    const info = fieldsOf(fieldsOf((await ask(`mlflow/logged-models/${id}`, {}))['model'])['info']);
    if (info['name'] === name) return textOf(info, 'artifact_uri');
  }
  return `${textOf(fieldsOf(found['info']), 'artifact_uri').replace(/\/+$/, '')}/${name}`;
}

/** The host in `mlflow-artifacts://host/path` is the server's own name for itself; it is asked where it was found. */
function artifactPath(uri: string): string {
  return uri.replace(/^mlflow-artifacts:(\/\/[^/]*)?\/*/, '').replace(/\/+$/, '');
}

function proxied(path: string): string {
  return `/api/2.0/mlflow-artifacts/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`;
}

interface Artifact {
  /** Below the model's folder. */
  readonly path: string;
  readonly bytes: number;
}

async function download(
  root: string,
  ask: Ask,
  get: (path: string) => Promise<Response>,
  limits: FolderLimits,
): Promise<string> {
  const artifacts = await list(root, '', ask, limits.maxFolderObjects);
  if (artifacts.length === 0) throw new LoadError('there are no artifacts');
  const bytes = artifacts.reduce((sum, artifact) => sum + artifact.bytes, 0);
  if (bytes > limits.maxFolderBytes)
    throw new LoadError(`artifacts have ${bytes} bytes, at most ${limits.maxFolderBytes} are fetched`);
  const base = await mkdtemp(join(tmpdir(), 'predictor-'));
  const partial = join(base, 'partial');
  try {
    for (const artifact of artifacts) await save(artifact, await get(`${root}/${artifact.path}`), partial);
    await rename(partial, join(base, 'model'));
  } catch (error) {
    await rm(base, { recursive: true, force: true });
    throw error;
  }
  return join(base, 'model');
}

async function list(root: string, below: string, ask: Ask, most: number): Promise<Artifact[]> {
  const path = below === '' ? root : `${root}/${below}`;
  const found: Artifact[] = [];
  for (const file of listOf((await ask('mlflow-artifacts/artifacts', { path }))['files'])) {
    const name = textOf(file, 'path').split('/').at(-1) ?? '';
    if (name === '' || name === '.' || name === '..' || /[\\\0]/.test(name))
      throw new LoadError(`artifact "${textOf(file, 'path')}" has no name that can be a file's`);
    const inner = below === '' ? name : `${below}/${name}`;
    if (file['is_dir'] === true) found.push(...(await list(root, inner, ask, most - found.length)));
    else found.push({ path: inner, bytes: Number(file['file_size'] ?? 0) });
    if (found.length > most) throw new LoadError(`there are more than ${most} artifacts: it is not one model`);
  }
  return found;
}

async function save({ path, bytes }: Artifact, response: Response, folder: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  if (response.body === null) throw new LoadError(`artifact "${path}" came without content`);
  const sink = createWriteStream(file);
  await pipeline(Readable.fromWeb(response.body), sink);
  if (sink.bytesWritten !== bytes)
    throw new LoadError(`artifact "${path}" came with ${sink.bytesWritten} of ${bytes} bytes`);
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new LoadError(`the answer has no "${name}"`);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
