/** Signing in at a real OpenID provider, and everything that somebody may try instead. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../bench/serving/server.ts';
import type { CatalogueModel } from '../schemas/types/client-catalogue.d.ts';
import type { Call } from './server/call.ts';
import { createSealer, readKey } from './server/session.ts';
import { Browser, runProvider, SECRET, type TestProvider } from './testdata/provider.ts';
import { failureOf, runClient, type TestClient } from './testdata/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'oidc-test-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const keyFile = file('key', randomBytes(48).toString('base64'));
const secretFile = file('secret', `${SECRET}\n`);
const tokenFile = file('token', 'token-of-the-file\n');
/** Makes cookies as the client does. */
const sealer = createSealer(readKey(keyFile), false);
const body = JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }] });

const seen: IncomingHttpHeaders[] = [];
let upstream: Server;
let models: CatalogueModel[];
let provider: TestProvider;
let client: TestClient;
let origin: string;

before(async () => {
  upstream = createServer((request, response) => {
    const asks = request.url?.endsWith('/infer') === true;
    if (asks) seen.push(request.headers);
    const answer = { model_name: 'm', outputs: [{ name: 'y', datatype: 'FP32', shape: [1], data: [1] }] };
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(asks ? answer : {}));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  models = [{ name: 'm', url, protocol: 'v2', hostnames: ['m.example'] }];
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  provider = await runProvider([`${origin}/auth/callback`]);
  client = await runClient(models, '--port', String(port), ...flags(provider, origin));
});
after(async () => {
  await client.stop();
  await provider.stop();
  upstream.closeAllConnections();
  upstream.close();
  rmSync(folder, { recursive: true });
});

function flags({ issuer }: TestProvider, publicUrl: string, id = 'private'): string[] {
  const known = ['--auth', 'oidc', '--oidc-issuer', issuer, '--oidc-client-id', id, '--session-key-file', keyFile];
  const secret = id === 'public' ? [] : ['--oidc-client-secret-file', secretFile];
  return [...known, ...secret, '--public-url', publicUrl];
}

/** Somebody who is signed in at the client. */
async function signedIn(who = 'ann', at = origin, back = '/models/m'): Promise<Browser> {
  const browser = new Browser();
  const callback = await browser.signInAt(`${at}/auth/login?return=${back}`, who);
  const done = await browser.go(callback.href);
  assert.equal(done.status, 303, await done.text());
  return browser;
}

const session = async (browser: Browser, at = origin) => (await browser.go(`${at}/api/session`)).json();

function withCookie(path: string, cookie: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${origin}${path}`, { ...init, headers: { cookie } });
}

test('people sign in, come back to where they were, and use the models', async () => {
  const browser = new Browser();
  const begun = await browser.go(`${origin}/auth/login?return=/models/m?x=1%23y`);
  const asked = new URL(begun.headers.get('location') ?? '').searchParams;
  assert.equal(asked.get('code_challenge_method'), 'S256');
  assert.match(asked.get('code_challenge') ?? '', /^[\w-]{43}$/);
  assert.ok((asked.get('state') ?? '').length >= 32 && (asked.get('nonce') ?? '').length >= 32);
  const callback = await browser.signInAt(`${origin}/auth/login?return=/models/m?x=1%23y`, 'ann');
  const done = await browser.go(callback.href);
  assert.equal(done.headers.get('location'), '/models/m?x=1#y');
  const cookies = done.headers.getSetCookie();
  assert.match(cookies[0] ?? '', /^client-session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=28800$/);
  assert.match(cookies[1] ?? '', /^client-login=; .*Max-Age=0$/);
  assert.ok(cookies.every((cookie) => cookie.length < 4096));
  const user = { name: 'ann Example', email: 'ann@example.com' };
  assert.deepEqual(await session(browser), { mode: 'oidc', user });
  const catalogue = (await (await browser.go(`${origin}/api/catalogue`)).json()) as { auth: unknown };
  assert.deepEqual(catalogue.auth, { mode: 'oidc', user });
  assert.equal((await browser.go(`${origin}/api/models/m`)).status, 200);
  assert.equal((await browser.go(`${origin}/api/models/m/infer`, { method: 'POST', body })).status, 200);
  assert.equal(seen.at(-1)?.cookie, undefined);
});

test('a public client, and a provider that takes secrets in the body alone', async () => {
  for (const [id, method] of [
    ['public', 'client_secret_basic'],
    ['private', 'client_secret_post'],
  ] as const) {
    const port = await freePort();
    const at = `http://127.0.0.1:${port}`;
    const own = await runProvider([`${at}/auth/callback`], method);
    const other = await runClient(models, '--port', String(port), ...flags(own, at, id));
    try {
      const browser = await signedIn('bob', at);
      assert.deepEqual((await session(browser, at)) as object, {
        mode: 'oidc',
        user: { name: 'bob Example', email: 'bob@example.com' },
      });
    } finally {
      await other.stop();
      await own.stop();
    }
  }
});

