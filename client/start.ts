/** Config → everything that runs: catalogue, readiness, routes and the two servers, put together. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from './config.ts';
import type { Assets } from './server/assets.ts';
import { type Auth, openAuth } from './server/auth.ts';
import { followCatalogue } from './server/catalogue-file.ts';
import { discover } from './server/discover.ts';
import { createRateLimiter } from './server/limits.ts';
import { close, listen } from './server/listening.ts';
import type { Log } from './server/log.ts';
import { createMetrics, type Metrics } from './server/metrics.ts';
import { oidcAuth } from './server/oidc.ts';
import { createOperationsServer } from './server/operations.ts';
import { cacheMetadata } from './server/present.ts';
import { watchReadiness } from './server/readiness.ts';
import { createRouter, type Services } from './server/routes.ts';
import type { Source } from './server/served.ts';
import { createClientServer } from './server/server.ts';
import { createSealer, readKey } from './server/session.ts';
import { followToken } from './server/token-file.ts';
import { createUpstream, type Upstream } from './server/upstream.ts';

const limits = {
  connectMs: 3000,
  /** Of readiness, metadata and lists; requests have their own. */
  lookMs: 5000,
  looksAtOnce: 16,
  connections: 64,
  metadataMs: 30_000,
  watchMs: 1000,
  tokenMs: 10_000,
} as const;

export interface Running {
  /** Where the catalogue is. */
  readonly url: string;
  readonly port: number;
  readonly operationsPort?: number;
  /** Models at this moment. */
  readonly models: number;
  readonly auth: Auth['mode'];
  /** Says "not ready", waits for the drain, finishes what is in flight. */
  stop(): Promise<void>;
}

/** Rejects where a port is taken, a file is missing or the catalogue is faulty. */
export async function startClient(config: Config, assets: Assets, log: Log): Promise<Running> {
  const metrics = createMetrics();
  const upstream = createUpstream({ connectTimeoutMs: limits.connectMs, connections: limits.connections });
  const source = await sourceOf(config, upstream, log, metrics);
  const services = compose(config, assets, source, upstream, log, metrics);
  let accepting = true;
  const router = await createRouter(services);
  const server = createClientServer({ ...config, router, metrics, log, accepting: () => accepting });
  const operations = createOperationsServer(metrics, () => accepting);
  const release = async () => {
    services.board.close();
    source.close();
    await close(server);
    await upstream.close();
    await close(operations);
  };
  const { operationsPort: asked } = config;
  const [port, operationsPort] = await Promise.all([
    listen(server, config.host, config.port),
    asked === undefined ? undefined : listen(operations, config.host, asked),
  ]).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}${config.prefix}/`,
    port,
    ...(operationsPort === undefined ? {} : { operationsPort }),
    models: source.current().entries.size,
    auth: services.auth.mode,
    async stop() {
      accepting = false;
      await pause(config.drainMs);
      await release();
    },
  };
}

function sourceOf({ models, readinessMs }: Config, upstream: Upstream, log: Log, metrics: Metrics): Promise<Source> {
  if (models.kind === 'file')
    return Promise.resolve(followCatalogue(models.file, limits.watchMs, log, metrics.catalogueRead));
  return discover({ ...models, intervalMs: readinessMs, timeoutMs: limits.lookMs }, upstream, log);
}

function compose(
  config: Config,
  assets: Assets,
  source: Source,
  upstream: Upstream,
  log: Log,
  metrics: Metrics,
): Services {
  const look = { upstream, intervalMs: config.readinessMs, timeoutMs: limits.lookMs, parallel: limits.looksAtOnce };
  const board = watchReadiness(source, look);
  metrics.watch(() =>
    [...source.current().entries.values()].flatMap(({ model, targets }) =>
      targets.map((target) => ({ model: model.name, target: target.name, readiness: board.of(target) })),
    ),
  );
  const { bodyBytes, ratePerMinute, burst, timeoutMs, forwardAuthorization, tokenFile } = config;
  const token = tokenFile === undefined ? {} : { token: followToken(tokenFile, limits.tokenMs, log) };
  return {
    prefix: config.prefix,
    source,
    board,
    metadata: cacheMetadata(upstream, board, limits.lookMs, limits.metadataMs),
    assets,
    auth: authOf(config, source, log),
    limits: { bodyBytes, ratePerMinute, burst, timeoutMs },
    limiter: createRateLimiter(ratePerMinute, burst, () => performance.now()),
    proxy: { upstream, bodyBytes, timeoutMs, forwardAuthorization, ...token },
    metrics,
  };
}

function authOf({ oidc, forwardAuthorization, prefix }: Config, source: Source, log: Log): Auth {
  if (oidc === undefined) return openAuth(forwardAuthorization ? 'token' : 'none');
  const { clientSecretFile, keyFile, ...known } = oidc;
  const secure = oidc.publicUrl.startsWith('https:');
  return oidcAuth({
    ...known,
    ...(clientSecretFile === undefined ? {} : { clientSecret: readFileSync(clientSecretFile, 'utf8').trim() }),
    prefix,
    isOwnHost: (host) => source.current().hosts.has(host),
    sealer: createSealer(readKey(keyFile), secure),
    log,
  });
}
