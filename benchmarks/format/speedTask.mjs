/**
 * One timing in a process of its own, so that its peak memory is its own: node speedTask.mjs TASK FOLDER. Prints JSON. Each task imports
 * what it needs and no more, as a program that does only this would.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeVgg16, readModel } from './models.mjs';

const [task, folder] = process.argv.slice(2);
const file = (name) => join(folder, name);
const floatBytes = 4 * 138_344_128;

const tasks = {
  async encode() {
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
    const tf = await import('@tensorflow/tfjs');
    return timed(() => {
      const { weightData, weightSpecs } = readModel(file('stock'));
      return tf.io.decodeWeights(weightData, weightSpecs);
    });
  },
};

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
console.log(JSON.stringify(result));
