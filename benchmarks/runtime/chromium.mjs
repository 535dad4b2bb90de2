/** Times in Chromium: of predictions, and from navigation to the first prediction. */
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
        const metrics = await metricsOf(page);
        await page.exposeFunction('threadTime', async () => 1000 * (await metrics()).ThreadTime);
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

/** A function that asks Chromium for the page's counters, seconds by name. */
async function metricsOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
}

/** Those who can share a page, and each of the others. */
function groups(contenders) {
  const entries = Object.entries(contenders);
  const shared = entries.filter(([, { alone }]) => !alone);
  return [shared, ...entries.filter(([, { alone }]) => alone).map((one) => [one])].map(Object.fromEntries);
}

/**
 * By program, from navigation to the first prediction, medians of `runs`: `milliseconds`
 * that a visitor waits on a network without delay, `above`, of these, what an empty page
 * does not take; `processor` and `thread`, milliseconds of processor time of the page's
 * process (in steps of 10) and of its main thread above that of an empty page. Each page
 * has a profile of its own, so nothing is cached.
 */
export function timeColdStarts({ executablePath, folders, programs, net, runs }) {
  const empty =
    '<!doctype html><link rel="icon" href="data:,"><script type="module">globalThis.done = { time: performance.now() }</script>';
  const pages = { '/empty': empty };
  for (const { entry, format } of Object.values(programs)) pages[`/${entry}`] = coldPage(entry, net, format);
  const addresses = { empty: '/empty' };
  for (const [name, { entry }] of Object.entries(programs)) addresses[name] = `/${entry}`;
  return withBrowser(executablePath, folders, pages, async (browser, address) => {
    const all = {};
    // The first run warms up the browser and the server.
    for (let run = 0; run <= runs; run++) {
      for (const [name, path] of Object.entries(addresses)) {
        const started = await startCold(browser, address + path);
        if (run > 0) all[name] = [...(all[name] ?? []), started];
      }
    }
    const medianOf = (name, key) => median(all[name].map((each) => each[key]));
    const above = (name, key) => medianOf(name, key) - medianOf('empty', key);
    return Object.fromEntries(
      Object.keys(programs).map((name) => {
        const { error } = all[name].find((each) => each.error) ?? {};
        if (error) return [name, { error }];
        const [waited, processor, thread] = ['time', 'processor', 'thread'].map((key) => above(name, key));
        return [name, { milliseconds: medianOf(name, 'time'), above: waited, processor, thread }];
      }),
    );
  });
}

async function startCold(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const metrics = await metricsOf(page);
  await page.goto(address);
  await page.waitForFunction(() => 'done' in globalThis);
  const done = await page.evaluate(() => globalThis.done);
  const { ProcessTime, ThreadTime } = await metrics();
  await context.close();
  return { ...done, processor: 1000 * ProcessTime, thread: 1000 * ThreadTime };
}

const coldPage = (entry, net, format) => `<!doctype html>
<link rel="icon" href="data:,">
<script type="module">
  import { open } from '/bundles/${entry}.mjs';
  const urlOf = (file) => '/nets/' + file;
  const read = async (file) => new Uint8Array(await (await fetch(urlOf(file))).arrayBuffer());
  try {
    const shape = ${JSON.stringify([1, ...net.input])};
    const options = { read, urlOf, base: '/bundles/', net: '${net.name}', format: '${format}', shape };
    const run = await open(options);
    await run(new Float32Array(${net.input.reduce((a, b) => a * b, 1)}).fill(0.5));
    globalThis.done = { time: performance.now() };
  } catch (error) {
    globalThis.done = { error: String(error) };
  }
</script>`;
