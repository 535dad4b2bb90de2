import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
// @ts-expect-error plain JavaScript without types
import { loadMnist } from '@tfjs-compress/mnist-data';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findBrowser, launchBrowser } from './support/browser.js';
import { place } from './support/consumers.js';
import { findFirefox, screenshotByFirefox } from './support/firefox.js';
import { lastJson, run } from './support/run.js';

interface Expected {
  accuracy: number;
  digit: number[];
  mixed: number[][];
}

const executable = findBrowser();
if (!executable) console.log('Skipped: no Chromium or Chrome found; the environment variable CHROMIUM can name one.');
const firefox = findFirefox();
if (!firefox) console.log('Skipped: no Firefox found; the environment variable FIREFOX can name one.');

let folder: string;
let expected: Expected;
const at = (name: string) => join(folder, name);
const address = (name: string) => pathToFileURL(at(name)).href;

beforeAll(async () => {
  folder = place('model-page', inject('consumers').esm);
  const { train } = loadMnist({ folder: undefined });
  const count = 1500;
  const bytes = Uint8Array.from(train.images.subarray(0, 784 * count), (value: number) => 256 * value);
  writeFileSync(
    at('mnist.json'),
    JSON.stringify({ images: Array.from(bytes), labels: Array.from(train.labels.subarray(0, count)) }),
  );
  await sharp(bytes.subarray(0, 784), { raw: { width: 28, height: 28, channels: 1 } })
    .png()
    .toFile(at('digit.png'));
  const pixels = Array.from({ length: 6 * 8 * 3 }, (_, i) => (i * 37) % 256);
  writeFileSync(at('pixels.json'), JSON.stringify(pixels));
  await sharp(Buffer.from(pixels), { raw: { width: 8, height: 6, channels: 3 } })
    .png()
    .toFile(at('photo.png'));
  writeFileSync(at('labels.txt'), Array.from({ length: 25 }, (_, i) => `<b>label ${i}</b>`).join('\n'));
  expected = lastJson<Expected>(await run(process.execPath, ['makeModels.mjs'], { cwd: folder }));
  expect(expected.accuracy).toBeGreaterThan(0.9);
  const page = (...args: string[]) => run('npx', ['--no-install', 'tfjs-compress', 'page', ...args], { cwd: folder });
  await page('digits.tfz', 'digits.html');
  await page('numbers.tfz', 'numbers.html');
  await page(
    'mixed.tfz',
    'mixed.html',
    '--labels',
    'labels.txt',
    '--range',
    '-1..1',
    '--title',
    '</title><b>Mixed</b>',
  );
});

