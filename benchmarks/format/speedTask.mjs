/**
 * One timing in a process of its own, so that its peak memory is its own: node
 * speedTask.mjs TASK FOLDER. Prints JSON. Each task imports what it needs and no more, as
 * a program that does only this would.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [task, folder] = process.argv.slice(2);
const file = (name) => join(folder, name);
const floatBytes = 4 * 138_344_128;

const tasks = {
  async encode() {
    const { makeVgg16 } = await import('./models.mjs');
    const { pack } = await import('@tfjs-compress/format');
    const artifacts = makeVgg16();
    const result = timed(() => pack(artifacts));
    writeFileSync(file('vgg.tfz'), result.value);
    return { ...result, bytes: result.value.length, floatBytes: artifacts.weightData.byteLength };
  },
  async decode() {
    const { unpack } = await import('@tfjs-compress/format/decode');
    const bytes = readFileSync(file('vgg.tfz'));
    return timed(() => unpack(bytes));
  },
  async prepare() {
    const { makeVgg16 } = await import('./models.mjs');
    const { exportStock } = await import('@tfjs-compress/format');
    const { gzipSync } = await import('node:zlib');
    const artifacts = makeVgg16();
    const gz = gzipSync(new Uint8Array(artifacts.weightData), { level: 6 });
    writeFileSync(file('vgg.gz'), gz);
    const { sizeBytes } = await exportStock(artifacts, file('stock'), { quantize: 'uint8' });
    return { gzipBytes: gz.length, stockBytes: sizeBytes };
  },
  async gunzip() {
    const { gunzipSync } = await import('node:zlib');
    const bytes = readFileSync(file('vgg.gz'));
    return timed(() => gunzipSync(bytes));
  },
  async stock() {
    const { readModel } = await import('./models.mjs');
    const tf = await import('@tensorflow/tfjs');
    return timed(() => {
      const { weightData, weightSpecs } = readModel(file('stock'));
      return tf.io.decodeWeights(weightData, weightSpecs);
    });
  },
};

/** Small files: the decoder bundled into one file, as a page has it. */
Object.assign(tasks, {
  async bundle() {
    const { build } = await import('tsdown');
    const { fileURLToPath } = await import('node:url');
    const entry = { decode: fileURLToPath(new URL('../../packages/format/dist/decode.js', import.meta.url)) };
    const output = { outDir: folder, outExtensions: () => ({ js: '.mjs' }), clean: false, dts: false };
    await build({ entry, ...output, format: 'esm', minify: true, unbundle: false, config: false, logLevel: 'error' });
    return {};
  },
  async idle() {
    readFileSync(file('small.tfz'));
    return {};
  },
  async cold() {
    const { unpack } = await import(pathToFileURL(file('decode.mjs')));
    unpack(readFileSync(file('small.tfz')));
    return {};
  },
  async warm() {
    const { pack, unpack } = await import('@tfjs-compress/format');
    const bytes = readFileSync(file('small.tfz'));
    const artifacts = unpack(bytes);
    const floats = artifacts.weightData.byteLength;
    return { decodeMBps: rateOf(floats, () => unpack(bytes)), encodeMBps: rateOf(floats, () => pack(artifacts)) };
  },
});

/** MB of float32 a second of processor time, after a second of the same. */
function rateOf(floats, body) {
  let count = 0;
  let before;
  for (const start = performance.now(); performance.now() - start < 3000; count++) {
    if (!before && performance.now() - start > 1000) [before, count] = [process.cpuUsage(), 0];
    body();
  }
  const { user, system } = process.cpuUsage(before);
  return (count * floats) / (user + system);
}

function timed(body) {
  const before = process.memoryUsage().rss;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const value = body();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peak = process.resourceUsage().maxRSS * 1024;
  return { value, seconds, cpuSeconds: (user + system) / 1e6, peakBytes: peak, startBytes: before };
}

const { value, ...result } = await tasks[task]();
const rate = (seconds) => floatBytes / 1e6 / seconds;
if (result.seconds) Object.assign(result, { MBps: rate(result.seconds), cpuMBps: rate(result.cpuSeconds) });
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ ...result, processMs: (user + system) / 1e3 }));
