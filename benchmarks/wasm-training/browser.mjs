/**
 * Trains LeNet-5 in Chromium on the three builds of the WASM backend (threads and SIMD,
 * where the page is isolated, with one thread and with two; SIMD; plain), and compares
 * the losses with those in Node.
 *
 *   node benchmarks/wasm-training/browser.mjs [--chromium /usr/bin/chromium] [--check]
 *
 * Writes results/browser.json, with --check nothing. Fails when losses differ by more
 * than 1e-5.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { median, writeResult } from '../tools/results.mjs';
import { start } from './backends.mjs';
import { buildNet, makeBatch } from './nets.mjs';

const { values: args } = parseArgs({
  options: { chromium: { type: 'string', default: '/usr/bin/chromium' }, check: { type: 'boolean', default: false } },
});
const require = createRequire(import.meta.url);
const folder = (name) => join(dirname(require.resolve(`${name}/package.json`)), 'dist');
const roots = {
  tfjs: folder('@tensorflow/tfjs'),
  wasm: folder('@tensorflow/tfjs-backend-wasm'),
  ours: folder('@tfjs-compress/wasm-training'),
  here: dirname(fileURLToPath(import.meta.url)),
};
const core = require('@tensorflow/tfjs-core');
const STEPS = 8;
const BATCH = 16;

/**
 * tfjs's script tags put everything into `tf`; this package imports modules by name,
 * which are made of it here.
 */
const modules = {
  '/core.js': exportsOf('tf', Object.keys(core)),
  '/backend.js': exportsOf('tf.wasm', ['getThreadsCount', 'version_wasm']),
};
const page = `<!doctype html><script src="/tfjs/tf.min.js"></script><script src="/wasm/tf-backend-wasm.min.js"></script>
<script type="importmap">{"imports": {"@tensorflow/tfjs-core": "/core.js", "@tensorflow/tfjs-backend-wasm": "/backend.js"}}</script>
<script type="module">
import { registerTrainingKernels } from '/ours/index.js';
import { buildNet, makeBatch } from '/here/nets.mjs';
window.train = async (simd) => {
  tf.wasm.setWasmPaths('/wasm/');
  if (!simd) tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
  tf.wasm.setThreadsCount(2);
  registerTrainingKernels();
  if (!(await tf.setBackend('wasm'))) throw new Error('the WASM backend did not start');
  const threads = tf.wasm.getThreadsCount();
  const shared = crossOriginIsolated && tf.backend().wasm.HEAPU8.buffer instanceof SharedArrayBuffer;
  const model = buildNet(tf, 'lenet-5');
  const [x, y] = makeBatch(tf, 'lenet-5', ${BATCH});
  const [losses, times] = [[], []];
  for (let i = 0; i < ${STEPS}; i++) {
    const start = performance.now();
    losses.push(await model.trainOnBatch(x, y));
    times.push(performance.now() - start);
  }
  return { threads, shared, losses, times };
};
</script>`;

function exportsOf(global, names) {
  const usable = names.filter((name) => name !== 'default');
  return usable.map((name) => `export const ${name} = ${global}.${name};`).join('\n');
}

function serve(isolated) {
  const types = { '.wasm': 'application/wasm', '.html': 'text/html' };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    const [, root, ...rest] = pathname.split('/');
    try {
      const generated = pathname === '/' ? page : modules[pathname];
      const file = join(roots[root] ?? '', ...rest);
      if (!generated && !file.startsWith(roots[root] + sep)) throw new Error('outside');
      response.setHeader(
        'Content-Type',
        pathname === '/' ? 'text/html' : (types[extname(pathname)] ?? 'text/javascript'),
      );
      response.end(generated ?? readFileSync(file));
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function inBrowser(browser, { isolated, simd, cores }) {
  const server = await serve(isolated);
  const tab = await browser.newPage();
  try {
    // The backend takes half of the cores as threads.
    if (cores) {
      await tab.addInitScript((value) => Object.defineProperty(navigator, 'hardwareConcurrency', { value }), cores);
    }
    tab.on('pageerror', (error) => console.error(error.message));
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    await tab.waitForFunction(() => 'train' in window);
    return await tab.evaluate((simd) => window.train(simd), simd);
  } finally {
    await tab.close();
    server.close();
  }
}

async function inNode() {
  const tf = await start('wasm-training');
  const model = buildNet(tf, 'lenet-5');
  const [x, y] = makeBatch(tf, 'lenet-5', BATCH);
  const losses = [];
  for (let i = 0; i < STEPS; i++) losses.push(await model.trainOnBatch(x, y));
  return losses;
}

const wanted = await inNode();
const browser = await chromium.launch({ executablePath: args.chromium, args: ['--no-sandbox'] });
const builds = {};
try {
  for (const [build, options] of Object.entries({
    'threaded-simd': { isolated: true, simd: true },
    'threaded-simd, 2 threads': { isolated: true, simd: true, cores: 4 },
    simd: { isolated: false, simd: true },
    plain: { isolated: false, simd: false },
  })) {
    const { threads, shared, losses, times } = await inBrowser(browser, options);
    const difference = Math.max(...losses.map((loss, i) => Math.abs(loss - wanted[i])));
    if (options.cores && threads !== 2) throw new Error(`${build}: ${threads} thread(s)`);
    if (shared !== options.isolated) throw new Error(`${build}: is the memory shared? ${shared}`);
    builds[build] = { threads, difference, median: median(times.slice(2)) };
    console.log(
      `${build}: ${threads} thread(s), ${Math.round(median(times.slice(2)))} ms a step, losses within ${difference} of Node's`,
    );
    if (!(difference < 1e-5)) throw new Error(`${build}: the losses differ from Node's by ${difference}.`);
  }
} finally {
  await browser.close();
}
if (!args.check) {
  const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@tfjs-compress/wasm-training'];
  writeResult(new URL('results/browser.json', import.meta.url), packages, {
    chromium: browser.version(),
    batch: BATCH,
    builds,
  });
}
process.exit(0);
