import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findBrowser, launchBrowser } from './support/browser.js';
import { bundleProject } from './support/bundleProject.js';
import { run } from './support/run.js';
import { expectedOf, pagesOfSite, programsOfSite, projectsOfSite } from './support/sitePages.js';

/** The programs and pages that stand in the site's texts, as a reader would copy them. */
const { esm } = inject('consumers');
const modules = join(esm, 'node_modules');
const folderOf = (name: string) => join(esm, 'site', name.replace(/\W+/g, '-'));

/**
 * All programs of a text in one process, since loading tfjs takes longer than most of
 * them; what each printed.
 */
async function runPrograms({ name, programs }: ReturnType<typeof programsOfSite>[number]): Promise<string[]> {
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true });
  const mark = '--- the next program';
  const imports = programs.map(({ line, code }) => {
    writeFileSync(join(folder, `line-${line}.mjs`), code);
    return `await import('./line-${line}.mjs');\nconsole.log('${mark}');\n`;
  });
  writeFileSync(join(folder, 'all.mjs'), imports.join(''));
  const { stdout } = await run(process.execPath, ['all.mjs'], { cwd: folder, timeout: 120_000 });
  return stdout.split(mark);
}

const texts = programsOfSite();
/** Started at once: no more of them than there are pages. */
const printed = Object.fromEntries(texts.map((text) => [text.name, runPrograms(text)]));
for (const promise of Object.values(printed)) promise.catch(() => {});

describe.each(texts)('the programs in $name', ({ name, programs }) => {
  it.each(programs.map(({ line, code }, i) => ({ line, code, i })))('line $line', async ({ code, i }) => {
    const text = (await printed[name])[i];
    for (const expected of expectedOf(code)) expect(text).toContain(expected);
  });
});

it('llms.txt has ten programs', () => {
  expect(texts.find(({ name }) => name.endsWith('llms.txt'))?.programs.length).toBe(10);
});

const executable = findBrowser();

describe.skipIf(!executable)('in Chromium', () => {
  let browser: Browser;
  const errors: string[] = [];
  const logged: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser(executable!);
  });
  afterAll(async () => {
    await browser?.close();
  });

  /**
   * Answers https://page.test/ with these files, and the CDN with the packages as they
   * would be published; all else is refused.
   */
  async function open(html: string, files: Record<string, string>, policy: string): Promise<Page> {
    errors.length = 0;
    logged.length = 0;
    const page = await browser.newPage();
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('console', (message) => logged.push(message.text()));
    await page.route('**/*', (route) => {
      const { hostname, pathname } = new URL(route.request().url());
      const headers = { 'content-type': 'text/html', 'content-security-policy': policy };
      if (hostname === 'page.test' && pathname === '/') return route.fulfill({ body: html, headers });
      const path = hostname === 'page.test' ? files[pathname.slice(1)] : cdnFile(hostname, pathname);
      return path && existsSync(path)
        ? route.fulfill({ path, headers: { 'content-security-policy': policy, 'access-control-allow-origin': '*' } })
        : route.fulfill({ status: 404, body: '' });
    });
    await page.goto('https://page.test/');
    return page;
  }

  async function expectLines(expected: string[]) {
    await expect.poll(() => [...errors, ...logged], { timeout: 60_000 }).toEqual(expect.arrayContaining(expected));
    expect(errors).toEqual([]);
  }

  const circle = join(folderOf('site/index.md'), 'circle.tfz');

  it.each(pagesOfSite())('the page in $name, line $line', async ({ code }) => {
    const cdn = 'https://cdn.jsdelivr.net';
    const policy = `default-src 'self'; script-src 'unsafe-inline' ${cdn} 'wasm-unsafe-eval'`;
    await printed['site/index.md']; // which saves it
    const page = await open(code, { 'circle.tfz': circle }, policy);
    expect(expectedOf(code).length).toBeGreaterThan(0);
    await expectLines(expectedOf(code));
    const save = page.getByRole('button', { name: 'Save circle.tfz' });
    if (await save.count()) {
      const [file] = await Promise.all([page.waitForEvent('download'), save.click()]);
      expect(file.suggestedFilename()).toBe('circle.tfz');
      expect(readFileSync(await file.path()).toString('latin1', 0, 3)).toBe('tfz');
    }
    await page.close();
  });

  const projects = projectsOfSite();

  /** Opens a project behind the policy that the site promises to be enough. */
  async function openProject(name: string): Promise<Page> {
    const files = await bundleProject(folderOf(name), projects[name]);
    const html = '<!doctype html><title>0</title><div id="root"></div><script type="module" src="/main.js"></script>';
    await printed['site/index.md']; // which saves it
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
    return open(html, { ...files, 'circle.tfz': circle, ...wasmFiles() }, policy);
  }

  it('has the projects that are tested here', () => {
    expect(Object.keys(projects).sort()).toEqual(['react', 'react-training', 'storage', 'vue', 'worker']);
  });

  it.each(['worker', 'storage'])('the project %s', async (name) => {
    const page = await openProject(name);
    await expectLines(expectedOf(projects[name]['main.js']));
    await page.close();
  });

  it.each(['react', 'vue'])('%s loads once and predicts', async (name) => {
    const page = await openProject(name);
    const button = page.getByRole('button');
    await expect
      .poll(() => button.textContent().catch(() => errors.join()), { timeout: 30_000 })
      .toContain('0, 0 is inside');
    await button.click();
    await expect.poll(() => button.textContent()).toContain('1, 1 is outside');
    expect([errors, logged.filter((line) => /error|warn/i.test(line))]).toEqual([[], []]);
    await page.close();
  });

  it('react-training shows its progress, and the first of the two effects of StrictMode does not', async () => {
    const page = await openProject('react-training');
    await expect.poll(() => page.getByRole('status').textContent(), { timeout: 60_000 }).toBe('1 + 2 + 3 + 4 = 10.0');
    expect(errors).toEqual([]);
    await page.close();
  });
});

/**
 * A package's file as jsDelivr finds it: the path, or what package.json calls `jsdelivr`.
 */
function cdnFile(hostname: string, pathname: string): string | undefined {
  const [, name, path] = /^\/npm\/((?:@[\w-]+\/)?[\w-]+)(?:@[\d.]+)?(?:\/(.*))?$/.exec(pathname) ?? [];
  if (hostname !== 'cdn.jsdelivr.net' || !name) return undefined;
  const folder = join(modules, name);
  return join(folder, path ?? JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).jsdelivr);
}

function wasmFiles(): Record<string, string> {
  const dist = join(modules, '@tensorflow/tfjs-backend-wasm/dist');
  const names = readdirSync(dist).filter((name) => name.endsWith('.wasm'));
  return Object.fromEntries(names.map((name) => [`tfjs-wasm/${name}`, join(dist, name)]));
}
