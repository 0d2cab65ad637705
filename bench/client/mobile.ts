/**
 * One first load on a slow phone, in the figures of Lighthouse. Lighthouse itself needs a newer Node than this project;
 * its conditions and definitions are kept: the throttling of `mobileSlow4G` as it asks DevTools for it, the screen of its
 * mobile form factor (core/config/constants.js), and the metrics of web.dev.
 */
import type { Browser, Page } from 'puppeteer-core';

/** 150 ms and 1.6 Mbit/s, times the factors that make DevTools' throttling of requests as slow as that of packets. */
const NETWORK = { latency: 150 * 3.75, download: (1638.4 * 0.9 * 1024) / 8, upload: (750 * 0.9 * 1024) / 8 };
const CPU_SLOWDOWN = 4;
const SCREEN = { width: 412, height: 823, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true };

export interface Vitals {
  /** Milliseconds from the navigation's start. */
  readonly firstContentfulPaint: number;
  readonly largestContentfulPaint: number;
  /** Milliseconds by which tasks after the first paint were longer than 50. */
  readonly totalBlockingTime: number;
  /** The worst window of shifts: at most a second apart, five long. */
  readonly cumulativeLayoutShift: number;
  /** Bytes over the wire, headers included. */
  readonly bytes: number;
}

/** A script of the browser, as text: this program knows no document. */
const WATCH = `
  globalThis.seen = { paint: [], largest: [], tasks: [], shifts: [] };
  const watch = (type, list) => new PerformanceObserver((found) => list.push(...found.getEntries())).observe({ type, buffered: true });
  watch('paint', seen.paint);
  watch('largest-contentful-paint', seen.largest);
  watch('longtask', seen.tasks);
  watch('layout-shift', seen.shifts);`;
const READ = `(() => ({
  first: seen.paint.find(({ name }) => name === 'first-contentful-paint')?.startTime ?? Number.NaN,
  largest: seen.largest.at(-1)?.startTime ?? Number.NaN,
  tasks: seen.tasks.map(({ startTime, duration }) => ({ startTime, duration })),
  shifts: seen.shifts.filter(({ hadRecentInput }) => !hadRecentInput).map(({ startTime, value }) => ({ startTime, value })),
  bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, { transferSize }) => sum + transferSize, 0),
}))()`;

interface Seen {
  readonly first: number;
  readonly largest: number;
  readonly tasks: readonly { readonly startTime: number; readonly duration: number }[];
  readonly shifts: readonly Shift[];
  readonly bytes: number;
}

export interface Shift {
  readonly startTime: number;
  readonly value: number;
}

/** Until what people came for is there and the page is at rest. */
export async function mobileLoad(browser: Browser, url: string, until: string): Promise<Vitals> {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.setViewport(SCREEN);
    await page.emulateNetworkConditions(NETWORK);
    await page.emulateCPUThrottling(CPU_SLOWDOWN);
    await page.evaluateOnNewDocument(WATCH);
    await page.goto(url);
    await page.waitForSelector(until);
    await rest(page);
    const seen = (await page.evaluate(READ)) as Seen;
    return {
      firstContentfulPaint: seen.first,
      largestContentfulPaint: seen.largest,
      totalBlockingTime: blockingTime(seen),
      cumulativeLayoutShift: layoutShift(seen.shifts),
      bytes: seen.bytes,
    };
  } finally {
    await context.close();
  }
}

/** What is loaded behind the first answer may move things, too. */
async function rest(page: Page): Promise<void> {
  await page.waitForNetworkIdle({ idleTime: 1000, timeout: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

function blockingTime({ first, tasks }: Seen): number {
  return tasks
    .filter(({ startTime }) => startTime >= first)
    .reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0);
}

/** Shifts in the order of their times, in milliseconds. */
export function layoutShift(shifts: readonly Shift[]): number {
  let [worst, sum, begin, last] = [0, 0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { startTime, value } of shifts) {
    if (startTime - last > 1000 || startTime - begin > 5000) [sum, begin] = [0, startTime];
    sum += value;
    last = startTime;
    worst = Math.max(worst, sum);
  }
  return worst;
}
