/** The page before model servers that others wrote: `run.sh` says where their programs are. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { freePort, type Server, startServer } from '../../bench/serving/server.ts';
import type { Failure } from '../contract.ts';
import { closeBrowser, skip as noBrowser, openBrowser, startMain } from '../e2e/stage.ts';
import { HEADLINE, type Visit, visit } from '../e2e/visit.ts';
import type { Program } from '../testdata/program.ts';

const HERE = import.meta.dirname;
const SERVERS = ['mlserver', 'kserve'] as const;
type Name = (typeof SERVERS)[number];
const programs: Readonly<Record<Name, string | undefined>> = {
  mlserver: process.env['CLIENT_MLSERVER'],
  kserve: process.env['CLIENT_KSERVE'],
};
const skipOf = (name: Name): string | false =>
  programs[name] === undefined ? 'client/conformity/run.sh runs it' : noBrowser;

const folder = mkdtempSync(join(tmpdir(), 'client-conformity-'));
const ends: (() => Promise<unknown>)[] = [];
const clients: Partial<Record<Name, Program>> = {};
const places: Partial<Record<Name, string>> = {};
let browser: Browser;

before(async () => {
  for (const name of SERVERS) {
    if (skipOf(name) !== false) continue;
    const server = name === 'mlserver' ? await startMlserver() : await startKserve();
    ends.push(server.stop);
    const url = `http://127.0.0.1:${server.port}`;
    places[name] = url;
    const client = await startMain(
      'client/main.ts',
      ['--server', url, '--port', '0', '--operations-port', 'off', '--readiness-seconds', '1'],
      'listening',
    );
    ends.push(client.stop);
    clients[name] = client;
  }
  if (ends.length === 0) return;
  browser = await openBrowser();
  ends.push(() => closeBrowser(browser));
});
after(async () => {
  const ended = await Promise.allSettled(ends.reverse().map((end) => end()));
  rmSync(folder, { recursive: true });
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
});

async function startMlserver(): Promise<Server> {
  const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const settings = { host: '127.0.0.1', http_port: port, grpc_port: grpc, metrics_port: metrics, parallel_workers: 0 };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  for (const [name, model] of [
    ['flowers', 'Flowers'],
    ['broken', 'Broken'],
  ] as const) {
    mkdirSync(join(folder, name));
    const told = {
      name,
      implementation: `mlserver_models.${model}`,
      parameters: { version: 'v1' },
      inputs: [{ name: 'lengths', datatype: 'FP32', shape: [-1, 4] }],
      outputs: [
        { name: 'species', datatype: 'BYTES', shape: [-1] },
        { name: 'shares', datatype: 'FP32', shape: [-1, 3] },
      ],
    };
    writeFileSync(join(folder, name, 'model-settings.json'), JSON.stringify(told));
  }
  const command = { program: programs.mlserver ?? '', args: ['start', folder], cwd: HERE, env: python() };
  return startServer(command, { port }, '/v2/models/flowers/ready', join(folder, 'mlserver.log'));
}

async function startKserve(): Promise<Server> {
  const port = await freePort();
  const args = [join(HERE, 'kserve_server.py'), String(port)];
  const command = { program: programs.kserve ?? '', args, cwd: HERE, env: python() };
  return startServer(command, { port }, '/v2/models/flowers/ready', join(folder, 'kserve.log'));
}

function python(): Record<string, string> {
  return { PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: '1' };
}

/** The same with each of the two servers. */
function each(name: string, path: string, run: (tab: Visit, server: Name) => Promise<unknown>): void {
  for (const server of SERVERS) {
    test(`${server}: ${name}`, { skip: skipOf(server), timeout: 90_000 }, async () => {
      const client = clients[server];
      assert.ok(client);
      const tab = await visit({ browser, client }, path);
      await run(tab, server);
      await tab.leave();
    });
  }
}

each('the catalogue is what the server lists', '/', async ({ see, page }, server) => {
  await see('.lead', server === 'mlserver' ? /2 models, 2 ready/ : /3 models, 3 ready/);
  const titles = await page.$$eval('.card h2', (cards) => cards.map((card) => card.textContent ?? ''));
  assert.deepEqual(titles.sort(), server === 'mlserver' ? ['broken', 'flowers'] : ['broken', 'flowers', 'untold']);
});

each('a form from its metadata, a class and its shares', '/models/flowers', async ({ see, fill, page, click }) => {
  await see(HEADLINE, /Setosa/);
  for (const [index, value] of ['6.6', '3', '5.6', '2'].entries()) await fill(`lengths.${index}`, value);
  await see(HEADLINE, /Virginica/);
  assert.equal(await page.$$eval('.bars li', (bars) => bars.length), 3);
  await click('#tab-about');
  await see('#tool', /As the model server tells it/);
});

each('a fault of the model is told with its words', '/models/broken', async ({ see, page }, server) => {
  await see('.answer .trouble', /The model failed/);
  assert.equal(await page.$eval('.answer .trouble', (one) => (one as HTMLElement).dataset['code']), 'MODEL_FAILED');
  // MLServer keeps to itself what an exception says; KServe's server tells it.
  await see(
    '.answer .trouble .said',
    server === 'mlserver' ? /status 500: .*\w/ : /status 500: .*no flower has 4 lengths/,
  );
});

each('a refusal is told with its words, and what was typed stays', '/models/flowers', async ({ see, fill, page }) => {
  await see(HEADLINE, /Setosa/);
  await fill('lengths.0', '-1');
  await see('.answer .trouble', /The model refused the input.*a length is negative/s);
  assert.equal(await page.$eval('[data-field="lengths.0"] input', (one) => (one as HTMLInputElement).value), '-1');
  await fill('lengths.0', '5');
  await see('.answer .got:not(.old) .headline strong', /Setosa/);
});

each('a table goes through in pieces', '/models/flowers', async (tab) => {
  await tab.see(HEADLINE, /Setosa/);
  await tab.click('#tab-csv');
  const rows = Array.from({ length: 3000 }, (_, index) =>
    index === 1234 ? '-1,3,5,2' : `${4 + (index % 30) / 10},3,5,2`,
  );
  writeFileSync(join(folder, 'flowers.csv'), rows.join('\n'));
  await tab.upload('.csv', join(folder, 'flowers.csv'));
  await tab.see('.csv table');
  await tab.click('.csv > .primary');
  await tab.see('.progress[data-phase="done"] [role="status"]', /3,000 rows, 1 row with an error/);
  await tab.see('#tool', /a length is negative/);
});

for (const server of SERVERS) {
  test(`${server}: what it says of a request that it cannot read arrives`, { skip: skipOf(server) }, async () => {
    const infer = (url: string) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"inputs":[{"name":"x"}]}',
      });
    const direct = await infer(`${places[server]}/v2/models/flowers/infer`);
    const through = await infer(`${clients[server]?.url}/api/models/flowers/infer`);
    const { error } = (await through.json()) as Failure;
    const said = await direct.text();
    assert.equal(through.status, direct.status, said);
    assert.equal(error.code, 'MODEL_REFUSED');
    assert.match(error.message, /shape/);
    assert.doesNotMatch(error.message, /[{}]/, said);
  });
}

test('kserve: tensors by hand where nobody tells what the model takes', {
  skip: skipOf('kserve'),
  timeout: 90_000,
}, async () => {
  const client = clients.kserve;
  assert.ok(client);
  const tab = await visit({ browser, client }, '/models/untold');
  await tab.see('.about', /does not tell/);
  await tab.fill('0.data', '[[6.6, 3, 5.6, 2]]');
  await tab.see(HEADLINE, /Virginica/);
  await tab.leave();
});
