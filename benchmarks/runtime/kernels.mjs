/**
 * How near the runtime's kernels come to what multiplying and adding in registers would
 * take, measured in the same run: node [--experimental-wasm-relaxed-simd] kernels.mjs
 * [rounds [part of the names]]. Processor time of this process, the best of the rounds.
 * With the flag the kernels' multiplications and additions are one instruction, and may
 * take less than the limit, where they are two.
 */
import { writeResult } from '../tools/results.mjs';
import { copy, planesProduct, unary, vectorProduct, window } from './kernels/cases.mjs';
import { fused, registersOnly } from './kernels/machine.mjs';

const rounds = Number(process.argv[2] ?? 15);
const MILLISECONDS = 8;

/** MobileNet v1's pointwise layers, by the size of their planes. */
const pointwise = [
  [112, 32, 64],
  [56, 128, 128],
  [28, 256, 256],
  [14, 512, 512],
  [7, 1024, 1024],
];

const cases = {};
for (const zeros of [0, 0.5, 0.7, 0.9, 0.95]) {
  for (const [size, inputs, outputs] of pointwise) {
    const name = `${zeros ? `sparseProduct, ${zeros * 100}% zeros` : 'denseProduct'}, ${inputs} → ${outputs} planes of ${size}²`;
    cases[name] = planesProduct({ size, inputs, outputs, zeros });
  }
}
for (const [inputs, outputs, skipped] of [
  [784, 300, 0.8],
  [300, 100, 0.5],
  [1024, 1024, 0.5],
]) {
  for (const zeros of [0, 0.95]) {
    const name = zeros ? `sparseVector, ${zeros * 100}% zeros` : 'denseVector';
    cases[`${name}, ${inputs} → ${outputs}, ${skipped * 100}% of inputs 0`] = vectorProduct({
      ...{ inputs, outputs, zeros, skipped },
    });
  }
}
for (const [size, channels] of [
  [112, 64],
  [56, 128],
  [28, 256],
  [14, 512],
  [7, 1024],
]) {
  const planes = `${channels} planes of ${size}²`;
  cases[`depthwise 3 × 3, ${planes}`] = window({ kind: 'sum', size, channels, kernel: 3, stride: 1, padding: 1 });
  if (size > 7) {
    cases[`depthwise 3 × 3, stride 2, ${planes}`] = window({
      kind: 'sum',
      size,
      channels,
      kernel: 3,
      stride: 2,
      padding: 1,
    });
    cases[`max pooling 2 × 2, ${planes}`] = window({ kind: 'max', size, channels, kernel: 2, stride: 2, padding: 0 });
  }
}
cases['depthwise 5 × 5, 240 planes of 28²'] = window({
  kind: 'sum',
  size: 28,
  channels: 240,
  kernel: 5,
  stride: 1,
  padding: 2,
});
const square = 112 * 112;
cases['copy, contiguous'] = copy({ sizes: [64 * square], from: [1], to: [1] });
cases['copy, rows to planes, 64 channels'] = copy({ sizes: [64, square], from: [1, 64], to: [square, 1] });
cases['copy, planes to rows, 64 channels'] = copy({ sizes: [square, 64], from: [1, square], to: [64, 1] });
cases['copy, rows to planes, 3 channels'] = copy({ sizes: [3, 4 * square], from: [1, 3], to: [4 * square, 1] });
cases['copy, phases of 3 channels'] = copy({
  sizes: [2, 3, 224, 112],
  from: [3, 1, 672, 6],
  to: [3 * 2 * square, 2 * square, 112, 1],
});
cases['copy, into a padded plane'] = copy({ sizes: [64, 56, 56], from: [3136, 56, 1], to: [3364, 58, 1] });
cases['copy, every second number'] = copy({ sizes: [64, 112, 56], from: [square, 112, 2], to: [112 * 56, 56, 1] });
for (const [name, kind] of Object.entries({ clamp: 0, sigmoid: 4, tanh: 6, exp: 13 })) {
  cases[`unary ${name}`] = unary({ kind, count: 10_000 });
}

const limit = await registersOnly();

function seconds(run, times) {
  const start = process.cpuUsage();
  for (let i = 0; i < times; i++) run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const only = process.argv[3];
const chosen = Object.entries(cases).filter(([name]) => !only || name.includes(only));
for (const [, one] of chosen) {
  // Until V8's optimizing compiler is done with them.
  seconds(one.run, 20);
  let times = 1;
  while (seconds(one.run, times) * 1e3 < MILLISECONDS) times *= 2;
  Object.assign(one, { times, best: Number.POSITIVE_INFINITY });
}
let fastest = Number.POSITIVE_INFINITY;
const PAIRS = 4e7;
for (let round = 0; round < rounds; round++) {
  fastest = Math.min(fastest, seconds(() => limit(PAIRS), 1) / PAIRS);
  for (const [, one] of chosen) one.best = Math.min(one.best, seconds(one.run, one.times) / one.times);
}

const results = chosen.map(([name, { best, products, moved }]) => {
  const microseconds = Number((best * 1e6).toPrecision(4));
  if (products) return { name, microseconds, ofLimit: Number(((products * fastest) / best).toFixed(3)) };
  return { name, microseconds, gigabytesPerSecond: Number(((8 * moved) / best / 1e9).toFixed(2)) };
});
console.log(`limit: ${(1 / fastest / 1e9).toFixed(2)} · 10⁹ multiply-adds a second`);
console.table(results);
if (!only) {
  writeResult(new URL(`results/kernels${fused ? '-fused' : ''}.json`, import.meta.url), ['assemblyscript'], {
    multiplyAddsPerSecond: Math.round(1 / fastest),
    rounds,
    results,
  });
}
