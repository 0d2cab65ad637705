/** The client's page in a real browser, through its HTTPRoute. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from 'puppeteer-core';
import type { Step } from '../run.ts';

export const page: Step = {
  name: 'page',
  proves: "the client page predicts in a real browser, under its own host and under the model's",
  async run({ settings, say }) {
    const { gateway, domain, folder } = settings;
    const browser = await launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      // The certificate signs itself; every name leads to the Gateway.
      acceptInsecureCerts: true,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
        `--host-resolver-rules=MAP * ${gateway.host}:${gateway.https}`,
      ],
    });
    try {
      const tab = await browser.newPage();
      await tab.setViewport({ width: 1280, height: 900 });
      await tab.goto(`https://models.${domain}/`, { waitUntil: 'networkidle0', timeout: 60_000 });
      const catalogue = await tab.$eval('main', (element) => (element as unknown as { innerText: string }).innerText);
      assert.match(catalogue, /Iris species/);
      say(`https://models.${domain}/ lists ${catalogue.split('\n').slice(0, 4).join(' · ')}`);
      await tab.goto(`https://iris.${domain}/`, { waitUntil: 'networkidle0', timeout: 60_000 });
      await tab.waitForFunction('/Setosa/.test(document.body.innerText)', { timeout: 30_000 });
      mkdirSync(folder, { recursive: true });
      const picture = join(folder, 'page.png') as `${string}.png`;
      await tab.screenshot({ path: picture });
      say(`https://iris.${domain}/ answers Setosa (page.png)`);
    } finally {
      await browser.close();
    }
  },
};
