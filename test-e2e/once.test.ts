import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from './support/browser.js';
import { type BuiltPage, openPage } from './support/page.js';

declare global {
  interface Window {
    /** projects/once/main.js */
    ready?: boolean;
    result?: { backend: string; onLevels: boolean; error: number; left: number; notes: string[]; timers: number };
  }
}

const executable = findBrowser();

describe.skipIf(!executable)('a page that makes a model small with the images dropped on it', () => {
  let built: BuiltPage;
  beforeAll(async () => {
    built = await openPage(executable!, 'once');
  });
  afterAll(() => built?.browser.close());

  it.each(['cpu', 'webgl'])('works on %s, lets timers run, and leaves no tensor', async (backend) => {
    const { page } = built;
    await page.goto(`https://page.test/?backend=${backend}`);
    await page.waitForFunction(() => window.ready);
    const images = await Promise.all(Array.from({ length: 12 }, (_, i) => image(i)));
    await page.evaluate((encoded) => {
      const transfer = new DataTransfer();
      for (const [i, each] of encoded.entries()) {
        const bytes = Uint8Array.from(atob(each), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], `${i}.png`, { type: 'image/png' }));
      }
      document.getElementById('drop')!.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }));
    }, images);
    // A machine that does other things as well may take its time.
    await page.waitForFunction(() => window.result, undefined, { timeout: 240_000 });
    const result = await page.evaluate(() => window.result!);
    expect(result).toMatchObject({ backend, onLevels: true, left: 0, notes: [] });
    expect(result.error).toBeLessThan(0.25);
    expect(result.timers).toBeGreaterThan(0);
    expect(await page.textContent('#state')).toBe('100%');
    expect(built.errors).toEqual([]);
  });
});

/** A PNG in base64: waves in three colors. */
async function image(i: number): Promise<string> {
  const pixels = Uint8Array.from({ length: 40 * 40 * 3 }, (_, p) => {
    const [x, y, c] = [Math.floor(p / 3) % 40, Math.floor(p / 120), p % 3];
    return 128 + 127 * Math.sin((x * (1 + (i % 4)) + y * (1 + (i % 3)) + 5 * c) / 12);
  });
  const png = sharp(pixels, { raw: { width: 40, height: 40, channels: 3 } }).png();
  return (await png.toBuffer()).toString('base64');
}
