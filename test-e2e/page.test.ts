import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findBrowser } from './support/browser.js';
import { place } from './support/consumers.js';
import { openPage } from './support/page.js';

declare global {
  interface Window {
    /** projects/page/main.js */
    train(
      backend: string,
    ): Promise<{ wrong: number[]; kernels: number; loss: number[]; backend: string; timers: number }>;
  }
}

const executable = findBrowser();
if (!executable) console.log('Skipped: no Chromium or Chrome found; the environment variable CHROMIUM can name one.');

describe.skipIf(!executable)('a page built by Vite', () => {
  let browser: Browser;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    place('train', inject('consumers').esm);
    ({ browser, page, errors } = await openPage(executable!, 'page'));
    await page.waitForFunction(() => 'train' in window);
  });

  afterAll(async () => {
    await browser?.close();
  });

  it.each(['cpu', 'webgl'])(
    'trains a quantized model with the one line on %s and stays responsive',
    async (backend) => {
      const result = await page.evaluate((name) => window.train(name), backend);
      expect(result).toMatchObject({ backend, kernels: 3, wrong: [] });
      expect(result.loss.at(-1)).toBeLessThan(result.loss[0]);
      expect(result.timers).toBeGreaterThan(0);
      expect(errors).toEqual([]);
    },
  );

  it('trains it on WebAssembly with the kernels of wasm-training, of which the bundler need not know', async () => {
    const result = await page.evaluate(() => window.train('wasm'));
    expect(result).toMatchObject({ backend: 'wasm', kernels: 3, wrong: [] });
    expect(result.loss.at(-1)).toBeLessThan(result.loss[0]);
    expect(errors).toEqual([]);
  });
});
