/** Every kind of input: pads, pictures, files, lists, switches, raw tensors, tables. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Faulty, faultyModel, startFaulty } from './faulty.ts';
import { type Stage, skip, startStage } from './stage.ts';
import { HEADLINE, type Visit, visit } from './visit.ts';

let stage: Stage;
let faulty: Faulty;
const folder = mkdtempSync(join(tmpdir(), 'client-input-'));
before(async () => {
  if (skip !== false) return;
  faulty = await startFaulty();
  const names = ['kinds', 'nosignature', 'picky'] as const;
  stage = await startStage({ models: () => names.map((name) => faultyModel(faulty, name)) });
});
after(async () => {
  await stage?.stop();
  await faulty?.stop();
  rmSync(folder, { recursive: true });
});

function flow(name: string, path: string, run: (tab: Visit) => Promise<unknown>): void {
  test(name, { skip, timeout: 100_000 }, async () => {
    const tab = await visit(stage, path);
    await run(tab);
    await tab.leave();
  });
}

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** A line on the pad, from and to in shares of its side. */
async function stroke({ page }: Visit, points: readonly (readonly [number, number])[]): Promise<void> {
  const box = await (await page.waitForSelector('.pad'))?.boundingBox();
  assert.ok(box);
  const at = ([x, y]: readonly [number, number]) => [box.x + box.width * x, box.y + box.height * y] as const;
  const [first, ...rest] = points;
  assert.ok(first);
  await page.mouse.move(...at(first));
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...at(point), { steps: 8 });
  await page.mouse.up();
}

flow('a digit drawn with the pen is read', '/models/digits', async (tab) => {
  await tab.see(HEADLINE, /5/);
  await stroke(tab, [
    [0.5, 0.15],
    [0.5, 0.85],
  ]);
  await tab.see(HEADLINE, /1/);
  await tab.click('.picture .row button');
  const circle = Array.from(
    { length: 25 },
    (_, step) =>
      [0.5 + 0.22 * Math.sin((step / 24) * 2 * Math.PI), 0.5 - 0.36 * Math.cos((step / 24) * 2 * Math.PI)] as const,
  );
  await stroke(tab, circle);
  await tab.see(HEADLINE, /0/);
});

flow('pixels are set with the keyboard alone', '/models/digits', async ({ page, see, click }) => {
  await see(HEADLINE, /5/);
  await page.locator('::-p-text(Clear)').click();
  await page.focus('.grid');
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowDown', 'Space'] as const)
    await page.keyboard.press(key);
  await see('.picture [role="status"]', /Column 4, row 2: 16/);
  await click('#tab-raw');
  const pixels = await see('#tool pre', /16/);
  assert.equal(pixels.match(/16/g)?.length, 1);
  await page.focus('.grid');
  await page.keyboard.press('Backspace');
  await see('.picture [role="status"]', /Column 4, row 2: 0/);
});

flow(
  'a picture from a file is read; what is none is refused with its name',
  '/models/digits',
  async ({ page, see, upload }) => {
    await see(HEADLINE, /5/);
    const shot = await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 100;
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.fillStyle = 'white';
      context.fillRect(0, 0, 100, 100);
      context.lineWidth = 9;
      context.beginPath();
      context.moveTo(50, 15);
      context.lineTo(50, 85);
      context.stroke();
      return canvas.toDataURL('image/png');
    });
    await upload('.picture', file('one.png', Buffer.from(shot.split(',')[1] ?? '', 'base64')));
    await see(HEADLINE, /1/);
    await upload('.picture', file('words.png', 'no picture'));
    await see('.picture .problem', /Cannot read words\.png: it is not a picture/);
    await see(HEADLINE, /1/);
  },
);

flow(
  'switches, exact integers, text, lists and matrices in one form',
  '/models/kinds',
  async ({ see, fill, click, page }) => {
    await see(HEADLINE, /0/);
    await fill('id', '9223372036854775807');
    await fill('word', 'caf\u00e9 "x"');
    await click('[data-field="flag"] input');
    await see(HEADLINE, /9,223,372,036,854,775,807/);
    await click('fieldset .add');
    await page.waitForSelector('[data-field="list.1"]');
    await fill('list.1', '-7');
    await click('#tab-raw');
    const sent = await see('#tool pre', /-7/);
    for (const part of ['[true]', '[9223372036854775807]', 'café \\"x\\"', '[0, -7]'])
      assert.ok(sent.includes(part), `${part} in ${sent}`);
    await fill('list.1', '2147483648');
    await see('[data-field="list.1"] .problem', /INT32 holds -2147483648 to 2147483647/);
    await fill('matrix', '[[1,2],[3]]');
    await see('[data-field="matrix"] .problem', /different lengths/);
  },
);

flow('tensors come from .json, .csv and .npy files', '/models/kinds', async ({ see, upload, page }) => {
  const text = () => page.$eval('[data-field="matrix"] textarea', (box) => (box as HTMLTextAreaElement).value);
  await see(HEADLINE, /0/);
  await upload('[data-field="matrix"]', file('m.json', '[[1,2,3],[4,5,6]]'));
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('4,5,6') === true);
  await upload('[data-field="matrix"]', file('m.csv', '7,8,9\n1.5,2,3\n'));
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('7, 8, 9') === true);
  const header = Buffer.from("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }\n");
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const data = Buffer.from(new Float32Array([1, 2, 3, 4, 5, 6.5]).buffer);
  const npy = Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]), length, header, data]);
  await upload('[data-field="matrix"]', file('m.npy', npy));
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('6.5') === true);
  const before = await text();
  await upload('[data-field="matrix"]', file('bad.npy', npy.subarray(0, 90)));
  await see('[data-field="matrix"] .problem', /bad\.npy: the file is shorter/);
  assert.equal(await text(), before);
});

