/** Each thing that people do with the page, against the real predictor and its sample models. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Stage, skip, startStage } from './stage.ts';
import { HEADLINE, type Visit, visit } from './visit.ts';

let stage: Stage;
before(async () => {
  if (skip === false) stage = await startStage();
});
after(() => stage?.stop());

/** A test with a tab of its own. */
function flow(name: string, path: string, run: (tab: Visit) => Promise<unknown>): void {
  test(name, { skip, timeout: 60_000 }, async () => {
    const tab = await visit(stage, path);
    await run(tab);
    await tab.leave();
  });
}

flow('the catalogue shows every model with what is known of it', '/', async ({ see, page }) => {
  await see('.lead', /4 models, 4 ready/);
  const card = await page.$eval('.card', (one) => one.textContent ?? '');
  for (const word of [
    'Iris species',
    'Ready',
    'lengths of its sepals',
    'accuracy',
    '0.9474',
    'version 2',
    'by ml-platform',
    'v2 90 %',
    '127.0.0.1:',
  ]) {
    assert.ok(card.includes(word), `${word} in ${card}`);
  }
});

flow('searching narrows the catalogue, and says when nothing matches', '/', async ({ see, page, click }) => {
  await page.waitForSelector('.card h2');
  await page.type('input[type="search"]', 'wine chem');
  await page.waitForFunction(() => document.querySelectorAll('li.card').length === 1);
  await see('.card h2', /Wine cultivar/);
  await page.type('input[type="search"]', 'zzz');
  await see('.empty h2', /Nothing matches/);
  await click('.empty button');
  await page.waitForFunction(() => document.querySelectorAll('li.card').length === 4);
});

flow('from the catalogue to a model and back, with title and focus', '/', async ({ see, click, page }) => {
  await click('.card a');
  await see('h1', /Iris species/);
  assert.equal(await page.title(), 'Iris species');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
  await see(HEADLINE, /Setosa/);
  await page.goBack();
  await see('h1', /Models/);
});

flow(
  'the example is answered at once: class, probabilities, time',
  '/models/iris-classifier',
  async ({ see, page }) => {
    await see(HEADLINE, /Setosa/);
    await see('.bars li.likeliest', /Setosa\s*100\.0 %/);
    assert.equal(await page.$$eval('.bars li', (bars) => bars.length), 3);
    const latency = await see('.latency', /network/);
    for (const part of ['model', 'queue', 'cluster', 'this site', 'network']) assert.ok(latency.includes(part), part);
  },
);

flow('typing changes the answer', '/models/iris-classifier', async ({ see, fill }) => {
  await see(HEADLINE, /Setosa/);
  for (const [field, value] of [
    ['sepal_length', '6.5'],
    ['sepal_width', '3'],
    ['petal_length', '5.5'],
    ['petal_width', '2'],
  ] as const) {
    await fill(`X.${field}`, value);
  }
  await see(HEADLINE, /Virginica/);
});

flow(
  'dragging a slider asks while it moves, and the last answer is the slider’s',
  '/models/iris-classifier',
  async ({ see, page }) => {
    await see(HEADLINE, /Setosa/);
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/infer')) asked += 1;
    });
    const slider = await page.$('[data-field="X.petal_length"] input[type="range"]');
    const box = await slider?.boundingBox();
    assert.ok(box);
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.2, y);
    await page.mouse.down();
    for (let step = 0; step <= 40; step += 1) await page.mouse.move(box.x + box.width * (0.2 + step * 0.02), y);
    await page.mouse.up();
    const value = await page.$eval(
      '[data-field="X.petal_length"] input[type="text"]',
      (one) => (one as HTMLInputElement).value,
    );
    assert.equal(value, '6.9');
    await page.waitForFunction(() => document.querySelector('.side')?.getAttribute('aria-busy') === 'false');
    await page.click('#tab-raw');
    const sent = await see('#tool pre', /6\.9/);
    assert.match(sent, /4, 3\.9, 6\.9, 0\.6/);
    assert.ok(asked > 1 && asked < 60, `${asked} requests`);
  },
);

flow(
  'a regression is a number with its usual error, on the scale of the training data',
  '/models/diabetes-progression',
  async ({ see, choose, fill, click }) => {
    await see(HEADLINE, /146\.2/);
    await see('.amount .remark', /Progression · usually off by about 52\.66/);
    await see('.amount', /Within the training data, which has 25 to 346/);
    await fill('X.bmi', '38');
    await see(HEADLINE, /1[^4]|2/);
    await choose('[data-field="X.sex"] select', '2');
    await click('#tab-raw');
    await see('#tool pre', /61, 2, 38, 90/);
  },
);

flow(
  'what-if curves come from one request, and a click takes a value',
  '/models/wine-cultivar',
  async ({ see, page, fill }) => {
    await see('.chart', /Alcohol/);
    assert.equal(await page.$$eval('.chart', (charts) => charts.length), 13);
    const rows: number[] = [];
    page.on('request', (request) => {
      const body = request.postData();
      if (body !== undefined && request.url().includes('/infer'))
        rows.push((JSON.parse(body) as { inputs: { shape: number[] }[] }).inputs[0]?.shape[0] ?? 0);
    });
    await fill('X.proline', '500');
    await page.waitForFunction(() => document.querySelector('[data-field="X.proline"] svg .here') !== null);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.deepEqual(rows.filter((count) => count > 1).at(-1), 13 * 50);
    const chart = await page.$('.chart[data-field="X.flavanoids"] svg');
    await chart?.scrollIntoView();
    const box = await chart?.boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + box.width * 0.3, box.y + box.height * 0.5);
    const value = Number(
      await page.$eval('[data-field="X.flavanoids"] input[type="text"]', (one) => (one as HTMLInputElement).value),
    );
    assert.ok(value > 0.34 && value < 2, String(value));
  },
);

