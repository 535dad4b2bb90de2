/**
 * Times in Chromium by the clock on the wall: of predictions, and from navigation to the
 * first prediction.
 */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { median } from '../tools/median.mjs';
import { serve } from './server.mjs';

/**
 * The path of a Chromium: `given`, CHROMIUM, else the usual places; undefined when there
 * is none.
 */
export function findChromium(given = process.env.CHROMIUM) {
  const places = [given, chromium.executablePath(), '/usr/bin/chromium', '/usr/bin/google-chrome'];
  return places.find((path) => path && existsSync(path));
}

async function withBrowser(executablePath, folders, pages, use) {
  const server = await serve(folders, pages);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    return await use(browser, server.address);
  } finally {
    await browser.close();
    server.close();
  }
}

/**
 * Measures tasks { net, batch, contenders } by measureNet(), each net in a page of its
 * own; returns the browser's version.
 */
export function timePredictions({ executablePath, folders, tasks, options, onResult }) {
  const pages = {
    '/': '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/bundles/page.mjs"></script>',
  };
  return withBrowser(executablePath, folders, pages, async (browser, address) => {
    for (const { net, batch, contenders } of tasks) {
      const results = {};
      for (const group of groups(contenders)) {
        const page = await browser.newPage();
        await page.goto(`${address}/`);
        await page.waitForFunction(() => 'measure' in globalThis);
        const given = [net, batch, group, options];
        Object.assign(results, await page.evaluate((all) => globalThis.measure(...all), given));
        await page.close();
      }
      onResult(net, batch, results);
    }
    return browser.version();
  });
}

/** Those who can share a page, and each of the others. */
function groups(contenders) {
  const entries = Object.entries(contenders);
  const shared = entries.filter(([, { alone }]) => !alone);
  return [shared, ...entries.filter(([, { alone }]) => alone).map((one) => [one])].map(Object.fromEntries);
}

/**
 * Milliseconds from navigation to the first prediction by program, the median of `runs`:
 * what a visitor waits for on a network without delay. Each page has a profile of its
 * own, so nothing is cached.
 */
export function timeColdStarts({ executablePath, folders, programs, net, runs }) {
  const pages = Object.fromEntries(
    Object.entries(programs).map(([, { entry, format }]) => [`/${entry}`, coldPage(entry, net, format)]),
  );
  return withBrowser(executablePath, folders, pages, async (browser, address) => {
    const times = {};
    for (let run = 0; run <= runs; run++) {
      for (const [name, { entry }] of Object.entries(programs)) {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`${address}/${entry}`);
        await page.waitForFunction(() => 'done' in globalThis);
        const { time, error } = await page.evaluate(() => globalThis.done);
        await context.close();
        if (error) times[name] = { error };
        // The first run warms up the browser and the server.
        else if (run > 0) times[name] = [...(times[name] ?? []), time];
      }
    }
    return Object.fromEntries(
      Object.entries(times).map(([name, all]) => [
        name,
        all.error ? all : { milliseconds: median(all), fastest: Math.min(...all) },
      ]),
    );
  });
}

const coldPage = (entry, net, format) => `<!doctype html>
<link rel="icon" href="data:,">
<script type="module">
  import { open } from '/bundles/${entry}.mjs';
  const read = async (file) => new Uint8Array(await (await fetch('/work/' + file)).arrayBuffer());
  try {
    const shape = ${JSON.stringify([1, ...net.input])};
    const options = { read, base: '/bundles/', net: '${net.name}', format: '${format}', shape };
    const run = await open(options);
    await run(new Float32Array(${net.input.reduce((a, b) => a * b, 1)}).fill(0.5));
    globalThis.done = { time: performance.now() };
  } catch (error) {
    globalThis.done = { error: String(error) };
  }
</script>`;
