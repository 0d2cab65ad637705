/** What every browser test stands on: the real predictor with the sample models, the real client, and Debian's Chromium. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';
import type { Catalogue } from '../../schemas/types/client-catalogue.d.ts';
import { type Program, startProgram, within } from '../testdata/program.ts';
import { catalogueOf, predictorConfig } from './samples.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where Chromium is on this machine; undefined where the tests must be skipped. */
export const chromium = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

/** For `test(name, { skip })`: why nothing can be shown. */
export const skip: string | false = chromium === undefined ? 'no Chromium: install it, or name it in CHROMIUM' : false;

/** Starts a program of this repository and waits for the line of its log that names its port. */
export function startMain(main: string, args: readonly string[], event: string): Promise<Program> {
  return startProgram(['--import', 'tsx', join(ROOT, main), ...args], event, { cwd: ROOT });
}

export interface Stage {
  readonly predictor: Program;
  readonly client: Program;
  readonly browser: Browser;
  /** Changes what the client shows; it reads the file again by itself. */
  write(catalogue: Catalogue): void;
  /** Starts the client again at its port. */
  restartClient(): Promise<void>;
  /** Ends the client and leaves the rest. */
  stopClient(): Promise<void>;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly clientArgs?: readonly string[];
  /** Models beside the samples. */
  readonly models?: (predictorUrl: string) => Parameters<typeof catalogueOf>[1];
}

/** A browser that does not close by then is ended (milliseconds). */
const CLOSE_MS = 15_000;

export async function startStage({ clientArgs = [], models = () => [] }: StageOptions = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'client-e2e-'));
  writeFileSync(join(folder, 'predictor.json'), JSON.stringify(predictorConfig()));
  const loopback = ['--http-host', '127.0.0.1', '--http-port', '0', '--grpc-port', '0'];
  const started: { stop(): Promise<unknown> }[] = [];
  /** All of it ends, whatever the others do. */
  const stop = async (): Promise<void> => {
    const ended = await Promise.allSettled(started.reverse().map((one) => one.stop()));
    rmSync(folder, { recursive: true });
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  };
  try {
    const config = ['--models-config', join(folder, 'predictor.json')];
    const predictor = await startMain('predictor/main.ts', [...config, ...loopback], 'ready');
    started.push(predictor);
    const file = join(folder, 'catalogue.json');
    const write = (catalogue: Catalogue): void => writeFileSync(file, JSON.stringify(catalogue));
    write(catalogueOf(predictor.url, models(predictor.url), grpcOf(predictor)));
    const args = ['--catalogue', file, '--operations-port', 'off', '--readiness-seconds', '1', ...clientArgs];
    const start = (port: number): Promise<Program> =>
      startMain('client/main.ts', [...args, '--port', String(port)], 'listening');
    let client = await start(0);
    started.push({ stop: () => client.stop() });
    const browser = await openBrowser();
    started.push({ stop: () => closeBrowser(browser) });
    return {
      predictor,
      browser,
      get client() {
        return client;
      },
      write,
      stopClient: async () => {
        await client.stop();
      },
      async restartClient() {
        client = await start(client.port);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function openBrowser(): Promise<Browser> {
  return puppeteer.launch({
    executablePath: chromium ?? '',
    args: ['--no-sandbox', '--force-color-profile=srgb', '--host-resolver-rules=MAP *.localhost 127.0.0.1'],
  });
}

export async function closeBrowser(browser: Browser): Promise<void> {
  await within(browser.close(), CLOSE_MS, () => `the browser is open after ${CLOSE_MS} ms`).catch((error: unknown) => {
    browser.process()?.kill('SIGKILL');
    throw error;
  });
}

/** `host:port` of the predictor's gRPC, from its log. */
export function grpcOf({ log }: Program): string | undefined {
  for (const text of log) {
    const line = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    if (typeof line['grpc'] === 'number') return `127.0.0.1:${line['grpc']}`;
  }
  return undefined;
}
