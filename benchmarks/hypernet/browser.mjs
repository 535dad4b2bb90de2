/**
 * Times of the stages in Chromium, whose WebGL the processor computes: stageTimes.mjs on
 * a page that Vite builds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'vite';

const software = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];

export async function inBrowser({ chromium: executablePath, backend, network, trunk, rounds }) {
  const built = mkdtempSync(join(tmpdir(), 'stages-'));
  const root = fileURLToPath(new URL('page', import.meta.url));
  await build({ root, logLevel: 'error', build: { outDir: built, emptyOutDir: true, target: 'esnext' } });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...software] });
  try {
    const page = await browser.newPage();
    await page.route('http://page.test/**', (route) => {
      const path = new URL(route.request().url()).pathname.replace(/\/$/, '/index.html');
      const isTrunk = path.startsWith('/trunk/');
      return route.fulfill({ path: isTrunk ? join(trunk, path.slice('/trunk/'.length)) : join(built, path) });
    });
    await page.goto('http://page.test/');
    await page.waitForFunction(() => 'stageTimes' in window);
    return { samples: await page.evaluate((given) => window.stageTimes(...given), [backend, network, rounds]) };
  } finally {
    await browser.close();
    rmSync(built, { recursive: true });
  }
}
