/** `npm start` as a person has it: the predictor, the page at its port, an answer through it, an edit, and the end. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CatalogueAnswer, ModelDetail } from '../../client/contract.ts';
import { type Program, startProgram } from '../../client/testdata/program.ts';
import { until } from '../../client/testdata/run.ts';
import { freePort } from '../outside/ports.ts';

const repository = join(import.meta.dirname, '../..');
const root = mkdtempSync(join(tmpdir(), 'start-test-'));
const OPENED = /^Ready\. The page to use the models: (?<url>http:\S+)/;
let started: Program;
let page: string;
let predictor: string;

function begin(...flags: string[]): Promise<Program> {
  const args = ['--import', 'tsx', join(repository, 'generators/main.ts'), 'start', '--root', root, ...flags];
  return startProgram(args, OPENED, { cwd: repository });
}

before(async () => {
  for (const path of ['models.yaml', 'clusters', 'apps'])
    cpSync(join(repository, path), join(root, path), { recursive: true });
  symlinkSync(join(repository, 'examples'), join(root, 'examples'));
  const port = await freePort();
  predictor = `http://127.0.0.1:${port}`;
  started = await begin('--port', String(port), '--client-port', '0');
  page = String(started.ready['url']);
});
after(async () => {
  await started?.stop();
  rmSync(root, { recursive: true });
});

async function json<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(new URL(path, page), { signal: AbortSignal.timeout(20_000), ...init });
  assert.equal(response.status, 200, `${path}: ${response.status}`);
  return (await response.json()) as Answer;
}

const catalogue = () => json<CatalogueAnswer>('api/catalogue');

test('the page opens, and its script comes', { timeout: 60_000 }, async () => {
  const text = await (await fetch(page)).text();
  const script = /<script type="module" src="([^"]+)">/.exec(text)?.[1] ?? '';
  const answer = await fetch(new URL(script, page));
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /javascript/);
});

test('it lists the models of the cluster "local", each ready', { timeout: 60_000 }, async () => {
  const { cluster, models } = await until(
    catalogue,
    (now) => now.models.every(({ readiness }) => readiness.state === 'ready'),
    30_000,
  );
  assert.equal(cluster, 'local');
  assert.deepEqual(models.map(({ name }) => name).sort(), [
    'diabetes-progression',
    'digits',
    'iris-classifier',
    'wine-cultivar',
  ]);
  const iris = models.find(({ name }) => name === 'iris-classifier');
  assert.equal(iris?.publicUrl, predictor);
  assert.match(iris?.grpc ?? '', /^127\.0\.0\.1:\d+$/);
});

test('the example goes through it to the model and back, as the predictor answers it', {
  timeout: 60_000,
}, async () => {
  const { example, targets } = await json<ModelDetail>('api/models/iris-classifier');
  assert.ok(example);
  assert.equal(targets[0]?.live, true);
  const init = { method: 'POST', body: JSON.stringify({ inputs: example.inputs }) };
  const through = await json<{ outputs: { name: string; data: number[] }[] }>('api/models/iris-classifier/infer', init);
  assert.deepEqual(through.outputs.find(({ name }) => name === 'output-0')?.data, [0]);
  const direct = await fetch(`${predictor}/v2/models/iris-classifier/infer`, init);
  assert.deepEqual(through, await direct.json());
});

test('an edit of the registry shows on the page', { timeout: 60_000 }, async () => {
  const file = join(root, 'models.yaml');
  const text = readFileSync(file, 'utf8');
  assert.match(text, /title: Iris species/);
  writeFileSync(file, text.replace('title: Iris species', 'title: Irises of the garden'));
  await until(catalogue, ({ models }) => models.some(({ title }) => title === 'Irises of the garden'), 40_000);
});

test('a port that is taken is told, with the flag for another', { timeout: 60_000 }, async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port));
  });
  try {
    const refused = begin('--port', '0', '--client-port', String(port));
    await assert.rejects(refused, new RegExp(`ended with 1:\nPort ${port} is in use .*--client-port`));
  } finally {
    taken.close();
  }
});

test('SIGTERM ends all of it with 0', { timeout: 60_000 }, async () => {
  assert.equal(await started.stop(), 0);
  await assert.rejects(fetch(page));
  await assert.rejects(fetch(predictor));
});
