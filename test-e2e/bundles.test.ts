import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { publicPackages } from '../scripts/packages.mjs';
import { findBrowser, launchBrowser } from './support/browser.js';
import { bundlers } from './support/bundlers.js';
import { place } from './support/consumers.js';
import { lastJson, run } from './support/run.js';

/**
 * The packed packages, bundled for production by what people bundle with, and run in a
 * page. What a bundler leaves out because `sideEffects` says that it may is missing
 * there: layers that models need, hooks that fits need.
 */
interface Loaded {
  classes: string[];
  outputs: number[];
}

interface Fitted extends Loaded {
  weights: number[];
  epochs: number;
  html: string;
}

const executable = findBrowser();
if (!executable) console.log('Skipped: no Chromium or Chrome found; the environment variable CHROMIUM can name one.');

describe.skipIf(!executable)('a bundle of the packed packages', () => {
  let browser: Browser;
  let folder: string;
  /** What another process predicted with the model before it saved it. */
  let predicted: number[];

  beforeAll(async () => {
    folder = place('bundles', inject('consumers').esm);
    predicted = lastJson(await run(process.execPath, ['save.js'], { cwd: folder }));
    browser = await launchBrowser(executable!);
  });
  afterAll(() => browser?.close());

  /** What the page of projects/bundles/`entry`, bundled, leaves in window.result. */
  async function runBundled<T>(bundler: string, entry: string): Promise<T> {
    const output = join(folder, 'output', bundler.replace(' ', '-'));
    mkdirSync(output, { recursive: true });
    await bundlers[bundler](join(folder, entry), join(output, entry));
    const page = await browser.newPage();
    await page.route('http://page.test/**', (route) => {
      const path = new URL(route.request().url()).pathname;
      if (path === '/')
        return route.fulfill({ contentType: 'text/html', body: `<script type="module" src="${entry}"></script>` });
      return route.fulfill({ path: path.startsWith('/models/') ? join(folder, path) : join(output, path) });
    });
    try {
      await page.goto('http://page.test/');
      return (await page.evaluate('window.result')) as T;
    } finally {
      await page.close();
    }
  }

  const expectLoaded = ({ classes, outputs }: Loaded) => {
    expect(classes).toEqual(['MaskedDense', 'PowerOfTwoDense']);
    for (const [i, output] of outputs.entries()) expect(output).toBeCloseTo(predicted[i], 5);
  };

  describe.each(Object.keys(bundlers))('%s', (bundler) => {
    it("keeps the layers of a bare import 'tfjs-compress'", async () => {
      expectLoaded(await runBundled(bundler, 'bare.js'));
    });

    it("keeps the layers of import { compressed } from 'tfjs-compress'", async () => {
      expectLoaded(await runBundled(bundler, 'saver.js'));
    });

    it('fits with the one line beside a plain object as the first thing, and finds the sub-entries', async () => {
      const { weights, epochs, html, ...loaded } = await runBundled<Fitted>(bundler, 'fit.js');
      expect(weights).toHaveLength(4 * 8 + 8 * 3);
      expect(weights.filter((weight) => weight !== 0 && !Number.isInteger(Math.log2(Math.abs(weight))))).toEqual([]);
      expect(weights.some((weight) => weight !== 0)).toBe(true);
      expect(epochs).toBe(2);
      expect(html).toContain('Bytes per layer');
      expectLoaded(loaded);
      // What draws where there is no document: a third of a megabyte that no page needs.
      const output = join(folder, 'output', bundler.replace(' ', '-'));
      const texts = readdirSync(output).map((file) => readFileSync(join(output, file), 'utf8'));
      expect(texts.filter((text) => text.includes('HTMLMarqueeElement'))).toEqual([]);
    });
  });

  it('Parcel 2, which does not read "exports", finds every entry', async () => {
    const entries = publicPackages().flatMap(({ name, manifest }) =>
      Object.keys(manifest.exports!)
        .filter((entry) => entry !== './package.json' && entry !== './node')
        .map((entry) => join(name, entry)),
    );
    expect(entries).toContain('@tfjs-compress/runtime/dense');
    const imports = entries.map((entry, i) => `import * as entry${i} from '${entry}';`);
    const counts = entries.map((_, i) => `Object.keys(entry${i}).length`);
    writeFileSync(join(folder, 'entries.js'), `${imports.join('\n')}\nwindow.result = [${counts.join(', ')}];\n`);
    const found = await runBundled<number[]>('Parcel 2', 'entries.js');
    expect(entries.filter((_, i) => !(found[i] > 0))).toEqual([]);
  });
});
