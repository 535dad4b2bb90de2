import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { io, layers, sequential } from '@tensorflow/tfjs';
import { unpack } from '@tfjs-compress/format';
import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, launchBrowser } from './support/browser.js';
import { findFirefox, openFirefox, screenshotByFirefox } from './support/firefox.js';
import { type LivePage, serveLivePage } from './support/livePage.js';

const executable = findBrowser();
const firefox = findFirefox();
/** A run of seconds: epochs of the stages, images of an epoch. */
const short = '?epochs=2-3-5&images=1000';

/** Machines that do more than this are slow. */
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 60_000 });

let served: LivePage;
beforeAll(async () => {
  if (executable || firefox) served = await serveLivePage();
});
afterAll(async () => {
  await served?.close();
  if (served && !process.env.TFJS_COMPRESS_KEEP) rmSync(served.folder, { recursive: true, force: true });
});

describe.skipIf(!executable)('the live page in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(executable!);
  });
  afterAll(() => browser?.close());

  /** `seen`: what failed, and whatever was asked of another place. */
  async function open(options: BrowserContextOptions = {}, prepare?: (context: BrowserContext) => Promise<void>) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    await prepare?.(context);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const seen: string[] = [];
    page.on('pageerror', ({ message }) => seen.push(message));
    page.on('console', (message) => message.type() === 'error' && seen.push(message.text()));
    context.on('request', (request) => {
      if (!/^(blob:|data:|about:|file:)/.test(request.url()) && !request.url().startsWith(served.url))
        seen.push(request.url());
    });
    await page.goto(`${served.url}${short}`);
    return { context, page, seen };
  }

  const text = (page: Page, id: string) => page.locator(`#${id}`).textContent();
  const main = (page: Page, name: RegExp) =>
    page.locator('#main-button').filter({ hasText: name }).waitFor({ timeout: 120_000 });
  const tile = async (page: Page, name: string) =>
    page
      .locator('#tiles > div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator('dd')
      .textContent();
  const epochs = (page: Page) =>
    page
      .locator('#accuracy-chart svg')
      .getAttribute('aria-label')
      .then((label) => /after epoch (\d+) of/.exec(label!)?.[1]);

  async function saved(page: Page, button: string): Promise<string> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).click(),
    ]);
    const path = join(served.folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }

  async function draw(page: Page): Promise<void> {
    await page.locator('#pad canvas').scrollIntoViewIfNeeded();
    const box = (await page.locator('#pad canvas').boundingBox())!;
    const place = ([x, y]: number[]) => [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...place([0.5, 0.2]));
    await page.mouse.down();
    await page.mouse.move(...place([0.5, 0.8]), { steps: 5 });
    await page.mouse.up();
  }

  it('trains, is paused, left and gone on with; the file is what was shown, answers, and is there offline', async () => {
    const { context, page, seen } = await open();
    await page.getByRole('button', { name: 'Start training' }).first().click();
    await main(page, /Pause/);
    await poll(() => epochs(page)).toBeTruthy();

    await page.locator('#main-button').click();
    await main(page, /Resume/);
    // The epoch's end that was under way when the button was pressed may still come.
    await page.waitForTimeout(700);
    const paused = await page.locator('#stages').innerHTML();
    await page.waitForTimeout(700);
    expect(await page.locator('#stages').innerHTML()).toBe(paused);
    await page.locator('#main-button').click();
    await main(page, /Pause/);

    await page.reload();
    await main(page, /Go on/);
    const before = Number(await epochs(page));
    expect(before).toBeGreaterThanOrEqual(1);
    await page.locator('#main-button').click();
    await main(page, /Train again/);
    expect(await epochs(page)).toBe('10');
    expect(await tile(page, 'Weights pruned')).toContain('93.5%');
    expect(await tile(page, 'Powers of two')).toContain('100.0%');
    expect(Number.parseFloat((await tile(page, 'Right answers'))!)).toBeGreaterThan(50);

    const file = readFileSync(await saved(page, 'Download digits.tfz'));
    expect(await tile(page, 'File')).toContain(`${(file.length / 1024).toFixed(1)} KB`);
    expectPowersOfTwo(unpack(file) as io.ModelArtifacts);

    await draw(page);
    await poll(() => text(page, 'small')).toMatch(/One prediction[\d.]+ (µs|ms)/);
    await poll(() => text(page, 'large')).toMatch(/One prediction[\d.]+ (µs|ms)/);
    for (const id of ['small', 'large']) expect(await page.locator(`#${id} .answer`).textContent()).toMatch(/^\d$/);
    const drawn = await page.locator('#small .answer').textContent();

    const alone = await context.newPage();
    await alone.goto(pathToFileURL(await saved(page, 'Download it as a page')).href);
    await draw2(alone);
    await poll(() => alone.locator('.answer').first().textContent()).toMatch(new RegExp(`^${drawn}: `));
    await alone.close();

    await page.evaluate(() => navigator.serviceWorker.ready);
    await context.setOffline(true);
    await page.reload();
    await main(page, /Train again/);
    await draw(page);
    await poll(() => page.locator('#small .answer').textContent()).toBe(drawn);
    await poll(() => page.locator('#large .answer').textContent()).toMatch(/^\d$/);
    expect(seen).toEqual([]);
    await looksRight(page);
    await context.close();
  });

  /** On the page of one file: the same line, on its pad. */
  async function draw2(page: Page): Promise<void> {
    const box = (await page.locator('.pad canvas').boundingBox())!;
    await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.2 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.8 * box.height, { steps: 5 });
    await page.mouse.up();
  }

  async function looksRight(page: Page): Promise<void> {
    // Not a script element, which the page's policy would not let in.
    await page.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [360, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 780 });
        await page.waitForTimeout(300);
        if (process.env.TFJS_COMPRESS_KEEP)
          await page.screenshot({ path: join(served.folder, `live-${width}-${colorScheme}.png`), fullPage: true });
        const found = await page.evaluate(async () => {
          const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
          return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
        });
        expect(found).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
    }
  }

  it('goes on where storage is full, says so, and is stopped once, however often one asks', async () => {
    const { context, page, seen } = await open({ serviceWorkers: 'block' }, async (each) => {
      await each.route('**/assets/worker-*.js', async (route) => {
        const response = await route.fetch();
        const full = `IDBObjectStore.prototype.put = () => { throw new DOMException('no space', 'QuotaExceededError'); };`;
        await route.fulfill({ response, body: `${full}\n${await response.text()}` });
      });
    });
    await page.getByRole('button', { name: 'Start training' }).first().click();
    await poll(() => text(page, 'state')).toContain('does not keep the run for a reload (no space)');
    await page.evaluate(() => {
      const stop = document.getElementById('stop-button') as HTMLButtonElement;
      for (let i = 0; i < 3; i++) stop.click();
    });
    await main(page, /Start training/);
    expect(await text(page, 'state')).toContain('keeps nothing of it');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main-button');
    expect(seen).toEqual([]);
    await context.close();
  });

  it('takes a model that is dropped, gives its file, report and page, and says what is wrong with other files', async () => {
    const { context, page, seen } = await open({ serviceWorkers: 'block' });
    const { json, bin, weights } = await smallModel();
    const file = (name: string, content: string | Buffer) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(content),
    });
    const give = (...files: ReturnType<typeof file>[]) => page.setInputFiles('#own-card input', files);
    const problem = () => page.locator('#own-card [role=alert]').textContent();
    for (const [files, message] of [
      [[file('cat.png', 'x')], "Expected a model.json with its .bin files, or a .tfz file, received 'cat.png'."],
      [[file('model.json', '{')], "'model.json' is not JSON"],
      [[file('package.json', '{}')], "'package.json' is not a TensorFlow.js model"],
      [[file('model.json', json)], "'weights.bin' is missing"],
      [[file('model.json', json), file('weights.bin', bin.subarray(4))], 'bytes'],
      [[file('digits.tfz', 'no')], 'this is not a compressed model'],
    ] as const) {
      await give(...files);
      await poll(problem).toContain(message);
    }
    await give(file('model.json', json), file('weights.bin', bin));
    await page.frameLocator('iframe').getByText('kernel weights').first().waitFor({ timeout: 30_000 });
    expect(await problem()).toBe('');
    const back = unpack(readFileSync(await saved(page, 'Download model.tfz'))) as io.ModelArtifacts;
    expect(new Uint8Array(back.weightData as ArrayBuffer)).toEqual(new Uint8Array(weights));
    expect(readFileSync(await saved(page, 'Download the report'), 'utf8')).toMatch(/^<!doctype html>/);
    const alone = await context.newPage();
    await alone.goto(pathToFileURL(await saved(page.locator('#own').page(), 'Download model as a page')).href);
    await poll(() => alone.locator('.answer').first().textContent()).toMatch(/\d/);
    expect(seen).toEqual([]);
    await context.close();
  });
});

