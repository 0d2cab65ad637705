/** One first load with an empty cache. */
import type { Browser } from 'puppeteer-core';

export interface Loaded {
  readonly file: string;
  /** Bytes over the wire, headers included, as the browser counts them. */
  readonly wire: number;
  /** Bytes after decompression. */
  readonly plain: number;
}

export interface Load {
  readonly files: readonly Loaded[];
  /** Milliseconds from the navigation's start: to the first content, and to what people came for. */
  readonly firstPaint: number;
  readonly usable: number;
}

/** Scripts of the browser, as text: this program knows no document. */
const watch = (query: string): string => `
  const look = () => {
    if (document.querySelector(${JSON.stringify(query)}) === null) requestAnimationFrame(look);
    else performance.mark('usable');
  };
  requestAnimationFrame(look);`;
const MARKED = "performance.getEntriesByName('usable').length > 0";
const READ = `(() => {
  const start = (name) => performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN;
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const usable = start('usable');
  const files = entries
    .filter(({ startTime, responseEnd }) => startTime <= usable && responseEnd <= usable)
    .map(({ name, transferSize, decodedBodySize }) => ({ file: name, wire: transferSize, plain: decodedBodySize }));
  return { firstPaint: start('first-contentful-paint'), usable, files };
})()`;

/** `until` is what people came for: the first card, or the first answer. */
export async function firstLoad(browser: Browser, url: string, until: string): Promise<Load> {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    await page.evaluateOnNewDocument(watch(until));
    await page.goto(url);
    await page.waitForFunction(MARKED);
    const load = (await page.evaluate(READ)) as Load;
    const nameOf = (file: string): string => new URL(file).pathname.replace(/-[A-Z0-9]{8}\./, '.');
    return { ...load, files: load.files.map((one) => ({ ...one, file: nameOf(one.file) })) };
  } finally {
    await context.close();
  }
}