flow('a server without a signature gets tensors by hand', '/models/nosignature', async ({ see, fill, click, page }) => {
  await see('.about', /does not tell/);
  await fill('0.shape', '1, 2');
  await fill('0.data', '[[3, 4]]');
  await see(HEADLINE, /3/);
  await click('[aria-label="Copy a link to this input"]');
  await page.waitForFunction(() => location.hash.includes('tensors='));
  const { pathname, hash } = new URL(page.url());
  const friend = await visit(stage, pathname + hash);
  await friend.see(HEADLINE, /3/);
  assert.equal(
    await friend.page.$eval('[data-field="0.shape"] input', (box) => (box as HTMLInputElement).value),
    '1, 2',
  );
  await friend.leave();
  await click('.form > .add');
  await fill('1.name', 'input-0');
  await see('[data-field="1.name"] .problem', /name of another tensor/);
  await fill('0.shape', 'wide');
  await see('[data-field="0.shape"] .problem', /not a shape/);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await page.reload();
  await see('[data-field="0.shape"] .problem', /not a shape/);
});

/** Runs a table through the open model and gives the file that comes out. */
async function runTable({ page, context, see, click, upload }: Visit, path: string): Promise<string[]> {
  await click('#tab-csv');
  await upload('.csv', path);
  await see('.csv table', /\S/);
  await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('.csv > .primary')?.disabled === false);
  const session = await page.browser().target().createCDPSession();
  const place = context.id === undefined ? {} : { browserContextId: context.id };
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder, ...place });
  await click('.csv > .primary');
  await page.waitForSelector('.progress[data-phase="done"]', { timeout: 80_000 });
  const name = await page.$eval('.progress a', (link) => (link as HTMLAnchorElement).download);
  await click('.progress a');
  for (let wait = 0; wait < 100 && !existsSync(join(folder, name)); wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
}

flow(
  'a hundred thousand rows in, a hundred thousand answers out, with each fault in its row',
  '/models/iris-classifier',
  async (tab) => {
    await tab.see(HEADLINE, /Setosa/);
    const rows = Array.from({ length: 100_000 }, (_, index) =>
      index === 77_776
        ? 'x,many,words,here,0'
        : `${index},${4 + (index % 40) / 10},3,${1 + (index % 60) / 10},${(index % 25) / 10}`,
    );
    let binary = 0;
    tab.page.on('request', (request) => {
      if (request.headers()['inference-header-content-length'] !== undefined) binary += 1;
    });
    const path = file('flowers.csv', `id,Sepal Length,sepal_width,petal.length,PETAL_WIDTH\n${rows.join('\n')}\n`);
    const out = await runTable(tab, path);
    assert.equal(out.length, 100_001);
    assert.ok(binary >= 10, `${binary} requests in the binary form`);
    assert.equal(
      out[0],
      'id,Sepal Length,sepal_width,petal.length,PETAL_WIDTH,output-0,output-0_label,output-1.Setosa,output-1.Versicolor,output-1.Virginica,error',
    );
    assert.match(out[1] ?? '', /^0,4,3,1,0,0,Setosa,/);
    assert.match(out[99_999] ?? '', /^99998,/);
    assert.match(out[77_777] ?? '', /^x,many,words,here,0,,,,,,.*“many” is not a number/);
    assert.match(await tab.see('.progress [role="status"]'), /100,000 rows, 1 row with an error/);
    const memory = await tab.page.metrics();
    assert.ok((memory.JSHeapUsedSize ?? 0) < 300e6, `${memory.JSHeapUsedSize} bytes`);
  },
);

flow('rows that the model refuses are found in the middle of the others', '/models/picky', async (tab) => {
  await tab.see(HEADLINE, /0/);
  const rows = Array.from({ length: 500 }, (_, index) => ([3, 250, 499].includes(index) ? '-1' : String(index)));
  const out = await runTable(tab, file('numbers.csv', rows.join('\n')));
  assert.equal(out[0], 'column 1,y,error');
  assert.deepEqual(
    [out[1], out[4], out[5], out[251], out[500]],
    ['0,0,', '-1,,negative row', '4,8,', '-1,,negative row', '-1,,negative row'],
  );
});

flow(
  'a table without the right columns is mapped by hand',
  '/models/iris-classifier',
  async ({ see, click, upload, page }) => {
    await see(HEADLINE, /Setosa/);
    await click('#tab-csv');
    await upload('.csv', file('few.csv', 'sepal_length,sepal_width,foo\n1,2,3\n'));
    await see('.mapping .problem', /2 fields have no column: Petal length, Petal width/);
    assert.equal(await page.$eval('.csv > .primary', (one) => (one as HTMLButtonElement).disabled), true);
    for (const index of [3, 4]) await page.select(`.maps label:nth-child(${index}) select`, '2');
    assert.equal(await page.$eval('.csv > .primary', (one) => (one as HTMLButtonElement).disabled), false);
  },
);
