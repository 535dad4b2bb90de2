import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findBrowser, launchBrowser } from './support/browser.js';
import { place } from './support/consumers.js';

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
  const errors: string[] = [];

  beforeAll(async () => {
    const root = place('page', inject('consumers').esm);
    place('train', inject('consumers').esm);
    await build({ root, logLevel: 'error' });
    browser = await launchBrowser(executable!);
    page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    // The built files under a made-up address: no server, no port.
    const file = (url: string) => join(root, 'dist', new URL(url).pathname.replace(/\/$/, '/index.html'));
    await page.route('http://page.test/**', (route) => route.fulfill({ path: file(route.request().url()) }));
    await page.goto('http://page.test/');
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
