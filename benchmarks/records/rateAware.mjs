/**
 * Rate-aware rounding (INQScheduler's saveBits) against rounding alone, and against
 * pruning the smallest weights until as many bits are saved, all from what a row's
 * surgery left on disk (run.mjs).
 *
 *   MNIST_DIR=folder node benchmarks/records/rateAware.mjs ROW [plain] [saveBits=.3]
 *   [magnitude=.3] … [--seed 0]
 *
 * ROW is lenet-300-100-file, with 11 epochs of half the images (some 15 s of processor
 * time each), or lenet-5-file, with 20 (some 80 s). Validation images judge; the test
 * set is not read. Writes results/ROW-rate.json, beside the variants that are in it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBackend } from '@tfjs-compress/example-tools';
import { PRUNED, roundToPowerOfTwo, setMask } from '@tfjs-compress/math';
import { weightBits } from '@tfjs-compress/math/internal';
import { INQScheduler } from 'tfjs-compress';
import { readResult, writeResult } from '../tools/results.mjs';
import { errorOf, readMnist, softSource } from './data.mjs';
import { halfMild, mild } from './denseNets.mjs';
import { countNonZero, loadStage } from './Stages.mjs';
import { loadFile, smallFile } from './smallFile.mjs';
import { fit } from './training.mjs';

const solver = { batchSize: 128, rate: 0.02, weightDecay: 1e-5, images: 27_500 };
const rows = {
  'lenet-300-100-file': {
    dense: 'lenet-300-100-dense',
    pruned: 'lenet-300-100-file-pruned1',
    augment: halfMild,
    solver: { ...solver, epochs: 11, lowest: 0.0005, period: 1 },
  },
  'lenet-5-file': {
    dense: 'lenet-5-dense',
    pruned: 'lenet-5-pruned1',
    augment: mild,
    solver: { ...solver, epochs: 20, lowest: 0.001, period: 2 },
  },
};
const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '0' } },
});
const [name, ...given] = positionals;
const row = rows[name];
if (!row) throw new Error(`row: expected one of ${Object.keys(rows).join(', ')}, received ${name ?? 'none'}.`);
const variants = (given.length > 0 ? given : ['plain', 'saveBits=.3', 'magnitude=.3']).map((variant) => {
  const [way, share = '0'] = variant.split('=');
  const isRight = ['plain', 'saveBits', 'magnitude'].includes(way) && Number(share) >= 0 && Number(share) < 1;
  if (!isRight) throw new Error(`variant: expected plain, saveBits=.3 or magnitude=.3, received ${variant}.`);
  return { way, share: Number(share) };
});

/** Saves bits by the smallest weights, at the same steps. */
class ByMagnitude extends INQScheduler {
  async saveBits(fraction) {
    const { saveBits, steps } = this.options;
    const kernels = [];
    for (const target of this.targets) {
      const values = await target.kernel.effectiveValues();
      const levels = roundToPowerOfTwo(values, await this.codebook(target));
      kernels.push({ values, levels, shape: target.kernel.variable.shape });
    }
    const total = () => kernels.reduce((sum, { levels, shape }) => sum + weightBits(levels, shape).total, 0);
    this.bitsBefore ??= total();
    const most = this.bitsBefore * (1 - (saveBits * fraction) / steps.at(-2));
    const smallest = kernels
      .flatMap(({ values }, k) => [...values.entries()].map(([i, value]) => ({ k, i, size: Math.abs(value) })))
      .filter(({ size }) => size > 0)
      .sort((a, b) => a.size - b.size);
    const zeros = kernels.map(({ values }) => new Set([...values.keys()].filter((i) => values[i] === 0)));
    for (let n = 0; total() > 1.005 * most; n += 16) {
      for (const { k, i } of smallest.slice(n, n + 16)) {
        kernels[k].levels[i] = 0;
        zeros[k].add(i);
      }
    }
    for (const [k, { kernel }] of this.targets.entries()) {
      await kernel.update(setMask(kernel.states.map((state, i) => (zeros[k].has(i) ? PRUNED : state))));
    }
  }
}

const backend = await startBackend();
const seed = Number(args.seed);
const folder = fileURLToPath(new URL(`output/seed${seed}`, import.meta.url));
const { train, validation } = readMnist();
const judge = (model) => errorOf(model, validation);
const teacher = await loadStage({ file: join(folder, `${row.dense}.tfz`) });
const { key } = JSON.parse(readFileSync(join(folder, `${row.dense}.json`), 'utf8'));
const answers = join(folder, `soft-${key}-${Object.values(row.augment).join('-')}.bin`);
const source = softSource(train, row.augment, teacher, answers, seed);
teacher.dispose();
for (const variant of variants) keep(await run(variant));

async function run({ way, share }) {
  const begin = process.cpuUsage();
  const model = await loadStage({ file: join(folder, `${row.pruned}.tfz`) });
  const Scheduler = way === 'magnitude' ? ByMagnitude : INQScheduler;
  const steps = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];
  const inq = new Scheduler({ bits: 4, steps, saveBits: share, keepZeros: true, verbose: 0 });
  const label = `${name}, ${way} ${share}`;
  const history = await fit(model, source, row.solver, {
    seed,
    part: 1,
    callbacks: [inq],
    validate: () => judge(model),
    label,
  });
  const { bytes, biasStep } = await smallFile(model, judge, 0.0004);
  const loaded = await loadFile(bytes);
  const nonZero = countNonZero(loaded);
  const validationError = judge(loaded);
  for (const each of [model, loaded]) each.dispose();
  const { user, system } = process.cpuUsage(begin);
  const seconds = (user + system) / 1e6;
  return { way, share, bytes: bytes.length, nonZero, validationError, biasStep, seconds, loss: history.loss };
}

/** Beside the other variants, in their order. */
function keep(result) {
  console.log(result);
  const url = new URL(`results/${name}-rate.json`, import.meta.url);
  const before = existsSync(url) ? readResult(url).variants : [];
  const others = before.filter(({ way, share }) => way !== result.way || share !== result.share);
  const all = [...others, result].sort((a, b) => a.share - b.share || a.way.localeCompare(b.way));
  const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'];
  writeResult(url, packages, { backend, row: name, seed, solver: row.solver, variants: all });
}
