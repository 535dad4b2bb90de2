/**
 * What each callback adds to a training step: the stock model and the same model with a
 * callback take turns in one process.
 *
 *   node benchmarks/overhead/run.mjs [--runs 3] [--rounds 7]
 *
 * Beside it, on the same net, what tfmot's pruning wrapper adds to Keras, when python3
 * (or PYTHON) has tensorflow and tensorflow-model-optimization: pip install tensorflow
 * tf_keras tensorflow-model-optimization. Medians of several processes, which differ by
 * some .02. Writes results/overhead.json. To reach: a ratio of at most 1.05. productsOnly
 * is a stock model whose kernels are multiplied by something at each step, and the
 * product thrown away: about what masking cannot do without.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, writeResult } from '../tools/results.mjs';

const { values: args } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, rounds: { type: 'string', default: '7' } },
});
const cases = [
  { net: 'lenet-300-100', backend: 'wasm' },
  { net: 'lenet-300-100', backend: 'node' },
  { net: 'lenet-5', backend: 'node' },
];

const results = [];
for (const each of cases) {
  const runs = Array.from({ length: Number(args.runs) }, () => measure(each)).filter(Boolean);
  if (runs.length === 0) continue;
  const over = (pick) => median(runs.map(pick));
  const names = Object.keys(runs[0].ratios);
  const ratios = Object.fromEntries(names.map((name) => [name, over((run) => run.ratios[name])]));
  const stockMilliseconds = over((run) => run.stockMilliseconds);
  results.push({ ...each, stockMilliseconds, ratios, runs });
  console.log(`${each.net} on ${each.backend}: stock ${stockMilliseconds.toFixed(2)} ms a step`, ratios);
}

/**
 * One process: the median over its rounds of each variant's step as a multiple of the
 * stock model's.
 */
function measure({ net, backend }) {
  const child = spawnSync(process.execPath, [path('measure.mjs'), net, args.rounds], {
    env: { ...process.env, TFJS_BACKEND: backend, TF_CPP_MIN_LOG_LEVEL: '3' },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  const last = child.stdout.trim().split('\n').at(-1);
  if (child.status !== 0) {
    console.log(`${net} on ${backend}: not measured (${last})`);
    return undefined;
  }
  const { stock, ...others } = JSON.parse(last);
  const ratio = (times) => median(times.map((time, i) => time / stock[i]));
  const ratios = Object.fromEntries(Object.entries(others).map(([name, times]) => [name, ratio(times)]));
  return { stockMilliseconds: median(stock), ratios };
}

const python = spawnSync(process.env.PYTHON ?? 'python3', [path('tfmot_step.py'), args.rounds], { encoding: 'utf8' });
const tfmot = python.status === 0 ? JSON.parse(python.stdout.trim().split('\n').at(-1)) : undefined;
if (tfmot) console.log('tfmot on Keras:', tfmot.ratio);
else console.log(`tfmot: not measured (${python.stderr?.trim().split('\n').at(-1) ?? python.error?.message})`);

const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', '@tensorflow/tfjs-backend-wasm', 'tfjs-compress'];
writeResult(new URL('results/overhead.json', import.meta.url), packages, {
  batchSize: 64,
  results,
  tfmot: tfmot ?? 'not installed',
});

function path(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
