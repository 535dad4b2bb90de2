import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/**
 * Answers what a page asks for under a made-up address, without a server or a port:
 * https://page.test/, a secure one, without which there is no WebGPU.
 *
 * @param files Absolute paths by name.
 * @param root The folder of all other files; without it there are none.
 */
export async function serve(page: Page, files: Record<string, string>, root?: string): Promise<void> {
  await page.route('https://page.test/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    const path = files[name] ?? (root && join(root, name));
    return route.fulfill(path && existsSync(path) ? { path } : { status: 404 });
  });
}
