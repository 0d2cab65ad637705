/** What every browser test stands on: the real predictor with the sample models, the real client, and Debian's Chromium. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import puppeteer, { type Browser } from 'puppeteer-core';
import type { Catalogue } from '../../schemas/types/client-catalogue.d.ts';
import { catalogueOf, predictorConfig } from './samples.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where Chromium is on this machine; undefined where the tests must be skipped. */
export const chromium = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

/** For `test(name, { skip })`: why nothing can be shown. */
export const skip: string | false = chromium === undefined ? 'no Chromium: install it, or name it in CHROMIUM' : false;

export interface Program {
  readonly port: number;
  readonly url: string;
  /** Every line that it logged. */
  readonly log: string[];
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program of this repository and waits for the line of its log that names its port. */
export function startProgram(main: string, args: readonly string[], event: string): Promise<Program> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, main), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const log: string[] = [];
  return new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error(`${main} ended:\n${log.slice(-20).join('\n')}`)));
    createInterface({ input: child.stderr }).on('line', (text) => {
      log.push(text);
      const line = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
      if (line['event'] !== event) return;
      const port = Number(line['port']);
      resolve({
        port,
        url: `http://127.0.0.1:${port}`,
        log,
        stop: (signal = 'SIGTERM') => stopChild(child, ended, signal),
      });
    });
  });
}

async function stopChild(child: ChildProcess, ended: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await ended;
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

export async function startStage({ clientArgs = [], models = () => [] }: StageOptions = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'client-e2e-'));
  writeFileSync(join(folder, 'predictor.json'), JSON.stringify(predictorConfig()));
  const loopback = ['--http-host', '127.0.0.1', '--http-port', '0', '--grpc-port', '0'];
  const predictor = await startProgram(
    'predictor/main.ts',
    ['--models-config', join(folder, 'predictor.json'), ...loopback],
    'ready',
  );
  const file = join(folder, 'catalogue.json');
  const write = (catalogue: Catalogue): void => writeFileSync(file, JSON.stringify(catalogue));
  write(catalogueOf(predictor.url, models(predictor.url), grpcOf(predictor)));
  const args = ['--catalogue', file, '--operations-port', 'off', '--readiness-seconds', '1', ...clientArgs];
  const start = (port: number): Promise<Program> =>
    startProgram('client/main.ts', [...args, '--port', String(port)], 'listening');
  let client = await start(0);
  const browser = await puppeteer.launch({
    executablePath: chromium ?? '',
    args: ['--no-sandbox', '--force-color-profile=srgb', '--host-resolver-rules=MAP *.localhost 127.0.0.1'],
  });
  return {
    predictor,
    browser,
    get client() {
      return client;
    },
    write,
    stopClient: () => client.stop(),
    async restartClient() {
      client = await start(client.port);
    },
    async stop() {
      await browser.close();
      await client.stop();
      await predictor.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** `host:port` of the predictor's gRPC, from its log. */
export function grpcOf({ log }: Program): string | undefined {
  for (const text of log) {
    const line = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    if (typeof line['grpc'] === 'number') return `127.0.0.1:${line['grpc']}`;
  }
  return undefined;
}
