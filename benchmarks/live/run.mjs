/**
 * Runs the live page (examples/browser) in Chromium as a visitor would, with its full
 * plan, and writes what its first screen shows: accuracy on the test images, bytes of
 * model and code, processor seconds of a whole run.
 *
 *     node benchmarks/live/run.mjs [--runs 3] [--name run]
 *
 * Times on the clock would be those of a machine that does nothing else: the processor
 * seconds of Chromium's processes are not.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { median, writeResult } from '../tools/results.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, name: { type: 'string', default: 'run' } },
});
const root = fileURLToPath(new URL('../../examples/browser', import.meta.url));
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path),
);
if (!executablePath) throw new Error('No Chromium found: the environment variable CHROMIUM can name one.');

await build({ root, logLevel: 'error' });
const server = await preview({ root, logLevel: 'error', preview: { host: '127.0.0.1', port: 0 } });
const url = `http://127.0.0.1:${server.httpServer.address().port}/`;
const runs = [];
let version = '';
for (let i = 0; i < Number(values.runs); i++) {
  // A browser of its own for each run: nothing is kept, and its processor time is the
  // run's.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  version = browser.version();
  runs.push(await visit(browser));
  console.log(JSON.stringify(runs.at(-1)));
  await browser.close();
}
const { runtime, tfjs } = await (await fetch(`${url}sizes.json`)).json();
await server.close();

const of = (key) => median(runs.map((run) => run[key]));
writeResult(
  new URL(`results/${values.name}.json`, import.meta.url),
  ['@tensorflow/tfjs-core', 'vite', 'playwright-core'],
  {
    browser: `Chromium ${version.split('.')[0]}`,
    runs: runs.length,
    before: { bytes: runs[0].floatBytes, code: tfjs, accuracy: of('float') },
    after: { bytes: of('bytes'), code: runtime, accuracy: of('small') },
    processorSeconds: of('processorSeconds'),
    each: runs,
  },
);
process.exit();

/** One visit: start, wait, and read what the page has kept of the run. */
async function visit(browser) {
  const session = await browser.newBrowserCDPSession();
  const seconds = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  const page = await browser.newPage();
  await page.goto(url);
  const before = await seconds();
  await page.click('#begin');
  await page.waitForFunction(
    () => /^(Train|Try) again$/.test(document.getElementById('main-button').textContent),
    null,
    {
      timeout: 3_600_000,
      polling: 1000,
    },
  );
  const processorSeconds = (await seconds()) - before;
  const record = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opened = indexedDB.open('tfjs-compress-live');
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const request = opened.result.transaction('runs').objectStore('runs').get('run');
          request.onsuccess = () => {
            const { float, test, points } = request.result;
            resolve({ floatBytes: float.weightData.byteLength, ...test, points });
          };
        };
      }),
  );
  const { points, ...rest } = record;
  const validation = points.map(({ accuracy }) => accuracy);
  return { ...rest, bytes: points.at(-1).bytes, processorSeconds, validation };
}