it.skipIf(!firefox)('the live page shows its first screen in Firefox', async () => {
  const path = join(served.folder, 'firefox.png');
  await screenshotByFirefox(firefox!, served.url, path);
  const { data } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let accent = 0;
  for (let i = 0; i < data.length; i += 3)
    accent += Number(data[i] === 0x21 && data[i + 1] === 0x59 && data[i + 2] === 0xc7);
  // The two buttons to begin with.
  expect(accent).toBeGreaterThan(4000);
});

it.skipIf(!firefox)('the live page trains in Firefox, and its file and tfjs read what is drawn by keys', async () => {
  const driven = served.driven();
  const close = openFirefox(firefox!, `${served.url}driven.html${short}`);
  try {
    const { errors, tiles, answers } = await driven;
    expect(errors).toEqual([]);
    expect(tiles['Weights pruned']).toContain('93.5%');
    expect(tiles['Powers of two']).toContain('100.0%');
    expect(Number.parseFloat(tiles['Right answers'])).toBeGreaterThan(50);
    for (const answer of answers) expect(answer).toMatch(/^\d$/);
  } finally {
    await close();
  }
});

function expectPowersOfTwo({ weightSpecs, weightData }: io.ModelArtifacts): void {
  let offset = 0;
  let kernels = 0;
  for (const { name, shape } of weightSpecs!) {
    const length = shape.reduce((a, b) => a * b, 1);
    const values = [...new Float32Array(weightData as ArrayBuffer, offset, length)];
    offset += 4 * length;
    if (!name.endsWith('kernel')) continue;
    kernels++;
    expect(values.every((value) => value === 0 || Number.isInteger(Math.log2(Math.abs(value))))).toBe(true);
  }
  expect(kernels).toBe(4);
}

/** A model as tfjs saves it to files. */
async function smallModel() {
  const model = sequential({
    layers: [layers.dense({ units: 6, inputShape: [4], activation: 'relu' }), layers.dense({ units: 2 })],
  });
  let artifacts!: io.ModelArtifacts;
  await model.save(
    io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const { modelTopology, weightSpecs, weightData } = artifacts;
  const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
  const weights = weightData as ArrayBuffer;
  return { json: JSON.stringify({ modelTopology, weightsManifest }), bin: Buffer.from(weights), weights };
}