test('whoever is signed out is told so, and no model server hears of it', async () => {
  seen.length = 0;
  for (const [method, path] of [
    ['GET', '/api/catalogue'],
    ['GET', '/api/models/m'],
    ['GET', '/api/models/no-such-model'],
    ['POST', '/api/models/m/infer'],
    ['POST', '/api/models/no-such-model/infer'],
  ] as const) {
    const response = await fetch(`${origin}${path}`, { method, ...(method === 'POST' ? { body } : {}) });
    const { status, code } = await failureOf(response);
    assert.deepEqual([status, code], [401, 'SIGNED_OUT'], path);
  }
  assert.equal(seen.length, 0);
  assert.deepEqual(await (await fetch(`${origin}/api/session`)).json(), { mode: 'oidc' });
  for (const path of ['/', '/models/m', '/models/no-such-model', '/api/site'])
    assert.equal((await fetch(`${origin}${path}`)).status, 200, path);
});

test('a session that is over, forged, of another key or of another purpose is none', async () => {
  const values = { name: 'eve', email: 'eve@example.com' };
  const pairOf = async (cookie: Promise<string>) => (await cookie).split(';')[0] ?? '';
  const good = await pairOf(sealer.seal('client-session', values, 60));
  assert.equal((await withCookie('/api/catalogue', good)).status, 200);
  const at = good.length - 30;
  const other = createSealer(readKey(file('other-key', randomBytes(48).toString('base64'))), false);
  const login = await pairOf(sealer.seal('client-login', values, 60));
  const bad = {
    over: await pairOf(sealer.seal('client-session', values, -1)),
    forged: `${good.slice(0, at)}${good[at] === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`,
    'another key': await pairOf(other.seal('client-session', values, 60)),
    'another purpose': login.replace('client-login', 'client-session'),
    'no encryption': `client-session=${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`,
    nonsense: 'client-session=%',
  };
  for (const [what, cookie] of Object.entries(bad)) {
    assert.equal((await failureOf(await withCookie('/api/catalogue', cookie))).code, 'SIGNED_OUT', what);
    const asked = await withCookie('/api/models/m/infer', cookie, { method: 'POST', body });
    assert.equal((await failureOf(asked)).code, 'SIGNED_OUT', what);
  }
});

