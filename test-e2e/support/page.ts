import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { inject } from 'vitest';
import { launchBrowser } from './browser.js';
import { place } from './consumers.js';

export interface BuiltPage {
  browser: Browser;
  page: Page;
  /** Of scripts that failed. */
  errors: string[];
}

/**
 * Builds test-e2e/projects/`name` by Vite in the ESM consumer and opens it under a made-up address: no server, no port. `files` are served
 * beside what was built: absolute paths by name.
 */
export async function openPage(
  executable: string,
  name: string,
  files: Record<string, string> = {},
): Promise<BuiltPage> {
  const root = place(name, inject('consumers').esm);
  await build({ root, logLevel: 'error' });
  const browser = await launchBrowser(executable);
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.route('http://page.test/**', (route) => {
    const path = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    return route.fulfill({ path: files[path] ?? join(root, 'dist', path) });
  });
  await page.goto('http://page.test/');
  return { browser, page, errors };
}