flow('two targets side by side with the same input', '/models/iris-classifier', async ({ see, choose, fill, page }) => {
  await see(HEADLINE, /Setosa/);
  await choose('.choose label:nth-of-type(2) select', 'iris-classifier@canary');
  await see('.side[data-target="canary"] .headline strong', /Setosa/);
  await see('.agree', /Both say Setosa/);
  await fill('X.petal_length', '4.9');
  await see('.agree', /They differ: Setosa, and V/);
  const [one, other] = await page.$$eval('.side h3', (titles) => titles.map((title) => title.textContent ?? ''));
  assert.match(one ?? '', /version 2/);
  assert.match(other ?? '', /canary · version 1/);
});

flow(
  'another target alone, and a model that does not fit is refused with words',
  '/models/iris-classifier',
  async ({ see, choose }) => {
    await see(HEADLINE, /Setosa/);
    await choose('.choose label:nth-of-type(1) select', 'canary');
    await see('.side[data-target="canary"] .headline strong', /Setosa/);
    await choose('.choose label:nth-of-type(2) select', 'digits');
    await see('.toast', /takes another input/);
  },
);

flow(
  'history keeps answers, restores one and compares two',
  '/models/iris-classifier',
  async ({ see, fill, click, page }) => {
    await see(HEADLINE, /Setosa/);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await fill('X.petal_length', '6.9');
    await fill('X.petal_width', '2.5');
    await see(HEADLINE, /Virginica|Versicolor/);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await click('#tab-history');
    await page.waitForFunction(() => document.querySelectorAll('.entries li').length >= 2);
    for (const box of await page.$$('.entries input')) await box.click();
    const table = await see('.history table', /Petal width/);
    assert.ok(!table.includes('Sepal length'));
    await click('.entries li:last-child button');
    await see(HEADLINE, /Setosa/);
    await page.reload();
    await click('#tab-history');
    await see('.entries', /Setosa/);
  },
);

flow(
  'a shared address brings values, target and comparison to somebody else',
  '/models/iris-classifier',
  async ({ see, fill, click, page }) => {
    await see(HEADLINE, /Setosa/);
    await fill('X.petal_length', '4.9');
    await click('[aria-label="Copy a link to this input"]');
    await page.waitForFunction(() => location.hash.includes('petal_length=4.9'));
    const { hash } = new URL(page.url());
    const friend = await visit(stage, `/models/iris-classifier${hash}&target=canary`);
    await friend.see('.side[data-target="canary"] .headline strong', /V/);
    assert.equal(
      await friend.page.$eval(
        '[data-field="X.petal_length"] input[type="text"]',
        (one) => (one as HTMLInputElement).value,
      ),
      '4.9',
    );
    // What is typed after that outlives a reload; the address does not bring the old value back.
    await friend.fill('X.petal_length', '5.2');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await friend.page.reload();
    await friend.see('.side[data-target="canary"] .headline strong', /V/);
    assert.equal(
      await friend.page.$eval(
        '[data-field="X.petal_length"] input[type="text"]',
        (one) => (one as HTMLInputElement).value,
      ),
      '5.2',
    );
    await friend.leave();
  },
);

flow(
  'what is typed outlives a reload, and goes back to the example',
  '/models/iris-classifier',
  async ({ see, fill, click, page }) => {
    await see(HEADLINE, /Setosa/);
    await fill('X.petal_length', 'about five');
    await see('.problem', /“about five” is not a number/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await page.reload();
    await see('.problem', /“about five” is not a number/);
    await click('[aria-label="Back to the example"]');
    await see(HEADLINE, /Setosa/);
  },
);

flow('live can be switched off', '/models/iris-classifier', async ({ see, fill, click, page }) => {
  await see(HEADLINE, /Setosa/);
  await click('#live');
  await fill('X.petal_length', '6.9');
  await fill('X.petal_width', '2.5');
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.match(await see(HEADLINE), /Setosa/);
  await page.locator('::-p-text(Predict)').click();
  await see(HEADLINE, /V/);
});

flow('colours follow the switch and stay', '/', async ({ see, click, page }) => {
  await see('h1');
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await click('[aria-label^="Colours: system"]');
  await click('[aria-label^="Colours: light"]');
  const dark = await paper();
  assert.notEqual(dark, light);
  await page.reload();
  await see('h1');
  assert.equal(await paper(), dark);
});

test('a model’s own host shows its page first', { skip }, async () => {
  const tab = await visit(stage, '/', { origin: `http://iris.localhost:${stage.client.port}` });
  await tab.see('h1', /Iris species/);
  await tab.see(HEADLINE, /Setosa/);
  await tab.leave();
});

flow('an address that nobody was given', '/models/no-such-model', async ({ see }) => {
  await see('body', /no such page/);
});