test('signing out ends the session, and no page of another site can do it', async () => {
  const browser = await signedIn();
  const logout = `${origin}/auth/logout`;
  const foreign = await browser.go(logout, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
  assert.equal((await failureOf(foreign)).code, 'CROSS_SITE');
  assert.equal((await failureOf(await browser.go(logout))).code, 'METHOD_NOT_ALLOWED');
  assert.equal((await browser.go(`${origin}/api/catalogue`)).status, 200);
  const out = await browser.go(logout, { method: 'POST' });
  assert.equal(out.status, 204);
  assert.match(out.headers.getSetCookie()[0] ?? '', /^client-session=; Path=\/; HttpOnly; SameSite=Lax; Max-Age=0$/);
  assert.equal((await browser.go(`${origin}/api/catalogue`)).status, 401);
});

test('an answer to a sign-in that was not begun here, was another, or was used before, signs nobody in', async () => {
  const browser = new Browser();
  const callback = await browser.signInAt(`${origin}/auth/login`, 'ann');
  assert.equal((await failureOf(await fetch(callback))).code, 'BAD_REQUEST');
  const changed = new URL(callback);
  changed.searchParams.set('state', 'another');
  assert.match((await failureOf(await fetch(changed, { headers: cookiesOf(browser) }))).message, /another sign-in/);
  changed.searchParams.delete('state');
  assert.equal((await failureOf(await fetch(changed, { headers: cookiesOf(browser) }))).code, 'BAD_REQUEST');
  const headers = cookiesOf(browser);
  assert.equal((await fetch(callback, { headers, redirect: 'manual' })).status, 303);
  const again = await fetch(callback, { headers, redirect: 'manual' });
  assert.equal((await failureOf(again)).code, 'SIGN_IN_FAILED');
  assert.deepEqual(again.headers.getSetCookie(), []);
});

function cookiesOf(browser: Browser): Record<string, string> {
  const jar = browser.cookies.get(origin) ?? new Map<string, string>();
  return { cookie: [...jar].map((pair) => pair.join('=')).join('; ') };
}

test('the verifier, the nonce and the issuer are held to what was begun', async () => {
  for (const [member, reason] of [
    ['verifier', /grant/],
    ['nonce', /nonce|claim/],
    ['iss', /iss/],
  ] as const) {
    const browser = new Browser();
    const callback = await browser.signInAt(`${origin}/auth/login`, 'ann');
    const begun = await sealer.open({ request: { headers: cookiesOf(browser) } } as unknown as Call, 'client-login');
    assert.ok(begun);
    const { verifier, state, nonce, back } = begun;
    const forged = { verifier, state, nonce, back, [member]: 'x'.repeat(43) };
    const cookie = await sealer.seal('client-login', forged, 60);
    if (member === 'iss') callback.searchParams.set('iss', 'https://evil.example');
    const response = await fetch(callback, { headers: { cookie: cookie.split(';')[0] ?? '' }, redirect: 'manual' });
    const { code, message } = await failureOf(response);
    assert.equal(code, 'SIGN_IN_FAILED', member);
    assert.match(message, reason);
  }
});

test('whoever says no at the provider is told so, as a document with the way back', async () => {
  const browser = new Browser();
  const callback = await browser.signInAt(`${origin}/auth/login`, 'ann', 'abort');
  assert.equal(callback.searchParams.get('error'), 'access_denied');
  const shown = await browser.go(callback.href);
  assert.equal(shown.status, 502);
  assert.match(shown.headers.get('content-type') ?? '', /^text\/html/);
  const text = await shown.text();
  assert.match(text, /the identity provider says &quot;End-User aborted interaction&quot;/);
  assert.match(text, /<a href="\/auth\/login">/);
  callback.searchParams.set('error_description', '<script>alert(1)</script>');
  assert.doesNotMatch(await (await browser.go(callback.href)).text(), /<script/);
});

test('while the provider is down nobody signs in, then everybody again; sessions go on', async () => {
  const port = await freePort();
  const at = `http://127.0.0.1:${port}`;
  const own = await runProvider([`${at}/auth/callback`]);
  own.down(true);
  const other = await runClient(models, '--port', String(port), ...flags(own, at));
  try {
    const failure = await failureOf(await fetch(`${at}/auth/login`));
    assert.equal(failure.code, 'SIGN_IN_FAILED');
    assert.match(failure.message, /^Signing in failed: unexpected HTTP response status code/);
    assert.ok(other.log.some(({ event }) => event === 'sign-in-failed'));
    own.down(false);
    const browser = await signedIn('ann', at);
    own.down(true);
    assert.equal((await browser.go(`${at}/api/catalogue`)).status, 200);
  } finally {
    await other.stop();
    await own.stop();
  }
});

test('the way back never leads to another site', async () => {
  const browser = await signedIn();
  for (const back of [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/.//evil.example/',
    '\\\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    `${origin.replace('127.0.0.1', 'evil.example')}/`,
    `${origin}@evil.example/`,
    'http://[',
    `/${'a'.repeat(5000)}`,
    `/${'\u4e2d'.repeat(500)}`,
    '',
  ]) {
    const callback = await browser.signInAt(`${origin}/auth/login?return=${encodeURIComponent(back)}`, 'ann');
    assert.equal((await browser.go(callback.href)).headers.get('location'), '/', back.slice(0, 40));
  }
});

/** The address that the provider is given for the way back, and the cookie, when `host` is asked. */
function loginAt(at: TestClient, path: string, host: string): Promise<{ back: string | null; cookie: string }> {
  return new Promise((resolve, reject) => {
    const url = `http://127.0.0.1:${at.port}${path}`;
    httpRequest(url, { headers: { host } }, (response) => {
      response.resume();
      const back = new URL(response.headers.location ?? '').searchParams.get('redirect_uri');
      resolve({ back, cookie: response.headers['set-cookie']?.[0] ?? '' });
    })
      .on('error', reject)
      .end();
  });
}

test('people come back to the host where they began if it is one of the client, else to the public one', async () => {
  const https = await runClient(models, ...flags(provider, 'https://models.example'), '--prefix', '/ui');
  try {
    const path = '/ui/auth/login?return=/elsewhere';
    const { back, cookie } = await loginAt(https, path, 'evil.example');
    assert.equal(back, 'https://models.example/ui/auth/callback');
    assert.match(cookie, /^__Host-client-login=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/);
    assert.equal((await loginAt(https, path, 'M.example')).back, 'https://m.example/ui/auth/callback');
    const opener = createSealer(readKey(keyFile), true);
    const begun = await opener.open({ request: { headers: { cookie } } } as unknown as Call, 'client-login');
    assert.equal(begun?.['back'], '/ui/');
  } finally {
    await https.stop();
  }
});

test("the model server gets the file's token, or the person's own where that is passed on, never the cookie", async () => {
  const got = async (extra: readonly string[], headers: Record<string, string>) => {
    const port = await freePort();
    const at = `http://127.0.0.1:${port}`;
    const other = await runClient(models, '--port', String(port), ...flags(provider, at), ...extra);
    try {
      const cookie = (await sealer.seal('client-session', { name: 'ann' }, 60)).split(';')[0] ?? '';
      const path = `${at}/api/models/m/infer`;
      assert.equal((await fetch(path, { method: 'POST', body, headers: { cookie, ...headers } })).status, 200);
      const last = seen.at(-1);
      assert.equal(last?.cookie, undefined);
      return last?.authorization;
    } finally {
      await other.stop();
    }
  };
  const own = { authorization: 'Bearer mine' };
  assert.equal(await got([], own), undefined);
  assert.equal(await got(['--token-file', tokenFile], own), 'Bearer token-of-the-file');
  assert.equal(await got(['--token-file', tokenFile, '--forward-authorization', 'on'], own), 'Bearer mine');
  assert.equal(await got(['--token-file', tokenFile, '--forward-authorization', 'on'], {}), 'Bearer token-of-the-file');
});
