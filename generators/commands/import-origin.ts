/** MLflow's answer to what is to be imported: which artifact, of which run, under which name, with which numbers. */
import type { ImportSource } from '../artifact/source.ts';
import { type Fields, type Mlflow, MlflowRefused } from '../outside/mlflow.ts';

export interface Origin {
  /** `s3://…`, `mlflow-artifacts:/…` or whatever store the server uses. */
  readonly artifactUri: string;
  readonly registered?: { readonly name: string; readonly version: string };
  readonly run?: string;
  readonly loggedModel?: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly owner?: string;
  readonly description?: string;
}

/** Rejects with MlflowRefused. */
export async function findOrigin(source: Exclude<ImportSource, { kind: 's3' }>, mlflow: Mlflow): Promise<Origin> {
  if (source.kind === 'loggedModel') return fromLoggedModel(source.id, mlflow);
  if (source.kind === 'run') return fromRun(source.run, source.path, mlflow);
  const query =
    source.kind === 'alias'
      ? { name: source.name, alias: source.alias }
      : { name: source.name, version: source.version };
  const path = source.kind === 'alias' ? 'registered-models/alias' : 'model-versions/get';
  const version = object((await mlflow.ask(path, query))['model_version']);
  return fromVersion(source.name, text(version, 'version') ?? '', version, mlflow);
}

async function fromVersion(name: string, version: string, fields: Fields, mlflow: Mlflow): Promise<Origin> {
  const registered = { name, version };
  const place = text(await mlflow.ask('model-versions/get-download-uri', { name, version }), 'artifact_uri') ?? '';
  const id = loggedModelIn(text(fields, 'source')) ?? loggedModelIn(place) ?? text(fields, 'model_id');
  const below = id === undefined ? undefined : await fromLoggedModel(id, mlflow);
  const model = object((await mlflow.ask('registered-models/get', { name }))['registered_model']);
  const run = text(fields, 'run_id') ?? below?.run;
  const owner = tag(fields, 'owner') ?? tag(model, 'owner') ?? below?.owner;
  const description = text(fields, 'description') ?? text(model, 'description');
  const metrics =
    below !== undefined && Object.keys(below.metrics).length > 0 ? below.metrics : await runMetrics(run, mlflow);
  return {
    artifactUri: below?.artifactUri ?? place,
    registered,
    ...(run === undefined ? {} : { run }),
    ...(id === undefined ? {} : { loggedModel: id }),
    metrics,
    ...(owner === undefined ? {} : { owner }),
    ...(description === undefined ? {} : { description }),
  };
}

async function fromLoggedModel(id: string, mlflow: Mlflow): Promise<Origin> {
  const model = object((await mlflow.ask(`logged-models/${id}`))['model']);
  const [info, data] = [object(model['info']), object(model['data'])];
  const status = text(info, 'status');
  if (status !== undefined && status !== 'LOGGED_MODEL_READY') {
    throw new MlflowRefused(`the logged model "${id}" is not ready but ${status}`, 0);
  }
  const run = text(info, 'source_run_id');
  const own = metricsOf(data['metrics']);
  const owner = tag(info, 'owner');
  return {
    artifactUri: text(info, 'artifact_uri') ?? '',
    loggedModel: id,
    ...(run === undefined ? {} : { run }),
    metrics: Object.keys(own).length > 0 ? own : await runMetrics(run, mlflow),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** MLflow 3 keeps a run's models apart from its artifacts, under the names that they were logged with. */
async function fromRun(run: string, path: string, mlflow: Mlflow): Promise<Origin> {
  const found = object((await mlflow.ask('runs/get', { run_id: run }))['run']);
  const ids = list(object(found['outputs'])['model_outputs']).flatMap((output) => text(output, 'model_id') ?? []);
  const models = await Promise.all(
    ids.map(async (id) => ({
      id,
      name: text(object(object((await mlflow.ask(`logged-models/${id}`))['model'])['info']), 'name'),
    })),
  );
  const named = models.filter(({ name }) => path === '' || name === path);
  const [only] = named;
  if (only !== undefined && named.length === 1) return fromLoggedModel(only.id, mlflow);
  if (path === '') {
    const names = models.map(({ name }) => `runs:/${run}/${name}`).join(', ');
    throw new MlflowRefused(`the run logged ${models.length} models; name one: ${names || `runs:/${run}/<path>`}`, 0);
  }
  // MLflow 2 keeps them among the run's artifacts.
  const root = text(object(found['info']), 'artifact_uri') ?? '';
  const owner = tag(object(found['data']), 'owner');
  const metrics = metricsOf(object(found['data'])['metrics']);
  return { artifactUri: `${root}/${path}`, run, metrics, ...(owner === undefined ? {} : { owner }) };
}

async function runMetrics(run: string | undefined, mlflow: Mlflow): Promise<Record<string, number>> {
  if (run === undefined) return {};
  const found = object((await mlflow.ask('runs/get', { run_id: run }))['run']);
  return metricsOf(object(found['data'])['metrics']);
}

/** The newest value of each, to six digits behind the point; what is no number (NaN comes as text) is left out. */
function metricsOf(value: unknown): Record<string, number> {
  const newest = new Map<string, { readonly value: number; readonly step: number }>();
  for (const metric of list(value)) {
    const [key, number, step] = [text(metric, 'key'), metric['value'], Number(metric['step'] ?? 0)];
    if (key === undefined || typeof number !== 'number' || !Number.isFinite(number)) continue;
    if (step >= (newest.get(key)?.step ?? step)) newest.set(key, { value: Number(number.toFixed(6)), step });
  }
  return Object.fromEntries([...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, one.value]));
}

function loggedModelIn(uri: string | undefined): string | undefined {
  return /^models:\/+(m-[0-9a-f]{32})$/.exec(uri ?? '')?.[1];
}

function tag(fields: Fields, key: string): string | undefined {
  const found = list(fields['tags']).find((one) => one['key'] === key);
  return found === undefined ? undefined : text(found, 'value');
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function object(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
