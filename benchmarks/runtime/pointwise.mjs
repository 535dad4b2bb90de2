/**
 * What part of the processor's multiply-add limit the 1 × 1 kernel reaches, from nets
 * that differ only in their number of convolutions. A process of its own, as the fastest
 * of many short runs: so is the limit.
 *
 *   node pointwise.mjs JSON
 *
 * with { nets, bundles, planes }; prints { gflops, planes: [{ size, channels, gflops,
 * ofLimit }] } in its last line.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { measureLimits } from '../wasm-training/limits.mjs';

const rounds = 60;
const { nets, bundles, planes } = JSON.parse(process.argv[2]);
const { open } = createRequire(import.meta.url)(join(bundles, 'ours.cjs'));
const read = async (file) => new Uint8Array(readFileSync(join(nets, file)));

const before = await measureLimits();
const measured = [];
for (const { size, channels, zeros, counts } of planes) {
  const runs = await Promise.all(counts.map((count) => open({ read, net: `pointwise-${size}-${count}` })));
  const x = new Float32Array(size ** 2 * channels).fill(0.5);
  const [few, many] = fastest(runs.map((run) => () => run(x)));
  const work = 2 * Math.round((1 - zeros) * channels ** 2) * size ** 2;
  measured.push({ size, channels, gflops: (work * (counts[1] - counts[0])) / (many - few) / 1e6 });
}
const after = await measureLimits();
const gflops = Math.max(before.gflops, after.gflops);
const all = measured.map((plane) => ({ ...plane, ofLimit: plane.gflops / gflops }));
console.log(`\n${JSON.stringify({ gflops, planes: all })}`);
process.exit();

/** Milliseconds of each, taking turns. */
function fastest(runs) {
  const best = runs.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of runs.entries()) {
      const start = performance.now();
      run();
      best[i] = Math.min(best[i], performance.now() - start);
    }
  }
  return best;
}
