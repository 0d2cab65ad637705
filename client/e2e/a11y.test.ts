/** axe-core over every page and state, in both colours and on narrow screens; and the page without a mouse. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { type Faulty, faultyModel, startFaulty } from './faulty.ts';
import { type Stage, skip, startStage } from './stage.ts';
import { HEADLINE, type Visit, visit } from './visit.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let stage: Stage;
let faulty: Faulty;
before(async () => {
  if (skip !== false) return;
  faulty = await startFaulty();
  const names = ['kinds', 'nosignature', 'refuses'] as const;
  stage = await startStage({ models: () => names.map((name) => faultyModel(faulty, name)) });
});
after(async () => {
  await stage?.stop();
  await faulty?.stop();
});

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function violations({ page }: Visit): Promise<string[]> {
  // Through the debugger: the page's own policy rightly refuses a script like this one.
  await page.evaluate(axe);
  const found = (await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(options: unknown): Promise<{ violations: unknown }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    return (await checker.run({ runOnly: { type: 'tag', values: tags } })).violations;
  })) as Violation[];
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}

const places: [name: string, path: string, until: string, then?: (tab: Visit) => Promise<unknown>][] = [
  ['catalogue', '/', '.card h2'],
  ['iris with curves', '/models/iris-classifier', '.chart'],
  ['iris beside its canary', '/models/iris-classifier#versus=iris-classifier@canary', '.agree'],
  ['iris with a wrong value', '/models/iris-classifier#v.X.petal_length=x', '.field .problem:not(:empty)'],
  ['regression', '/models/diabetes-progression', HEADLINE],
  ['digits', '/models/digits', '.bars'],
  [
    'code',
    '/models/iris-classifier',
    HEADLINE,
    async ({ click, see }) => {
      await click('#tab-code');
      await see('#tool pre', /curl/);
    },
  ],
  [
    'raw',
    '/models/iris-classifier',
    HEADLINE,
    async ({ click, see }) => {
      await click('#tab-raw');
      await see('#tool pre', /inputs/);
    },
  ],
  [
    'about',
    '/models/iris-classifier',
    HEADLINE,
    async ({ click, see }) => {
      await click('#tab-about');
      await see('#tool table', /accuracy/);
    },
  ],
  [
    'table',
    '/models/iris-classifier',
    HEADLINE,
    async ({ click, see }) => {
      await click('#tab-csv');
      await see('.drop', /drop/);
    },
  ],
  ['every kind of field', '/models/kinds', HEADLINE],
  ['tensors by hand', '/models/nosignature', '.raw-head'],
  ['an error', '/models/refuses', '.trouble'],
];

for (const [name, path, until, then] of places) {
  for (const [theme, width] of [
    ['light', 1280],
    ['dark', 1280],
    ['light', 320],
  ] as const) {
    test(`${name}, ${theme}, ${width} pixels: nothing that axe-core minds`, { skip, timeout: 60_000 }, async () => {
      const tab = await visit(stage, path, { theme, width });
      await tab.see(until);
      await then?.(tab);
      assert.deepEqual(await violations(tab), []);
      const overflow = await tab.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(overflow <= 0, `the page is ${overflow} pixels wider than the screen`);
      await tab.leave();
    });
  }
}

test('from the catalogue to an answer with the keyboard alone', { skip, timeout: 60_000 }, async () => {
  const tab = await visit(stage, '/');
  const { page, see } = tab;
  await see('.card h2');
  const focused = () =>
    page.evaluate(() => {
      const one = document.activeElement;
      return `${one?.tagName} ${one?.id} ${one?.getAttribute('aria-label') ?? ''} ${one?.textContent ?? ''}`;
    });
  const tabTo = async (what: RegExp): Promise<void> => {
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      if (!what.test(await focused())) continue;
      // What has focus must show it.
      const ring = await page.evaluate(() => {
        const one = document.activeElement;
        if (one === null) return 'none';
        return `${getComputedStyle(one).outlineStyle} ${getComputedStyle(one, '::after').outlineStyle}`;
      });
      assert.match(ring, /solid|auto/);
      return;
    }
    assert.fail(`no ${what} within 40 tab stops; now at ${await focused()}`);
  };
  await tabTo(/Skip to the content/);
  await tabTo(/^A .*Iris species/);
  await page.keyboard.press('Enter');
  await see(HEADLINE, /Setosa/);
  await tabTo(/Petal length, slider/);
  for (let press = 0; press < 40; press += 1) await page.keyboard.press('ArrowRight');
  await tabTo(/Petal width, slider/);
  for (let press = 0; press < 20; press += 1) await page.keyboard.press('ArrowRight');
  await see(HEADLINE, /V/);
  await tabTo(/tab-whatif/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await see('#tool pre', /curl/);
  await tab.leave();
});

test('who asked for less motion gets none', { skip, timeout: 60_000 }, async () => {
  const tab = await visit(stage, '/models/iris-classifier', {
    before: (page) => page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]),
  });
  await tab.see('.bars');
  const moving = await tab.page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((one) => {
        const { transitionDuration, animationName } = getComputedStyle(one);
        return transitionDuration !== '0s' || animationName !== 'none';
      }).length,
  );
  assert.equal(moving, 0);
  await tab.leave();
});

test('every target is at least 24 pixels high and wide', { skip, timeout: 60_000 }, async () => {
  const tab = await visit(stage, '/models/iris-classifier', { width: 320 });
  await tab.see('.chart');
  const small = await tab.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a, select, input:not([hidden])')].flatMap((one) => {
      const box = one.getBoundingClientRect();
      const skipped = one.classList.contains('skip') || box.width === 0;
      return skipped || (box.width >= 24 && box.height >= 24)
        ? []
        : [`${one.outerHTML.slice(0, 80)} ${box.width}x${box.height}`];
    }),
  );
  assert.deepEqual(small, []);
  await tab.leave();
});
