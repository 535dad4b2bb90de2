import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { inject } from 'vitest';
import { launchBrowser } from './browser.js';
import { place } from './consumers.js';
import { serve } from './serve.js';

export interface BuiltPage {
  browser: Browser;
  page: Page;
  /** Of scripts that failed. */
  errors: string[];
  /** Opens it once more, with nothing done in it. */
  openAgain(): Promise<Page>;
}

/**
 * Builds test-e2e/projects/`name` by Vite in the ESM consumer and opens it (see serve).
 *
 * @param files Served beside what was built: absolute paths by name.
 */
export async function openPage(
  executable: string,
  name: string,
  files: Record<string, string> = {},
): Promise<BuiltPage> {
  const root = place(name, inject('consumers').esm);
  await build({ root, logLevel: 'error' });
  const browser = await launchBrowser(executable);
  const errors: string[] = [];
  const openAgain = async () => {
    const page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    await serve(page, files, join(root, 'dist'));
    await page.goto('https://page.test/');
    return page;
  };
  return { browser, page: await openAgain(), errors, openAgain };
}
