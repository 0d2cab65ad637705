/** The smoke check as it is started, against the real predictor. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { type SmokeCheck, smokeCheck } from './smoke-check.ts';
import { type Running, serve, sourceAt } from './testdata/models.ts';
import { classifier, identity, write } from './testdata/onnx.ts';

const root = mkdtempSync(join(tmpdir(), 'smoke-test-'));
let running: Running;
before(async () => {
  write(root, {
    'plain.onnx': identity('FP32', [-1]),
    'whole.onnx': identity('INT64', [-1]),
    'pets.onnx': classifier({ labels: ['cat', 'dog'] }),
  });
  running = await serve(
    ['plain', 'whole', 'pets'].map((name) => sourceAt(join(root, `${name}.onnx`), name)),
    1e6,
  );
});
after(async () => {
  await running.stop();
  rmSync(root, { recursive: true });
});

interface Sample {
  readonly name: string;
  readonly artifact: string;
}

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[]): Promise<Result> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'smoke.ts'), ...args]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

function smoke(check: Partial<SmokeCheck>, seconds = 0): Promise<Result> {
  const file = join(root, `${Math.random()}.json`);
  const inputs = [{ name: 'in', shape: [2], datatype: 'FP32', data: [1, 2.5] }];
  const whole = { model: 'plain', url: running.url, inputs, outputs: [], tolerance: 1e-5, ...check };
  writeFileSync(file, JSON.stringify({ seconds, checks: [whole] }));
  return run([file]);
}

test('a right answer, nested or flat, within the tolerance', async () => {
  for (const data of [
    [1, 2.5],
    [[1], [2.5]],
    [1.000009, 2.499991],
  ]) {
    const { code, out } = await smoke({ outputs: [{ name: 'out', data }] });
    assert.deepEqual([code, out], [0, `plain at ${running.url}: answers as expected\n`]);
  }
});

test('a wrong answer says which value differs', async () => {
  const cases: [Partial<SmokeCheck>, string][] = [
    [{ outputs: [{ name: 'out', data: [1, 2.4] }] }, 'output "out" [1] is 2.5, expected 2.4 within 0.00001'],
    [{ outputs: [{ name: 'out', data: [1] }] }, 'output "out" has 2 values, expected 1'],
    [{ outputs: [{ name: 'other', data: [1] }] }, 'status 400: '],
    [{ model: 'nobody' }, 'status 404: '],
    [
      {
        model: 'whole',
        inputs: [{ name: 'in', shape: [1], datatype: 'INT64', data: [7] }],
        outputs: [{ name: 'out', data: [8] }],
        tolerance: 5,
      },
      'output "out" [0] is 7, expected 8\n',
    ],
  ];
  for (const [check, fault] of cases) {
    const { code, out } = await smoke(check);
    assert.equal(code, 1);
    assert.ok(out.startsWith(`${check.model ?? 'plain'} at ${running.url}: wrong after 0 s\n  ${fault}`), out);
  }
});

test('texts are compared, and outputs whose values are not told must only be there', async () => {
  const inputs = [{ name: 'X', shape: [1, 2], datatype: 'FP32', data: [1, 2] }];
  const metadata = (await (await fetch(`${running.url}/v2/models/pets`)).json()) as { outputs: { name: string }[] };
  const outputs = metadata.outputs.map(({ name }) => ({ name }));
  const { code, out } = await smoke({ model: 'pets', inputs, outputs });
  assert.equal(code, 0, out);
  const [label = { name: '' }] = outputs;
  const wrong = await smoke({ model: 'pets', inputs, outputs: [{ ...label, data: ['horse'] }] });
  assert.match(wrong.out, /\[0\] is "(cat|dog)", expected "horse"\n/);
});

test('it waits for a server that is not there yet', async () => {
  const free = createServer();
  const port = await new Promise<number>((resolve) => {
    free.listen(0, '127.0.0.1', () => resolve((free.address() as { port: number }).port));
  });
  await new Promise((resolve) => free.close(resolve));
  const url = `http://127.0.0.1:${port}`;
  const asked = smoke({ url, outputs: [{ name: 'out', data: [1, 2.5] }] }, 60);
  const folder = write(join(root, 'late'), { 'm.onnx': identity('FP32', [-1]) });
  const args = [
    '--model-name',
    'plain',
    '--model-dir',
    folder,
    '--http-host',
    '127.0.0.1',
    '--http-port',
    String(port),
  ];
  const others = ['--grpc-port', '0', '--metrics-port', '0'];
  const main = join(import.meta.dirname, 'main.ts');
  const late = spawn(process.execPath, ['--import', 'tsx', main, ...args, ...others], { stdio: 'ignore' });
  try {
    const { code, out } = await asked;
    assert.equal(code, 0, out);
    assert.match(out, /^not yet: fetch failed: .+\n/);
  } finally {
    const exit = new Promise((resolve) => late.on('exit', resolve));
    late.kill('SIGTERM');
    await exit;
  }
});

test('nobody there until the end: it says why', async () => {
  const { code, out } = await smoke({ url: 'http://127.0.0.1:9' });
  assert.equal(code, 1);
  assert.match(out, /wrong after 0 s\n {2}\S.*\n$/);
});

test('what the generators wrote for the local cluster passes on the sample models', async () => {
  const apps = join(import.meta.dirname, '../apps/local');
  const checks = readdirSync(apps).flatMap((app) => {
    const file = join(apps, app, 'configmap.yaml');
    if (!app.startsWith('model-') || !existsSync(file)) return [];
    const { data } = parse(readFileSync(file, 'utf8')) as { data: Record<string, string> };
    return smokeCheck(data['check.json'] ?? '').checks;
  });
  assert.ok(checks.length >= 4);
  const examples = join(import.meta.dirname, '../examples');
  const samples = JSON.parse(readFileSync(join(examples, 'models.json'), 'utf8')) as Sample[];
  const sources = checks.map(({ model }) => {
    const sample = samples.findLast(({ name }) => name === model);
    assert.ok(sample, `no sample ${model}`);
    return sourceAt(sample.artifact.replace('s3://', `${examples}/artifacts/`), model);
  });
  const server = await serve(sources, 1e6);
  try {
    for (const check of checks)
      assert.match(check.url, new RegExp(`^http://${check.model}-predictor\\.ml-platform\\.svc$`));
    const file = join(root, 'made.json');
    writeFileSync(file, JSON.stringify({ seconds: 0, checks: checks.map((check) => ({ ...check, url: server.url })) }));
    const { code, out } = await run([file]);
    assert.equal(code, 0, out);
    assert.equal(out.split('\n').filter((line) => line.endsWith('answers as expected')).length, checks.length);
  } finally {
    await server.stop();
  }
});

test('a file that cannot be used is told by its field', async () => {
  assert.deepEqual(await run([]), { code: 2, out: '', err: 'usage: smoke <file>\n' });
  const missing = await run([join(root, 'none.json')]);
  assert.equal(missing.code, 2);
  assert.match(missing.err, /none\.json: ENOENT/);
  const good = { model: 'm', url: 'http://m', inputs: [], outputs: [], tolerance: 0 };
  const file = (value: object) => JSON.stringify({ seconds: 1, checks: [good], ...value });
  assert.throws(() => smokeCheck('{'), SyntaxError);
  assert.throws(() => smokeCheck(file({ seconds: '1' })), /"seconds" is not a number/);
  assert.throws(() => smokeCheck(file({ checks: [] })), /"checks" is not a list with an entry/);
  assert.throws(() => smokeCheck(file({ checks: [{ ...good, url: 1 }] })), /"url" of a check is not a text/);
  assert.throws(() => smokeCheck(file({ checks: [{ ...good, outputs: {} }] })), /"outputs" of a check is not a list/);
  assert.throws(() => smokeCheck(file({ checks: [{ ...good, tolerance: null }] })), /"tolerance" of a check/);
});

test('without an example it is enough that something answers', async () => {
  const file = join(root, 'ready.json');
  const write = (url: string) => writeFileSync(file, JSON.stringify({ seconds: 0, checks: [{ model: 'plain', url }] }));
  write(running.url);
  const ready = await run([file]);
  assert.deepEqual([ready.code, ready.out], [0, `plain at ${running.url}: is ready\n`]);
  write('http://127.0.0.1:1');
  const closed = await run([file]);
  assert.equal(closed.code, 1);
  assert.match(closed.out, /wrong after 0 s\n {2}.+/);
});
