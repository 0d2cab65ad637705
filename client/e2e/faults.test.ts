/** What goes wrong: each fault is told at its place in words, what was typed stays, and there is a way on. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FAULTS, type Faulty, faultyModel, startFaulty, XSS } from './faulty.ts';
import { catalogueOf } from './samples.ts';
import { type Stage, skip, startStage } from './stage.ts';
import { HEADLINE, type Visit, type VisitOptions, visit } from './visit.ts';

let stage: Stage;
let faulty: Faulty;
const folder = mkdtempSync(join(tmpdir(), 'client-faults-'));
const hostile = (): Parameters<typeof faultyModel>[2] => ({
  title: XSS,
  description: XSS,
  owner: XSS,
  version: XSS,
  versions: [{ version: XSS, metrics: { [XSS]: 1 }, run: XSS }],
  inputs: { [XSS]: { title: XSS, unit: XSS, description: XSS, choices: [XSS, 'b'] } },
  targets: [
    { name: XSS, label: XSS, url: `${faulty.url}/hostile`, version: XSS, model: 'm' },
    { name: 'b', url: `${faulty.url}/hostile`, model: 'm' },
  ],
  signature: {
    inputs: [{ name: XSS, datatype: 'BYTES', shape: [-1] }],
    outputs: [{ name: XSS, datatype: 'BYTES', shape: [-1], labels: [XSS] }],
  },
});
const models = () => [
  ...FAULTS.map((fault) => faultyModel(faulty, fault, fault === 'hostile' ? hostile() : {})),
  {
    name: 'down',
    url: 'http://127.0.0.1:1',
    protocol: 'v2' as const,
    signature: { inputs: [{ name: 'x', datatype: 'FP32' as const, shape: [-1, 1] }], outputs: [] },
  },
];
before(async () => {
  if (skip !== false) return;
  faulty = await startFaulty();
  stage = await startStage({ models, clientArgs: ['--timeout-seconds', '4', '--max-body-bytes', '100000'] });
});
after(async () => {
  await stage?.stop();
  await faulty?.stop();
  rmSync(folder, { recursive: true });
});

function fault(name: string, path: string, run: (tab: Visit) => Promise<unknown>, options: VisitOptions = {}): void {
  test(name, { skip, timeout: 60_000 }, async () => {
    const tab = await visit(stage, path, options);
    await run(tab);
    await tab.leave();
  });
}

/** Model, code of the contract, what must stand there. */
const told: [model: string, code: string, text: RegExp][] = [
  ['down', 'MODEL_DOWN', /cannot be reached/],
  ['hangup', 'MODEL_DOWN', /cannot be reached/],
  ['hangs', 'MODEL_TIMEOUT', /takes too long.*within 4 s/],
  ['garbage', 'MODEL_NONSENSE', /makes no sense/],
  ['nonsense', 'MODEL_NONSENSE', /makes no sense/],
  ['empty', 'MODEL_NONSENSE', /makes no sense/],
  ['wrongtensor', 'MODEL_NONSENSE', /makes no sense/],
  ['half', 'MODEL_', /other side closed|ended in the middle/],
  ['refuses', 'MODEL_REFUSED', /refused the input.*unexpected shape for input 'x'/],
  ['validation', 'MODEL_REFUSED', /field required/],
  ['fails', 'MODEL_FAILED', /division by zero/],
  ['busy', 'MODEL_', /Exceeds maximum queue size/],
  ['redirects', 'MODEL_', /\S/],
];
for (const [model, code, text] of told) {
  fault(
    `a model that ${model}: ${code}, with the input kept and a retry`,
    `/models/${model}`,
    async ({ see, page, fill }) => {
      await see('.answer .trouble', text);
      assert.match(
        (await page.$eval('.answer .trouble', (one) => (one as HTMLElement).dataset['code'])) ?? '',
        new RegExp(code),
      );
      await fill('x', '7');
      await see('.answer .trouble button', /Try again/);
      assert.equal(await page.$eval('[data-field="x"] input', (one) => (one as HTMLInputElement).value), '7');
      assert.equal(await page.title(), model);
    },
  );
}

fault('a model that is down says so in the catalogue, with its reason', '/', async ({ page }) => {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('li.card')].some(
      (card) => /down/.test(card.textContent ?? '') && card.querySelector('.state.down') !== null,
    ),
  );
});

