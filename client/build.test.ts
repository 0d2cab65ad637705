/** The built client, moved away from its source: it serves with nothing but node, from a place where it cannot write. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Program, startProgram } from './testdata/program.ts';
import { runProvider } from './testdata/provider.ts';

const repository = join(import.meta.dirname, '..');
const root = mkdtempSync(join(tmpdir(), 'client-build-test-'));
const source = join(root, 'source');
const app = join(root, 'app');
const answer = { model_name: 'm', outputs: [{ name: 'y', datatype: 'FP32', shape: [1], data: [1] }] };
let upstream: Server;

before(async () => {
  upstream = createServer((request, response) => {
    request.resume().on('end', () => {
      const value = request.method === 'POST' ? answer : { name: 'm' };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  copySource();
  const built = spawnSync(process.execPath, ['--import', 'tsx', 'client/build.ts', '--out', app], {
    cwd: source,
    timeout: 120_000,
  });
  assert.equal(built.status, 0, built.error?.message ?? String(built.stderr));
});
after(() => {
  upstream.closeAllConnections();
  upstream.close();
  spawnSync('chmod', ['-R', 'u+w', root]);
  rmSync(root, { recursive: true });
});

/** What the image's build copies, and nothing else: a file that the Dockerfile forgets is not there. */
function copySource(): void {
  const text = readFileSync(join(repository, 'client/Dockerfile'), 'utf8');
  const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
  const ignored = readFileSync(join(repository, 'client/Dockerfile.dockerignore'), 'utf8');
  const isTaken = (path: string) => !/\/(?:dist|\.venv)$/.test(path);
  for (const path of copied) {
    assert.match(ignored, new RegExp(`^!${path.replaceAll('.', '\\.')}$`, 'm'), `${path} does not reach the build`);
    cpSync(join(repository, path), join(source, path), { recursive: true, filter: isTaken });
  }
  symlinkSync(join(repository, 'node_modules'), join(source, 'node_modules'));
}

/** As root in the tests' own container another user is taken, who owns nothing. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

function startBuilt(...flags: string[]): Promise<Program> {
  const catalogue = join(root, 'catalogue.json');
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const models = [{ name: 'm', url, protocol: 'v2' }];
  writeFileSync(catalogue, JSON.stringify({ cluster: 'test', models }));
  spawnSync('chmod', ['-R', 'a+rX,a-w', app, catalogue]);
  chmodSync(root, 0o755);
  const args = [join(app, 'main.mjs'), '--catalogue', catalogue, '--port', '0', ...flags];
  return startProgram(args, 'listening', { cwd: '/', env: {}, ...nobody });
}

test('the built folder serves the page and its API to people, from where it cannot write', async () => {
  const before = readdirSync(app, { recursive: true }).sort();
  const built = await startBuilt();
  const { url } = built;
  const operations = `http://127.0.0.1:${built.ready['operationsPort']}`;
  let code: number | null;
  try {
    const page = await (await fetch(url)).text();
    const script = /<script type="module" src="(\/assets\/main-[A-Z0-9]{8}\.js)">/.exec(page)?.[1] ?? '';
    const asset = await fetch(new URL(script, url), { headers: { 'accept-encoding': 'br' } });
    assert.equal(asset.status, 200);
    assert.equal(asset.headers.get('content-encoding'), 'br');
    assert.match(asset.headers.get('cache-control') ?? '', /immutable/);
    const file = join(app, 'page-built', script);
    assert.equal(await asset.text(), readFileSync(file, 'utf8'));
    const catalogue = (await (await fetch(new URL('api/catalogue', url))).json()) as { models: { name: string }[] };
    assert.deepEqual(
      catalogue.models.map(({ name }) => name),
      ['m'],
    );
    const infer = await fetch(new URL('api/models/m/infer', url), {
      method: 'POST',
      body: JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }] }),
    });
    assert.deepEqual(await infer.json(), answer);
    assert.equal((await fetch(`${operations}/healthz/ready`)).status, 200);
    assert.match(
      await (await fetch(`${operations}/metrics`)).text(),
      /^client_model_requests_total\{.*code="OK"\} 1$/m,
    );
    assert.deepEqual(readdirSync(app, { recursive: true }).sort(), before);
  } finally {
    code = await built.stop();
  }
  assert.equal(code, 0);
});

test('signing in is part of it', async () => {
  const key = join(root, 'key');
  writeFileSync(key, 'k'.repeat(48), { mode: 0o644 });
  const provider = await runProvider(['https://models.example/auth/callback']);
  const known = ['--auth', 'oidc', '--oidc-issuer', provider.issuer, '--oidc-client-id', 'public'];
  const site = ['--public-url', 'https://models.example', '--session-key-file', key];
  let code: number | null = null;
  try {
    const built = await startBuilt(...known, ...site);
    try {
      assert.equal((await fetch(new URL('api/catalogue', built.url))).status, 401);
      const login = await fetch(new URL('auth/login', built.url), { redirect: 'manual' });
      assert.equal(login.status, 303);
      assert.ok(login.headers.get('location')?.startsWith(`${provider.issuer}/auth?`));
    } finally {
      code = await built.stop();
    }
  } finally {
    // Also where the program did not start: the provider alone would keep this file from ending.
    await provider.stop();
  }
  assert.equal(code, 0);
});

test('it carries the licences of what it is made of, and no package beside', () => {
  const text = readFileSync(join(app, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['undici', 'openid-client', 'jose', 'prom-client', 'ajv', 'commander', 'preact', 'papaparse'])
    assert.match(text, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`, 'm'));
  assert.deepEqual(readdirSync(app).sort(), ['LICENSE', 'THIRD-PARTY-LICENSES.txt', 'main.mjs', 'page-built']);
});

test('a fault in the settings is told as from a checkout', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(app, 'main.mjs')], {
    cwd: '/',
    env: {},
    timeout: 60_000,
  });
  assert.equal(status, 2);
  assert.match(String(stderr), /^There are no models: give --catalogue, --server or --model/);
});
