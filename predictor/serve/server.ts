/** One serving process: config → models → data plane → servers. */
import { setTimeout as pause } from 'node:timers/promises';
import packageJson from '../../package.json' with { type: 'json' };
import type { Config } from '../config.ts';
import { createDataPlane, type DataPlane } from '../data-plane.ts';
import { createFetcher, type Fetcher } from '../models/fetch.ts';
import { loadModel } from '../models/load.ts';
import { servingDefaults } from '../models/place.ts';
import { createRegistry, type Registry } from '../models/registry.ts';
import type { Report } from '../models/report.ts';
import { createTrials, type Trials } from '../models/trials.ts';
import { eventTexts } from '../operate/events.ts';
import { extensionsOf } from '../operate/extensions.ts';
import { limits } from '../operate/limits.ts';
import { closeAll, type Listener, listenAll, retireAll } from '../operate/listeners.ts';
import type { Log } from '../operate/log.ts';
import type { LogControl } from '../operate/log-settings.ts';
import { createOperations, type Operations } from '../operate/operations.ts';
import { createPayloadLog, type PayloadLog } from '../operate/payload-log.ts';
import { createShutdown, type ShutdownSteps } from '../operate/shutdown.ts';
import type { Link } from '../processes/link.ts';
import { readBudget } from '../runtime/cgroup.ts';
import { announceInLog } from './announce.ts';
import { createFollower, type Follower, listModels } from './follow.ts';
import { createListeners } from './listeners.ts';
import { requestJson, responseJson } from './payloads.ts';
import { createPoller } from './poll.ts';

export interface ServeParts {
  readonly log: Log;
  readonly logControl: LogControl;
  /** Absent: this process serves alone. */
  readonly link?: Link;
  readonly exit: (code: number) => void;
}

export const identity = { name: packageJson.name, version: packageJson.version };

/** Resolves once the first load is over. Rejects when the server cannot listen or a file of the settings is unusable. */
export async function serve(config: Config, parts: ServeParts): Promise<void> {
  const { log, link } = parts;
  const models = createModels(config, log);
  const { fetcher, registry } = models;
  const operations = await createOperations(config, identity, log, link?.number);
  let accepting = true;
  const { observe, watch } = operations.metrics;
  const own = watch(
    createDataPlane({
      registry,
      identity,
      accepting: () => accepting && (link?.allReady() ?? true),
      extensions: extensionsOf((config.adminPort ?? config.adminGrpcPort) !== undefined),
      observe,
    }),
  );
  const payloads = payloadLogOf(config, log, operations);
  const plane = payloads?.watch(own) ?? own;
  const alone = { plane, logControl: parts.logControl, metrics: operations.metrics.text };
  const joined = link?.join({ plane, logControl: parts.logControl, readings: operations.metrics.readings }) ?? alone;
  const listeners = createListeners(config, { ...joined, surroundings: operations.surroundings });
  const poller = pollerOf(config, models, joined.plane, log, link);
  const announce = link?.announce ?? announceInLog(log, config.httpHost, config.httpPort);
  const follower = createFollower(config.models, () => listModels(config.models, fetcher), registry, log, announce);
  const steps = stepsOf(config, listeners, operations, models, payloads, () => {
    accepting = false;
    retireAll(listeners);
    follower.close();
    poller?.close();
  });
  const stop = createShutdown(steps, limits.shutdownMs, log, parts.exit);
  if (link === undefined) onSignals(stop, follower);
  else link.follow(stop, () => follower.reload('SIGHUP'));
  const listen = async () => announce.listening(await listenAll(listeners, config.httpHost, log));
  await poller?.look();
  if (!(await begin(listen, follower, registry, link))) parts.exit(1);
  poller?.start();
}

/**
 * The first process of its place listens before its models are loaded, so that health answers. One that replaces another
 * loads first: until then its peers answer.
 */
async function begin(
  listen: () => Promise<void>,
  follower: Follower,
  registry: Registry,
  link: Link | undefined,
): Promise<boolean> {
  if (link?.replaces !== true) {
    await listen();
    return follower.start();
  }
  const served = await follower.start();
  const listed = new Set(registry.index().map(({ name }) => name));
  for (const name of link.unloaded) if (listed.has(name)) await registry.unload(name);
  if (!served) return false;
  await listen();
  link.rejoin();
  return true;
}

interface Models {
  readonly fetcher: Fetcher;
  /** Tells nobody. */
  readonly quiet: Fetcher;
  readonly trials: Trials;
  readonly registry: Registry;
}

function createModels(config: Config, log: Log): Models {
  const report: Report = (event, fields) =>
    log(event === 'warm-up-refused' ? 'warn' : 'info', event, eventTexts[event] ?? event, fields);
  const { s3, mlflow, intraOpThreads } = config;
  const places = { ...s3, ...limits.modelFolder, ...(mlflow === undefined ? {} : { mlflow }) };
  const fetcher = createFetcher(places, report);
  const trials = createTrials(limits.modelProcess);
  const settings = { fetcher, trials, report, intraOpThreads, serving: servingOf(config) };
  const registry = createRegistry(
    (source) => loadModel(source, settings),
    report,
    () => listModels(config.models, fetcher),
  );
  return { fetcher, quiet: createFetcher(places, () => {}), trials, registry };
}

/** One core is left to each serving process itself. */
function servingOf(config: Config) {
  const cores = Math.floor(readBudget().cpus / config.intraOpThreads);
  const left = Math.floor((cores - config.processes) / config.processes);
  return {
    ...servingDefaults,
    inlineMaxUs: config.inlineMaxUs,
    processes: config.modelProcesses || Math.min(Math.max(1, left), limits.modelProcesses),
    maxWaiting: config.maxQueue,
    batch: config.maxBatch,
  };
}

function stepsOf(
  config: Config,
  listeners: readonly Listener[],
  operations: Operations,
  { registry, trials, fetcher, quiet }: Models,
  payloads: PayloadLog | undefined,
  stopAccepting: () => void,
): ShutdownSteps {
  // Whoever scrapes hears of the last requests too.
  const isMetrics = ({ name }: Listener) => name === 'metrics';
  return {
    stopAccepting,
    drain: () => pause(config.drainMs),
    closeServers: () => closeAll(listeners.filter((listener) => !isMetrics(listener))),
    releaseModels: async () => {
      await registry.close();
      await trials.close();
      fetcher.close();
      quiet.close();
      await payloads?.close();
      await closeAll(listeners.filter(isMetrics));
      await operations.close();
    },
  };
}

/** Of several processes the first looks, and has all of them load. */
function pollerOf(
  config: Config,
  { fetcher, quiet, registry }: Models,
  plane: DataPlane,
  log: Log,
  link: Link | undefined,
) {
  if (config.pollSeconds === 0 || (link !== undefined && link.number !== 1)) return undefined;
  const list = () => listModels(config.models, fetcher);
  const serves = (name: string, version: string) => registry.versions(name).includes(version);
  return createPoller({ seconds: config.pollSeconds, list, resolve: quiet.resolve, load: plane.load, serves, log });
}

function payloadLogOf(config: Config, log: Log, { metrics }: Operations): PayloadLog | undefined {
  if (config.payloadLog === undefined) return undefined;
  const told = metrics.watchPayloads(() => payloads.waiting());
  const payloads = createPayloadLog(config.payloadLog, { log, told, requestJson, responseJson });
  return payloads;
}

function onSignals(stop: (signal: string) => void, follower: Follower): void {
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => follower.reload('SIGHUP'));
}
