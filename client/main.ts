/** argv and environment → the running client → signals. The only file that prints or exits. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from './config.ts';
import { type Assets, createAssets, readAssets } from './server/assets.ts';
import { reasonOf } from './server/failure.ts';
import { createLog, type Log } from './server/log.ts';
import { startClient } from './start.ts';

const SHUTDOWN_MS = 30_000;
/** From a checkout the page is compressed at each start, which may not take seconds. */
const QUICK_BROTLI = 5;
const BEST_BROTLI = 11;

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  if ('text' in config) {
    (config.code === 0 ? process.stdout : process.stderr).write(config.text);
    process.exitCode = config.code;
    return;
  }
  const log = createLog((line) => process.stderr.write(line));
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log('warn', 'warning', warning.message, { name: warning.name }));
  try {
    const { stop, ...where } = await startClient(config, await pageAssets(), log);
    log('info', 'listening', `Listening on ${where.url}`, where);
    onStop(log, stop);
  } catch (error) {
    log('error', 'start-failed', reasonOf(error));
    process.exit(1);
  }
}

/** The page lies beside this file where it was built before, as in the image; from a checkout it is bundled now. */
async function pageAssets(): Promise<Assets> {
  const built = join(import.meta.dirname, 'page-built');
  if (existsSync(built)) return readAssets(built, BEST_BROTLI);
  const { bundlePage } = await import('./bundle.ts');
  return createAssets(await bundlePage(), QUICK_BROTLI);
}

/** A second signal, or a request that does not end in time, ends the process at once with 1. */
function onStop(log: Log, stop: () => Promise<void>): void {
  let begun = false;
  const shutdown = (signal: string) => {
    if (begun) process.exit(1);
    begun = true;
    log('info', 'stopping', `${signal}: finishing requests in flight`);
    setTimeout(() => {
      log('error', 'stopped', `Requests in flight did not end within ${SHUTDOWN_MS} ms`, { code: 1 });
      process.exit(1);
    }, SHUTDOWN_MS).unref();
    stop().then(
      () => {
        log('info', 'stopped', 'Every request was answered', { code: 0 });
        process.exit(0);
      },
      (error: unknown) => {
        log('error', 'stopped', `Shutdown failed: ${reasonOf(error)}`, { code: 1 });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', shutdown);
  process.on('SIGINT', shutdown);
}

await main();
