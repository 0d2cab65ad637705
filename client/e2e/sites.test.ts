/** Other ways to run the site: behind a prefix, with a limit, with tokens, without a catalogue. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Faulty, faultyModel, startFaulty } from './faulty.ts';
import { type Stage, skip, startMain, startStage } from './stage.ts';
import { HEADLINE, visit } from './visit.ts';

const INFER = (): string => `${stage.client.url}/ml/ui/api/models/iris-classifier/infer`;
let stage: Stage;
let faulty: Faulty;
before(async () => {
  if (skip === false) {
    faulty = await startFaulty();
    stage = await startStage({
      models: () => [faultyModel(faulty, 'locked')],
      clientArgs: [
        '--prefix',
        '/ml/ui',
        '--rate-per-minute',
        '60',
        '--rate-burst',
        '12',
        '--forward-authorization',
        'on',
      ],
    });
  }
});
after(async () => {
  await stage?.stop();
  await faulty?.stop();
});

test('behind a prefix every address keeps it, and too many requests are waited out', {
  skip,
  timeout: 60_000,
}, async () => {
  const tab = await visit(stage, '/ml/ui/');
  await tab.click('.card a');
  assert.equal(new URL(tab.page.url()).pathname, '/ml/ui/models/iris-classifier');
  await tab.see(HEADLINE, /Setosa/);
  // Another page of the same person takes whatever is left, for as long as it takes this one to notice.
  let seen = false;
  const other = (async () => {
    while (!seen) await fetch(INFER(), { method: 'POST', body: '{}' });
  })();
  for (let step = 0; step < 20 && !seen; step += 1) {
    await tab.fill('X.petal_length', String(2 + step / 10));
    await new Promise((resolve) => setTimeout(resolve, 500));
    seen = await tab.page.evaluate(() =>
      /Too many requests/.test(document.querySelector('.answer .trouble')?.textContent ?? ''),
    );
  }
  const noticed = seen;
  seen = true;
  await other;
  assert.ok(noticed, 'the page never met the limit');
  await tab.gone('.answer .trouble');
  await tab.see(HEADLINE, /Setosa/);
  await tab.leave();
});

test('an address outside of the prefix is not the page', { skip, timeout: 60_000 }, async () => {
  assert.equal((await fetch(`${stage.client.url}/models/iris-classifier`)).status, 404);
});

test('a model that wants a token asks for it at the answer, and gets it with each request', {
  skip,
  timeout: 60_000,
}, async () => {
  const tab = await visit(stage, '/ml/ui/models/locked');
  await tab.see('.answer .trouble', /wants a token/);
  await tab.page.type('.answer input[type="password"]', 'open sesame');
  await tab.click('.answer .trouble form button');
  await tab.see(HEADLINE, /0/);
  await tab.page.reload();
  await tab.see(HEADLINE, /0/);
  await tab.page.locator('::-p-text(Forget token)').click();
  await tab.fill('x', '4');
  await tab.see('.answer .trouble', /wants a token/);
  await tab.leave();
});

test('against a plain V2 server the page finds models and forms by itself', { skip, timeout: 60_000 }, async () => {
  const client = await startMain(
    'client/main.ts',
    ['--server', stage.predictor.url, '--port', '0', '--operations-port', 'off'],
    'listening',
  );
  const tab = await visit(stage, '/models/iris-classifier', { origin: client.url });
  await tab.see('h1', /iris-classifier/);
  await tab.fill('X.petal_length', '5.5').catch(() => tab.fill('X.2', '5.5'));
  await tab.see(HEADLINE);
  await tab.leave();
  await client.stop();
});

test('who is not signed in sees that, and the way in with the way back', { skip, timeout: 60_000 }, async () => {
  const key = join(mkdtempSync(join(tmpdir(), 'client-key-')), 'key');
  writeFileSync(key, randomBytes(32).toString('base64'));
  const oidc = [
    '--auth',
    'oidc',
    '--oidc-issuer',
    'http://127.0.0.1:1',
    '--oidc-client-id',
    'page',
    '--session-key-file',
    key,
  ];
  const args = [
    '--server',
    stage.predictor.url,
    '--public-url',
    'http://127.0.0.1:1',
    '--port',
    '0',
    '--operations-port',
    'off',
  ];
  const client = await startMain('client/main.ts', [...args, ...oidc], 'listening');
  const tab = await visit(stage, '/models/iris-classifier', { origin: client.url });
  await tab.see('h1', /You are signed out/);
  const href = await tab.page.$eval('.trouble a.button', (link) => link.getAttribute('href'));
  assert.equal(href, '/auth/login?return=%2Fmodels%2Firis-classifier');
  await tab.leave();
  await client.stop();
});
