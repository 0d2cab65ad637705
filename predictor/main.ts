/** Arguments → one serving process or several → signals. The only file that prints or exits. */
import cluster from 'node:cluster';
import { type Config, readConfig } from './config.ts';
import { reasonOf } from './models/fault.ts';
import { tellWarnings } from './operate/events.ts';
import { limits } from './operate/limits.ts';
import { closeAll, type Listener, listenAll } from './operate/listeners.ts';
import { createLog, type Log } from './operate/log.ts';
import { createLogControl, type LogControl } from './operate/log-settings.ts';
import { createMetricsServer } from './operate/metrics-server.ts';
import { createShutdown } from './operate/shutdown.ts';
import { createEnding } from './operate/termination.ts';
import { connect, type Link } from './processes/link.ts';
import { Primary } from './processes/primary.ts';
import { announceInLog } from './serve/announce.ts';
import { serve } from './serve/server.ts';

const ending = createEnding();

const exit = (code: number) => {
  if (code !== 0) ending.tell();
  process.exit(code);
};

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  if ('text' in config) {
    (config.code === 0 ? process.stdout : process.stderr).write(config.text);
    process.exitCode = config.code;
    return;
  }
  const logControl = createLogControl();
  const link = cluster.isWorker ? await connect() : undefined;
  const own = ending.noting(createLog((line) => process.stderr.write(line), logControl.wants));
  const log: Log =
    link === undefined
      ? own
      : (level, event, msg, fields) => own(level, event, msg, { process: link.number, ...fields });
  tellWarnings(log);
  const run = link === undefined && config.processes > 1 ? lead : serveOne;
  await run(config, log, logControl, link).catch((error: unknown) => {
    log('error', 'start-failed', reasonOf(error));
    exit(1);
  });
}

async function serveOne(config: Config, log: Log, logControl: LogControl, link: Link | undefined): Promise<void> {
  if (link === undefined) return serve(config, { log, logControl, exit });
  await logControl.change(link.logs);
  return serve(withPorts(config, link.ports), { log, logControl, link, exit });
}

/**
 * The first process has the metrics' own port. All others are shared: Node gives the same one to whoever asks for the
 * same, also for the n-th that the system is to choose, so a default that gave way to such a one is asked for as that.
 */
function withPorts({ metricsPort: _, ...config }: Config, ports: Link['ports']): Config {
  if (config.grpcPort === undefined || ports === undefined || ports.grpc === config.grpcPort.number) return config;
  return { ...config, grpcPort: { number: 0, yields: false } };
}

async function lead(config: Config, log: Log, logControl: LogControl): Promise<void> {
  const { processes, httpHost, httpPort, metricsPort } = config;
  const listeners: Listener[] = [];
  const announce = announceInLog(log, httpHost, httpPort);
  const metrics = { text: () => primary.metrics() };
  if (metricsPort !== undefined)
    listeners.push({ name: 'metrics', server: createMetricsServer(metrics), port: metricsPort });
  const ports = await listenAll(listeners, httpHost, log);
  const end = (code: number) => {
    if (code !== 0) primary.kill();
    exit(code);
  };
  const primary = new Primary({
    processes,
    log,
    logControl,
    announce: { ...announce, listening: (served) => announce.listening({ ...served, ...ports }) },
    failed: () => end(1),
  });
  let leaving: Promise<void> = Promise.resolve();
  let signal = '';
  const steps = {
    stopAccepting: () => {
      leaving = primary.stop(signal);
    },
    drain: () => leaving,
    closeServers: () => closeAll(listeners),
    releaseModels: () => Promise.resolve(),
  };
  // The processes have their own limit, after which they end by themselves.
  const stop = createShutdown(steps, limits.shutdownMs + limits.processEndMs, log, end);
  for (const each of ['SIGTERM', 'SIGINT'] as const)
    process.on(each, () => {
      signal = each;
      stop(each);
    });
  process.on('SIGHUP', () => primary.reload());
}

await main();
