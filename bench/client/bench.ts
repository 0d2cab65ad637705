/** The client's first load in a real browser: compressed bytes file by file, and the time until people can use it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import type { Bench, BenchOptions, BenchResult } from '../bench.ts';
import { freePort, type Server, startServer } from '../serving/server.ts';
import { firstLoad, type Load } from './load.ts';
import { mobileLoad, type Vitals } from './mobile.ts';
import { report } from './report.ts';

const CHROMIUM = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'];
const IRIS = 'examples/artifacts/nsa2-sf-ml-models/mlflow/1/models/m-3ac8001387b34ce98758d82654a4d56f/artifacts';

export const clientBench: Bench = {
  name: 'client',
  description: 'the client page: bytes and time of its first load, in Chromium over loopback',
  run,
};

async function run({ root, runs, progress }: BenchOptions): Promise<BenchResult> {
  const executablePath = CHROMIUM.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error('no Chromium: install it, or name it in CHROMIUM');
  const folder = mkdtempSync(join(tmpdir(), 'bench-client-'));
  const servers: Server[] = [];
  const start = async (main: string, args: readonly string[], port: number, ready: string): Promise<void> => {
    const command = { program: process.execPath, args: ['--import', 'tsx', main, ...args], cwd: root };
    servers.push(await startServer(command, { port }, ready, join(folder, 'log')));
  };
  const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const [model, site] = [await freePort(), await freePort()];
    progress('client: starting the predictor and the client');
    const models = { models: [{ name: 'iris', path: join(root, IRIS), aliases: { X: 'input-0' } }] };
    writeFileSync(join(folder, 'models.json'), JSON.stringify(models));
    const loopback = [
      '--http-host',
      '127.0.0.1',
      '--http-port',
      String(model),
      '--grpc-port',
      '0',
      '--metrics-port',
      '0',
    ];
    await start(
      'predictor/main.ts',
      ['--models-config', join(folder, 'models.json'), ...loopback],
      model,
      '/v2/health/ready',
    );
    const shown = ['--server', `http://127.0.0.1:${model}`, '--port', String(site), '--operations-port', 'off'];
    await start('client/main.ts', shown, site, '/api/site');
    const pages: Record<string, Load[]> = { catalogue: [], model: [] };
    const phones: Record<string, Vitals[]> = { catalogue: [], model: [] };
    const places = [
      ['catalogue', `http://127.0.0.1:${site}/`, '.card h2'],
      ['model', `http://127.0.0.1:${site}/models/iris`, '.answer .headline strong'],
    ] as const;
    for (let index = 0; index < runs; index += 1) {
      progress(`client: first loads, ${index + 1} of ${runs}`);
      for (const [name, url, until] of places) pages[name]?.push(await firstLoad(browser, url, until));
      progress(`client: first loads on a slow phone, ${index + 1} of ${runs}`);
      for (const [name, url, until] of places) phones[name]?.push(await mobileLoad(browser, url, until));
    }
    return report({ pages, phones, browser: await browser.version(), runs });
  } finally {
    await browser.close();
    for (const server of servers.reverse()) await server.stop();
    rmSync(folder, { recursive: true });
  }
}
