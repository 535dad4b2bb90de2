/**
 * Exact selection of the k-th largest magnitude among many float32 weights, against
 * Float32Array's sort of a copy.
 *
 *   node --expose-gc benchmarks/partition/run.mjs [--weights 1e8] [--runs 5]
 *
 * Writes results/partition.json. To reach: at least 10 times faster than the sort, at
 * most 1 byte a weight.
 */
import { parseArgs } from 'node:util';
import { FREE, freezeFraction, kthLargestMagnitude } from '@tfjs-compress/math';
import { median, writeResult } from '../tools/results.mjs';

const { values: args } = parseArgs({
  options: { weights: { type: 'string', default: '1e8' }, runs: { type: 'string', default: '5' } },
});
const count = Number(args.weights);
const k = Math.round(count / 2);

const weights = new Float32Array(count);
let state = 1;
for (let i = 0; i < count; i++) {
  // The sum of four uniform numbers: bell-shaped, like weights.
  let sum = -2;
  for (let j = 0; j < 4; j++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    sum += state / 2 ** 32;
  }
  weights[i] = sum / 20;
}

const selection = [];
const sort = [];
let selected;
let sorted;
for (let run = 0; run < Number(args.runs); run++) {
  selection.push(seconds(() => (selected = kthLargestMagnitude(weights, k))));
  const magnitudes = weights.map(Math.abs);
  sort.push(seconds(() => magnitudes.sort()));
  sorted = magnitudes[count - k];
  console.log(`run ${run + 1}: selection ${selection.at(-1).toFixed(2)} s, sort ${sort.at(-1).toFixed(2)} s`);
}
if (selected !== sorted) throw new Error(`selected ${selected}, sorted ${sorted}`);

// A whole partition, states included: what it allocates beside weights and states.
const states = new Uint8Array(count).fill(FREE);
globalThis.gc?.();
const before = process.memoryUsage();
const partition = seconds(() => freezeFraction(weights, states, 0.5));
const after = process.memoryUsage();
const extraBytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;

const ratios = sort.map((time, i) => time / selection[i]);
writeResult(new URL('results/partition.json', import.meta.url), ['@tfjs-compress/math'], {
  weights: count,
  selectionSeconds: median(selection),
  sortSeconds: median(sort),
  timesFaster: median(ratios),
  partitionSeconds: partition,
  stateBytesPerWeight: 1,
  extraBytesPerWeight: Math.max(0, extraBytes) / count,
});
console.log(`${median(ratios).toFixed(1)} times faster than the sort`);

/**
 * Of this process, which has one thread: what else runs on the machine does not count.
 */
function seconds(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
