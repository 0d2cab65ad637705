/** Composition root: config → models → data plane → servers → signals. The only file that prints or exits. */
import { unwatchFile, watchFile } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import packageJson from '../package.json' with { type: 'json' };
import { type Config, type ModelsPlace, readConfig } from './config.ts';
import { createDataPlane, type DataPlane } from './data-plane.ts';
import { credentialsOf } from './grpc/credentials.ts';
import { createGrpcServer } from './grpc/server.ts';
import { reasonOf } from './models/fault.ts';
import { createFetcher, type Fetcher } from './models/fetch.ts';
import { type LoadSettings, loadModel } from './models/load.ts';
import { servingDefaults } from './models/place.ts';
import { createRegistry, type Outcome, type Registry } from './models/registry.ts';
import type { Report } from './models/report.ts';
import { repositorySources } from './models/repository.ts';
import type { ModelSource } from './models/source.ts';
import { createTrials } from './models/trials.ts';
import { readModelsFile } from './models-config.ts';
import { eventTexts, tellWarnings } from './operate/events.ts';
import { extensionsOf } from './operate/extensions.ts';
import { limits } from './operate/limits.ts';
import { closeAll, type Listener, listenAll } from './operate/listeners.ts';
import { createLog, type Log } from './operate/log.ts';
import { createLogControl, type LogControl } from './operate/log-settings.ts';
import { createMetricsServer } from './operate/metrics-server.ts';
import { createOperations, type Operations } from './operate/operations.ts';
import { createShutdown, type ShutdownSteps } from './operate/shutdown.ts';
import { createRestServer } from './rest/server.ts';
import { readBudget } from './runtime/cgroup.ts';

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  if ('text' in config) {
    (config.code === 0 ? process.stdout : process.stderr).write(config.text);
    process.exitCode = config.code;
    return;
  }
  const logControl = createLogControl();
  const log = createLog((line) => process.stderr.write(line), logControl.wants);
  tellWarnings(log);
  await serve(config, log, logControl).catch((error: unknown) => {
    log('error', 'start-failed', reasonOf(error));
    process.exit(1);
  });
}

async function serve(config: Config, log: Log, logControl: LogControl): Promise<void> {
  const report: Report = (event, fields) =>
    log(event === 'warm-up-refused' ? 'warn' : 'info', event, eventTexts[event] ?? event, fields);
  const fetcher = createFetcher(
    { ...config.s3, ...limits.modelFolder, ...(config.mlflow === undefined ? {} : { mlflow: config.mlflow }) },
    report,
  );
  const trials = createTrials(limits.modelProcess);
  const settings = loadSettings(config, { fetcher, trials, report });
  const registry = createRegistry(
    (source) => loadModel(source, settings),
    report,
    () => listModels(config.models, fetcher),
  );
  let accepting = true;
  const identity = { name: packageJson.name, version: packageJson.version };
  const operations = await createOperations(config, identity, log);
  const { observe, watch } = operations.metrics;
  const extensions = extensionsOf((config.adminPort ?? config.adminGrpcPort) !== undefined);
  const plane = watch(createDataPlane({ registry, identity, accepting: () => accepting, extensions, observe }));
  const listeners = createListeners(plane, config, operations, logControl);
  onStop(log, {
    stopAccepting: () => {
      accepting = false;
      if (config.models.kind === 'file') unwatchFile(config.models.file);
    },
    drain: () => pause(config.drainMs),
    // Whoever scrapes hears of the last requests too.
    closeServers: () => closeAll(listeners.filter(({ name }) => name !== 'metrics')),
    releaseModels: async () => {
      await registry.close();
      await trials.close();
      fetcher.close();
      await closeAll(listeners.filter(({ name }) => name === 'metrics'));
      await operations.close();
    },
  });

  const { http: port, ...others } = await listenAll(listeners, config.httpHost, log);
  const where = { host: config.httpHost, port: port ?? config.httpPort };
  log('info', 'listening', 'Listening; models are loading', { ...where, ...others });
  const started = start(config.models, fetcher, registry, log, where);
  onReload(config.models, log, started, () => reload(config.models, fetcher, registry, log, where));
  if (!(await started)) process.exit(1);
}

/** Administration is on ports of its own, unless these are those of serving. */
function createListeners(
  plane: DataPlane,
  config: Config,
  { surroundings, metrics }: Operations,
  logControl: LogControl,
): readonly Listener[] {
  const rest = (admin: boolean) =>
    createRestServer(plane, {
      ...surroundings,
      observe: surroundings.observeCall,
      metrics: metrics.text,
      maxBodyBytes: config.maxBodyBytes,
      modelControl: admin,
      ...(admin ? { logControl } : {}),
    });
  const { tls, ...others } = surroundings;
  const credentials = tls === undefined ? {} : { credentials: credentialsOf(tls) };
  const { maxBodyBytes: maxMessageBytes, grpcOutput: outputForm } = config;
  const grpc = (admin: boolean) =>
    createGrpcServer(plane, { ...others, ...credentials, maxMessageBytes, outputForm, admin, logControl });
  const { httpPort, grpcPort, metricsPort, adminPort, adminGrpcPort } = config;
  const fixed = (number: number) => ({ number, yields: false });
  const listeners: Listener[] = [{ name: 'http', server: rest(adminPort === httpPort), port: fixed(httpPort) }];
  if (grpcPort !== undefined)
    listeners.push({ name: 'grpc', server: grpc(adminGrpcPort === grpcPort.number), port: grpcPort });
  if (metricsPort !== undefined)
    listeners.push({ name: 'metrics', server: createMetricsServer(metrics), port: metricsPort });
  if (adminPort !== undefined && adminPort !== httpPort)
    listeners.push({ name: 'admin', server: rest(true), port: fixed(adminPort) });
  if (adminGrpcPort !== undefined && adminGrpcPort !== grpcPort?.number)
    listeners.push({ name: 'adminGrpc', server: grpc(true), port: fixed(adminGrpcPort) });
  return listeners;
}

/** One core is left to the server itself. */
function loadSettings(config: Config, parts: Pick<LoadSettings, 'fetcher' | 'trials' | 'report'>): LoadSettings {
  const cores = Math.floor(readBudget().cpus / config.intraOpThreads) - 1;
  const serving = {
    ...servingDefaults,
    inlineMaxUs: config.inlineMaxUs,
    processes: config.modelProcesses || Math.min(Math.max(1, cores), limits.modelProcesses),
    maxWaiting: config.maxQueue,
    batch: config.maxBatch,
  };
  return { ...parts, intraOpThreads: config.intraOpThreads, serving };
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

await main();