fault('hostile names, labels, units and answers are text', '/models/hostile', async ({ see, page, click }) => {
  await see(HEADLINE, /<img src=x/);
  for (const tab of ['code', 'raw', 'about', 'history']) {
    await click(`#tab-${tab}`);
    await see('#tool', /\S/);
  }
  assert.equal(await page.title(), XSS);
  assert.equal(await page.$$eval('main img, main script', (found) => found.length), 0);
});

fault('hostile names in the catalogue are text', '/', async ({ page, see }) => {
  await see('.card h2');
  assert.equal(await page.$$eval('main img, main script', (found) => found.length), 0);
  assert.equal(await page.title(), 'Models');
});

fault(
  'hostile text in an address is text',
  `/models/iris-classifier#v.X.petal_length=${encodeURIComponent(XSS)}&target=${encodeURIComponent(XSS)}&versus=${encodeURIComponent(XSS)}`,
  async ({ see, page }) => {
    await see('[data-field="X.petal_length"] .problem', /is not a number/);
    await see('.toast', /\S/);
    assert.equal(await page.$$eval('main img, main script', (found) => found.length), 0);
  },
);

fault(
  'a hostile file name and hostile cells are text',
  '/models/iris-classifier',
  async ({ see, click, upload, page }) => {
    await see(HEADLINE, /Setosa/);
    await click('#tab-csv');
    const path = join(folder, '<img src=x onerror=alert(1)>.csv');
    writeFileSync(path, `"${XSS.replaceAll('"', '""')}",b,c,d\n=1+1,2,3,4\n`);
    await upload('.csv', path);
    await see('.csv table', /<img src=x/);
    assert.equal(await page.$$eval('main img', (found) => found.length), 0);
  },
);

fault('a null in an answer is shown, not a crash', '/models/nan', async ({ see }) => {
  await see('.answer .headline', /null/);
});

fault('an answer of a third of a million numbers is cut on the screen', '/models/huge', async ({ see, page }) => {
  await see('.tensor pre', /…$/);
  assert.ok((await page.$eval('.tensor pre', (one) => one.textContent?.length ?? 0)) < 10_000);
});

fault(
  'a wrong value is told at its field, and the old answer is marked as old',
  '/models/iris-classifier',
  async ({ see, fill, page }) => {
    await see(HEADLINE, /Setosa/);
    await fill('X.petal_length', '4,9');
    await see('[data-field="X.petal_length"] .problem', /Write 4\.9 with a point/);
    await see('.answer .waiting', /1 field needs another value/);
    await see('.got.old .remark', /before the change/);
    assert.equal(
      await page.$eval('[data-field="X.petal_length"] input', (one) => one.getAttribute('aria-invalid')),
      'true',
    );
    await fill('X.petal_length', '99');
    await see('[data-field="X.petal_length"] .remark', /a guess/);
  },
);

fault('a model comes back while somebody tries again', '/models/moody', async ({ see, fill, click, page }) => {
  await see(HEADLINE, /0/);
  faulty.mood.broken = true;
  await fill('x', '5');
  await see('.answer .trouble', /a bad day/);
  await see('.got.old', /0/);
  faulty.mood.broken = false;
  await click('.answer .trouble button');
  await page.waitForFunction(() => document.querySelector('.answer .headline strong')?.textContent === '5');
});

fault('slow answers never overtake newer ones', '/models/moody', async ({ see, fill, page }) => {
  await see(HEADLINE, /\d/);
  faulty.mood.delayMs = 700;
  await fill('x', '11');
  await new Promise((resolve) => setTimeout(resolve, 100));
  faulty.mood.delayMs = 0;
  await fill('x', '22');
  await page.waitForFunction(() => document.querySelector('.answer .headline strong')?.textContent === '22');
  await new Promise((resolve) => setTimeout(resolve, 900));
  assert.equal(await see(HEADLINE), '22');
});

fault('a request beyond the limit is told, with the way on', '/models/nosignature', async ({ see, fill }) => {
  await fill('0.shape', '');
  await fill('0.data', JSON.stringify(Array.from({ length: 20_000 }, () => 123456)));
  await see('.answer .trouble', /too large/);
});

