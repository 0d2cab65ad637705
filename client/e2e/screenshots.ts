/** `npm run screenshots`: the pictures of the README, from the real page with the sample models. */
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stage, startStage } from './stage.ts';
import { HEADLINE, type Visit, type VisitOptions, visit } from './visit.ts';

const FOLDER = join(import.meta.dirname, '../../.github/screenshots');
/** Larger pictures make a repository heavy for ever. */
const MOST_BYTES = 150_000;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly options?: VisitOptions;
  readonly height: number;
  readonly prepare: (tab: Visit) => Promise<unknown>;
}

const shots: readonly Shot[] = [
  { name: 'catalogue', path: '/', height: 700, prepare: ({ see }) => see('.lead', /4 ready/) },
  {
    name: 'iris',
    path: '/models/iris-classifier#v.X.sepal_length=5.9&v.X.sepal_width=2.8&v.X.petal_length=4.7&v.X.petal_width=1.6',
    height: 1060,
    prepare: ({ see }) => see('.chart'),
  },
  {
    name: 'compare-dark',
    path: '/models/iris-classifier#v.X.petal_length=4.9&versus=iris-classifier@canary',
    options: { theme: 'dark' },
    height: 840,
    prepare: async ({ see, click }) => {
      await see('.agree');
      await click('#tab-code');
      await see('#tool pre', /curl/);
    },
  },
  {
    name: 'digits',
    path: '/models/digits',
    height: 730,
    prepare: async ({ see, page }) => {
      await see(HEADLINE, /5/);
      const box = await (await page.waitForSelector('.pad'))?.boundingBox();
      if (!box) return;
      const points = Array.from({ length: 40 }, (_, step) => {
        const turn = (step / 39) * 2 * Math.PI;
        return [0.5 + 0.19 * Math.sin(2 * turn) * (turn > Math.PI ? 1.1 : 1), 0.5 - 0.34 * Math.cos(turn)] as const;
      });
      const [first = [0.5, 0.2]] = points;
      await page.mouse.move(box.x + box.width * first[0], box.y + box.height * first[1]);
      await page.mouse.down();
      for (const [x, y] of points) await page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 3 });
      await page.mouse.up();
      await see(HEADLINE, /8|0|6|3/);
    },
  },
  {
    name: 'table',
    path: '/models/iris-classifier',
    height: 1350,
    prepare: async ({ see, click, upload }) => {
      await see(HEADLINE, /Setosa/);
      await click('#tab-csv');
      const rows = Array.from(
        { length: 20_000 },
        (_, at) => `${at},${4 + (at % 40) / 10},3,${1 + (at % 60) / 10},${at === 41 ? 'n/a' : (at % 25) / 10}`,
      );
      const path = join(mkdtempSync(join(tmpdir(), 'client-shot-')), 'flowers.csv');
      writeFileSync(path, `id,sepal_length,sepal_width,petal_length,petal_width\n${rows.join('\n')}\n`);
      await upload('.csv', path);
      await see('.csv table');
      await click('.csv > .primary');
      await see('.progress a', /Download/);
    },
  },
  {
    name: 'narrow-dark',
    path: '/models/diabetes-progression',
    options: { theme: 'dark', width: 360 },
    height: 760,
    prepare: async ({ see, page }) => {
      await see(HEADLINE, /146/);
      await page.evaluate(() => document.querySelector('.answer')?.scrollIntoView({ block: 'end' }));
    },
  },
];

async function take(stage: Stage, { name, path, options = {}, height, prepare }: Shot): Promise<void> {
  const tab = await visit(stage, path, options);
  await tab.page.setViewport({ width: options.width ?? 1280, height });
  await prepare(tab);
  await new Promise((resolve) => setTimeout(resolve, 900));
  const file = join(FOLDER, `${name}.png`) as `${string}.png`;
  await tab.page.screenshot({ path: file });
  const { size } = statSync(file);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, at most ${MOST_BYTES} are wanted: show less`);
  process.stdout.write(`${file} ${size}\n`);
  await tab.leave();
}

mkdirSync(FOLDER, { recursive: true });
const stage = await startStage();
try {
  for (const shot of shots) await take(stage, shot);
} finally {
  await stage.stop();
}
