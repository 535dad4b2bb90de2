import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { findBrowser, launchBrowser } from './support/browser.js';
import { serve } from './support/serve.js';

const consumer = inject('consumers').esm;
const browser = findBrowser();

interface Results {
  kernel: number[];
  expected: number[];
  received: number[];
}

describe.skipIf(!browser)('script tags, without a bundler', () => {
  it("train, prune and quantize with tfjs's own script, and predict with the runtime's", async () => {
    const modules = join(consumer, 'node_modules');
    const files: Record<string, string> = {
      'index.html': join(import.meta.dirname, 'projects/script-tag/index.html'),
      'tf.min.js': join(modules, '@tensorflow/tfjs/dist/tf.min.js'),
      'tfjs-compress.js': join(modules, 'tfjs-compress/dist/tfjs-compress.iife.js'),
      'runtime.js': join(modules, '@tfjs-compress/runtime/dist/index.iife.js'),
    };
    const chromium = await launchBrowser(browser!);
    try {
      const page = await chromium.newPage();
      await serve(page, files);
      await page.goto('https://page.test/');
      const { kernel, expected, received } = await page.evaluate(
        () => (window as unknown as { results: Promise<Results> }).results,
      );
      expect(kernel.filter((w) => w === 0).length).toBe(kernel.length / 2);
      for (const weight of kernel) expect(weight === 0 || Number.isInteger(Math.log2(Math.abs(weight)))).toBe(true);
      expect(received.length).toBe(128);
      for (const [i, output] of received.entries()) expect(Math.abs(output - expected[i])).toBeLessThan(1e-5);
    } finally {
      await chromium.close();
    }
  });
});
