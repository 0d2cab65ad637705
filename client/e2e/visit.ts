/** One person with one tab: opens pages, types, reads what stands there, and notes every error that the page makes. */
import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'puppeteer-core';
import type { Stage } from './stage.ts';

export interface VisitOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  /** Another tab of the same person. */
  readonly context?: BrowserContext;
  readonly origin?: string;
  /** Before the page's own script runs. */
  readonly before?: (page: Page) => Promise<unknown>;
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Exceptions and violations of the content security policy; failed requests are not among them. */
  readonly errors: string[];
  go(path: string): Promise<void>;
  /** Waits until the first such element has text that matches, and gives it. */
  see(selector: string, text?: RegExp): Promise<string>;
  /** Waits until there is no such element. */
  gone(selector: string): Promise<void>;
  /** Types into the box of a field, in place of what is there. */
  fill(field: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  choose(selector: string, value: string): Promise<void>;
  upload(selector: string, path: string): Promise<void>;
  /** Asserts that the page made no error, and closes the tab. */
  leave(): Promise<void>;
}

/** Milliseconds; a busy machine is slow, and a page that is right by then is right. */
const PATIENCE = 20_000;
export const HEADLINE = '.answer .headline strong';

export async function visit(
  stage: Pick<Stage, 'browser' | 'client'>,
  path: string,
  options: VisitOptions = {},
): Promise<Visit> {
  const { theme = 'light', width = 1280, before } = options;
  const context = options.context ?? (await stage.browser.createBrowserContext());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !/^Failed to load resource/.test(text)) errors.push(text);
  });
  await before?.(page);
  const origin = options.origin ?? stage.client.url;
  const go = async (to: string): Promise<void> => {
    await page.goto(origin + to, { waitUntil: 'domcontentloaded' });
  };
  await go(path);
  return {
    page,
    context,
    errors,
    go,
    async see(selector, text = /\S/) {
      try {
        await page.waitForFunction(
          (query, source, flags) => new RegExp(source, flags).test(document.querySelector(query)?.textContent ?? ''),
          {},
          selector,
          text.source,
          text.flags,
        );
      } catch {
        const shown = await page.evaluate((query) => document.querySelector(query)?.textContent ?? null, selector);
        const body = await page.evaluate(() => document.body.innerText.slice(0, 700));
        assert.fail(
          `no ${text} in ${selector}, which has ${JSON.stringify(shown)}. The page:\n${body}\n${errors.join('\n')}`,
        );
      }
      return page.evaluate((query) => document.querySelector(query)?.textContent ?? '', selector);
    },
    async gone(selector) {
      await page.waitForFunction((query) => document.querySelector(query) === null, {}, selector);
    },
    async fill(field, text) {
      const selector = `[data-field="${field}"] input[type="text"], [data-field="${field}"] textarea`;
      await page.waitForSelector(selector);
      await page.focus(selector);
      await page.$eval(selector, (box) => (box as HTMLInputElement).select());
      await page.keyboard.press('Backspace');
      if (text.length > 200) {
        await page.$eval(
          selector,
          (box, value) => {
            (box as HTMLInputElement).value = value;
            box.dispatchEvent(new Event('input', { bubbles: true }));
          },
          text,
        );
      } else await page.type(selector, text);
    },
    async click(selector) {
      await page.waitForSelector(selector);
      await page.click(selector);
    },
    async choose(selector, value) {
      await page.waitForFunction(
        (query, wanted) =>
          [...(document.querySelector<HTMLSelectElement>(query)?.options ?? [])].some((one) => one.value === wanted),
        {},
        selector,
        value,
      );
      await page.select(selector, value);
    },
    async upload(selector, path) {
      const input = (await page.waitForSelector(`${selector} input[type="file"]`)) as Awaited<
        ReturnType<typeof page.$<'input'>>
      >;
      await input?.uploadFile(path);
    },
    async leave() {
      if (options.context === undefined) await context.close();
      else await page.close();
      assert.deepEqual(errors, []);
    },
  };
}