describe.skipIf(!executable)('a page that `npx tfjs-compress page` wrote, from file:// in Chromium', () => {
  let browser: Browser;
  const seen: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser(executable!);
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function open(name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext({ offline: true, ...options })).newPage();
    seen.length = 0;
    page.on('request', (request) => seen.push(request.url()));
    page.on('pageerror', (error) => seen.push(error.message));
    page.on('console', (message) => seen.push(message.text()));
    page.on('dialog', (dialog) => seen.push(dialog.message()));
    await page.goto(address(name));
    await page.waitForSelector('.facts');
    return page;
  }

  /** Values of the bars of the output with this index, percent as portions, by label. */
  const bars = (page: Page, output = 0): Promise<Record<string, number>> =>
    page.evaluate((index) => {
      const rows = [...document.querySelectorAll('table')[index].rows].map((row) => {
        const text = row.cells[2].textContent!;
        return [row.cells[0].textContent, text.endsWith('%') ? Number.parseFloat(text) / 100 : Number(text)];
      });
      return Object.fromEntries(rows);
    }, output);
  const answer = (page: Page) => page.locator('.answer').first().textContent();

  /** Lines through points in portions of the pad. */
  async function draw(page: Page, points: [x: number, y: number][]): Promise<void> {
    const box = (await page.locator('.pad canvas').boundingBox())!;
    const place = ([x, y]: [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...place(points[0]));
    await page.mouse.down();
    for (const point of points.slice(1)) await page.mouse.move(...place(point), { steps: 4 });
    await page.mouse.up();
  }
  const circle = Array.from({ length: 25 }, (_, i): [number, number] => {
    const angle = (i / 24) * 2 * Math.PI;
    return [0.5 + 0.22 * Math.sin(angle), 0.5 - 0.32 * Math.cos(angle)];
  });

  it('asks for nothing but itself, and runs nothing that names and labels hold', async () => {
    for (const name of ['digits.html', 'mixed.html']) {
      const page = await open(name);
      expect(await page.title()).toBe(name === 'digits.html' ? 'digits' : '</title><b>Mixed</b>');
      expect(await page.locator('main img, main b b, main th b').count()).toBe(0);
      expect(seen).toEqual([address(name)]);
      const reached = await page.evaluate(() => fetch('data:,x').then(String, () => 'refused'));
      expect(reached).toBe('refused');
      await page.context().close();
    }
  });

  it('knows its size', async () => {
    const page = await open('digits.html');
    const { size } = statSync(at('digits.html'));
    await expect
      .poll(() => page.locator('.facts').textContent())
      .toContain(`page ${size.toLocaleString('en-US')} bytes`);
    await page.context().close();
  });

  it('reads digits that are drawn by mouse, wherever and however large, until they are cleared', async () => {
    const page = await open('digits.html', { viewport: { width: 1000, height: 800 } });
    expect(await answer(page)).toBe('Nothing to predict from yet');
    await draw(page, circle);
    await expect.poll(() => answer(page)).toMatch(/^0: /);
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => answer(page)).toBe('Nothing to predict from yet');
    await draw(page, [
      [0.25, 0.3],
      [0.25, 0.5],
      [0.25, 0.65],
    ]);
    await expect.poll(() => answer(page)).toMatch(/^1: /);
    await page.getByRole('button', { name: 'Clear' }).click();
    await draw(page, [
      [0.3, 0.25],
      [0.65, 0.25],
      [0.42, 0.8],
    ]);
    await expect.poll(() => answer(page)).toMatch(/^7: /);
    expect(Object.values(await bars(page)).reduce((a, b) => a + b)).toBeCloseTo(1, 2);
    await expect.poll(() => page.locator('.facts b').first().textContent()).toMatch(/^[\d.]+ (µs|ms)$/);
    expect(seen).toEqual([address('digits.html')]);
    await page.context().close();
  });

  it('reads a digit that is drawn by keyboard alone', async () => {
    const page = await open('digits.html');
    await page.keyboard.press('Tab');
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Space');
    for (let i = 0; i < 16; i++) await page.keyboard.press('ArrowDown');
    await expect.poll(() => answer(page)).toMatch(/^1: /);
    await page.keyboard.press('Delete');
    await expect.poll(() => answer(page)).toBe('Nothing to predict from yet');
    await page.context().close();
  });

  it('predicts for an image what tfjs does, and says what is not an image', async () => {
    const page = await open('digits.html');
    await page.getByText('From image to numbers').click();
    await page.getByLabel('Scale and center').uncheck();
    await page.setInputFiles('input[type=file]', at('digit.png'));
    const close = async (range: number) => {
      const values = Object.values(await bars(page));
      return Math.max(...expected.digit.map((value, i) => Math.abs(value * range - values[i])));
    };
    await expect.poll(() => close(1)).toBeLessThan(0.0006);
    await page.getByLabel('Values from black to white').selectOption('0..255');
    await expect.poll(() => close(1)).toBeGreaterThan(0.0006);
    await page.setInputFiles('input[type=file]', at('labels.txt'));
    await expect.poll(() => page.getByRole('alert').first().textContent()).toContain('not an image');
    await page.context().close();
  });

  it('asks for several inputs and shows several outputs, the largest of many values', async () => {
    const page = await open('mixed.html');
    const [classes, score] = expected.mixed;
    await page.setInputFiles('input[type=file]', at('photo.png'));
    const fields = page.locator('input[type=number]');
    for (const [i, value] of ['0.5', '-2', '3'].entries()) await fields.nth(i).fill(value);
    const order = [...classes.keys()].sort((a, b) => classes[b] - classes[a]).slice(0, 20);
    await expect.poll(async () => Object.keys(await bars(page))).toEqual(order.map((i) => `<b>label ${i}</b>`));
    const values = Object.values(await bars(page));
    order.forEach((index, i) => {
      expect(Math.abs(values[i] - classes[index])).toBeLessThan(0.0006);
    });
    const scores = Object.values(await bars(page, 1));
    scores.forEach((value, i) => {
      expect(Math.abs(value - score[i])).toBeLessThan(0.0006);
    });
    await fields.nth(0).fill('');
    await expect.poll(() => answer(page)).toBe('Nothing to predict from yet');
    expect(await page.getByRole('alert').allTextContents()).toContain('Number 0 is missing.');
    expect(seen).toEqual([address('mixed.html')]);
    await page.context().close();
  });

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    it.each([360, 1000])('fits %i pixels, and axe finds nothing', async (width) => {
      for (const name of ['digits', 'mixed']) {
        // axe is a script that the page's policy would not let in.
        const page = await open(`${name}.html`, { bypassCSP: true, colorScheme, viewport: { width, height: 780 } });
        if (name === 'digits') await draw(page, circle);
        else await page.setInputFiles('input[type=file]', at('photo.png'));
        await page.waitForTimeout(600);
        const image = { path: at(`${name}-${width}-${colorScheme}.png`), fullPage: true };
        if (process.env.TFJS_COMPRESS_KEEP) await page.screenshot(image);
        for (const details of await page.locator('summary').all()) await details.click();
        await page.addScriptTag({ content: axe.source });
        const found = await page.evaluate(async () => {
          const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
          return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
        });
        expect(found).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        await page.context().close();
      }
    });
  });
});

it.skipIf(!firefox)('a page shows its bars in Firefox, from file:// too', async () => {
  await screenshotByFirefox(firefox!, address('numbers.html'), at('firefox.png'));
  const { data } = await sharp(at('firefox.png')).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let blue = 0;
  for (let i = 0; i < data.length; i += 3)
    blue += Number(data[i] === 0x2f && data[i + 1] === 0x6f && data[i + 2] === 0xd0);
  // Four equal bars of a quarter: the model was run, zeros were given.
  expect(blue).toBeGreaterThan(2000);
});
