/** Composition root: config → models → data plane → HTTP server → signals. The only file that prints or exits. */
import { unwatchFile, watchFile } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import { type Config, type ModelsPlace, readConfig } from './config.ts';
import { createDataPlane } from './data-plane.ts';
import { reasonOf } from './models/fault.ts';
import { createFetcher, type Fetcher } from './models/fetch.ts';
import { loadModel } from './models/load.ts';
import { createRegistry, type Outcome, type Registry } from './models/registry.ts';
import type { Report } from './models/report.ts';
import { repositorySources } from './models/repository.ts';
import type { ModelSource } from './models/source.ts';
import { readModelsFile } from './models-config.ts';
import { limits } from './operate/limits.ts';
import { createLog, type Log } from './operate/log.ts';
import { createShutdown, type ShutdownSteps } from './operate/shutdown.ts';
import { createRestServer } from './rest/server.ts';

/** What each event of loading says to a reader; events without a line here say their own name. */
const eventTexts: Readonly<Record<string, string>> = {
  'model-loading': 'Loading model',
  'model-loaded': 'Model loaded',
  'model-warmed-up': 'Model has run once',
  'model-released': 'Model released',
  'warm-up-refused': 'Model refused a run on zeros; it has no stored example that fits',
  fetched: 'Model folder fetched',
};

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  if ('text' in config) {
    (config.code === 0 ? process.stdout : process.stderr).write(config.text);
    process.exitCode = config.code;
    return;
  }
  const log = createLog((line) => process.stderr.write(line));
  logWarnings(log);
  await serve(config, log);
}

async function serve(config: Config, log: Log): Promise<void> {
  const report: Report = (event, fields) =>
    log(event === 'warm-up-refused' ? 'warn' : 'info', event, eventTexts[event] ?? event, fields);
  const fetcher = createFetcher({ ...config.s3, ...limits.modelFolder }, report);
  const settings = { fetcher, intraOpThreads: config.intraOpThreads, report };
  const registry = createRegistry((source) => loadModel(source, settings), report);
  let accepting = true;
  const identity = { name: packageJson.name, version: packageJson.version };
  const plane = createDataPlane(registry, identity, () => accepting);
  const server = createRestServer(plane, { maxBodyBytes: config.maxBodyBytes, log });
  onStop(log, {
    stopAccepting: () => {
      accepting = false;
      if (config.models.kind === 'file') unwatchFile(config.models.file);
    },
    closeServer: () => server.close(),
    releaseModels: async () => {
      await registry.close();
      fetcher.close();
    },
  });

  const port = await server.listen(config.httpHost, config.httpPort).catch((error: unknown) => {
    log('error', 'start-failed', `Cannot listen on ${config.httpHost}:${config.httpPort}: ${reasonOf(error)}`);
    process.exit(1);
  });
  const where = { host: config.httpHost, port };
  log('info', 'listening', 'Listening; models are loading', where);
  const started = start(config.models, fetcher, registry, log, where);
  onReload(config.models, log, started, () => reload(config.models, fetcher, registry, log, where));
  if (!(await started)) process.exit(1);
}

function onStop(log: Log, steps: ShutdownSteps): void {
  const shutdown = createShutdown(steps, limits.shutdownMs, log, (code) => process.exit(code));
  process.on('SIGTERM', shutdown);
  process.on('SIGINT', shutdown);
}

/** Where the models are at this moment. */
function listModels(place: ModelsPlace, fetcher: Fetcher): Promise<ModelSource[]> {
  if (place.kind === 'file') return readModelsFile(place.file);
  if (place.kind === 'repository') return repositorySources(place.location, fetcher);
  const { kind: _, ...source } = place;
  return Promise.resolve([{ ...source, labels: {}, aliases: {} }]);
}

type Address = { readonly host: string; readonly port: number };

/** First load. False when not one model can be served, which ends the process. */
async function start(
  place: ModelsPlace,
  fetcher: Fetcher,
  registry: Registry,
  log: Log,
  where: Address,
): Promise<boolean> {
  try {
    const outcomes = await registry.apply(await listModels(place, fetcher));
    const failed = tellFaults(outcomes, log);
    if (failed === 0) log('info', 'ready', 'Every model is ready', { ...where, models: served(outcomes) });
    else
      log('error', 'not-ready', `${failed} of ${outcomes.length} models cannot be served`, {
        ...where,
        models: outcomes,
      });
    return failed < outcomes.length;
  } catch (error) {
    log('error', 'start-failed', `Cannot list the models: ${reasonOf(error)}`);
    return false;
  }
}

async function reload(
  place: ModelsPlace,
  fetcher: Fetcher,
  registry: Registry,
  log: Log,
  where: Address,
): Promise<void> {
  const before = registry.ready();
  try {
    const outcomes = await registry.apply(await listModels(place, fetcher));
    const failed = tellFaults(outcomes, log);
    if (failed === 0) log('info', 'reloaded', 'Models reloaded', { models: outcomes });
    else
      log(
        'error',
        'reload-failed',
        `${failed} of ${outcomes.length} models cannot be served; what served before serves on`,
        { models: outcomes },
      );
    if (!before && registry.ready())
      log('info', 'ready', 'Every model is ready', { ...where, models: served(outcomes) });
  } catch (error) {
    log('error', 'reload-failed', `Cannot list the models, what served before serves on: ${reasonOf(error)}`, {
      models: [],
    });
  }
}

function tellFaults(outcomes: readonly Outcome[], log: Log): number {
  const failed = outcomes.filter((outcome) => outcome.result === 'failed');
  for (const { model, version, reason } of failed) {
    log('error', 'model-failed', `Cannot serve model "${model}" version "${version}": ${reason}`, {
      model,
      version,
      reason,
    });
  }
  return failed.length;
}

function served(outcomes: readonly Outcome[]): { name: string; version: string }[] {
  const ready = outcomes.filter(({ result }) => result !== 'failed' && result !== 'removed');
  return ready.map(({ model, version }) => ({ name: model, version }));
}

/**
 * Reloads follow each other and the first load. A models file is looked at by its path, so that a mounted ConfigMap's
 * exchanged link is seen too.
 */
function onReload(place: ModelsPlace, log: Log, started: Promise<unknown>, run: () => Promise<void>): void {
  let last = started;
  const begin = (cause: string) => {
    log('info', 'reloading', `Reloading models: ${cause}`);
    last = last.then(run);
  };
  process.on('SIGHUP', () => begin('SIGHUP'));
  if (place.kind !== 'file') return;
  watchFile(place.file, { interval: limits.watchMs, persistent: false }, (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size)
      begin(`${place.file} changed`);
  });
}

/** Warnings of Node and of libraries become log lines: a line that is not JSON breaks who reads them. */
function logWarnings(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log('warn', 'warning', warning.message, { name: warning.name }));
}

await main();