fault('a file beyond the limit is refused before it is read', '/models/nosignature', async ({ see, upload }) => {
  const path = join(folder, 'huge.json');
  writeFileSync(path, `[${'1,'.repeat(100_000)}1]`);
  await upload('[data-field="0.data"]', path);
  await see('[data-field="0.data"] .problem', /huge\.json has 200\.0 kB; at most 100\.0 kB/);
});

const tables: [name: string, content: string | Uint8Array, text: RegExp][] = [
  ['empty.csv', '', /the file is empty/],
  ['blank.csv', '\n\n  \n', /the file is empty/],
  ['picture.csv', Uint8Array.of(0x89, 0x50, 0, 1, 2, 3), /not a text file/],
];
for (const [name, content, text] of tables) {
  fault(`a table that is none: ${name}`, '/models/iris-classifier', async ({ see, click, upload }) => {
    await see(HEADLINE, /Setosa/);
    await click('#tab-csv');
    writeFileSync(join(folder, name), content);
    await upload('.csv', join(folder, name));
    await see('.csv .problem', text);
  });
}

fault('a table is cancelled in the middle and keeps what is done', '/models/moody', async ({ see, click, upload }) => {
  await see(HEADLINE, /\d/);
  await click('#tab-csv');
  writeFileSync(join(folder, 'many.csv'), Array.from({ length: 50_000 }, (_, index) => index).join('\n'));
  await upload('.csv', join(folder, 'many.csv'));
  await see('.csv table');
  faulty.mood.delayMs = 400;
  await click('.csv > .primary');
  await see('.progress [role="status"]', /done/);
  await click('.progress .row button');
  await see('.progress [role="status"]', /Cancelled after/);
  faulty.mood.delayMs = 0;
});

fault(
  'offline: told at the top and at the answer, and on again by itself',
  '/models/iris-classifier',
  async ({ see, fill, page, gone }) => {
    await see(HEADLINE, /Setosa/);
    await page.setOfflineMode(true);
    await fill('X.petal_length', '6.9');
    await see('.banner', /You are offline/);
    await see('.answer .trouble', /cannot be reached/);
    await page.setOfflineMode(false);
    await gone('.banner');
    await gone('.answer .trouble');
    await see('.answer .got:not(.old) .headline');
  },
);

fault('two tabs of one person share history and not what is typed', '/models/iris-classifier', async (tab) => {
  await tab.see(HEADLINE, /Setosa/);
  const other = await visit(stage, '/models/iris-classifier', { context: tab.context });
  await other.see(HEADLINE, /Setosa/);
  await other.fill('X.petal_length', '6.9');
  await other.fill('X.petal_width', '2.5');
  await other.see(HEADLINE, /V/);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await other.leave();
  assert.equal(
    await tab.page.$eval('[data-field="X.petal_length"] input', (one) => (one as HTMLInputElement).value),
    '2.3',
  );
  await tab.click('#tab-history');
  await tab.see('.entries', /V/);
});

fault(
  'storage that is forbidden or holds rubbish breaks nothing',
  '/models/iris-classifier',
  async ({ see, fill, click }) => {
    await see(HEADLINE, /Setosa/);
    await fill('X.petal_length', '6.9');
    await click('#tab-history');
    await see('#tool', /Nothing yet|Setosa|V/);
  },
  {
    before: (page) =>
      page.evaluateOnNewDocument(() => {
        for (const name of ['localStorage', 'sessionStorage']) {
          Object.defineProperty(globalThis, name, {
            get() {
              throw new DOMException('denied', 'SecurityError');
            },
          });
        }
      }),
  },
);

fault('a model is retired under an open page', '/models/moody', async ({ see, fill }) => {
  await see(HEADLINE, /\d/);
  stage.write(
    catalogueOf(
      stage.predictor.url,
      models().filter(({ name }) => name !== 'moody'),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await fill('x', '3');
  await see('.answer .trouble', /not here any more/);
  stage.write(catalogueOf(stage.predictor.url, models()));
});

fault('the site restarts under an open page', '/models/iris-classifier', async ({ see, fill, gone }) => {
  await see(HEADLINE, /Setosa/);
  await stage.stopClient();
  await fill('X.petal_length', '6.9');
  await see('.answer .trouble', /cannot be reached/);
  await stage.restartClient();
  // The page looks at the catalogue every ten seconds, and goes on with it.
  await gone('.answer .trouble');
  await see('.answer .got:not(.old) .headline');
});
