/**
 * What each callback adds to a training step: the stock model and the same model with a callback take turns in one process.
 *
 *   node benchmarks/overhead/run.mjs [--rounds 15]
 *
 * Beside it, on the same net, what tfmot's pruning wrapper adds to Keras, when python3 (or PYTHON) has tensorflow and
 * tensorflow-model-optimization: pip install tensorflow tf_keras tensorflow-model-optimization.
 * Writes results/overhead.json. To reach: a ratio of at most 1.05. productsOnly is a stock model whose kernels are multiplied
 * by something at each step, and the product thrown away: what masking cannot do without.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, writeResult } from '../tools/results.mjs';

const { values: args } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const cases = [
  { net: 'lenet-300-100', backend: 'wasm' },
  { net: 'lenet-300-100', backend: 'node' },
  { net: 'lenet-5', backend: 'node' },
];

const results = [];
for (const each of cases) {
  const child = spawnSync(process.execPath, [path('measure.mjs'), each.net, args.rounds], {
    env: { ...process.env, TFJS_BACKEND: each.backend, TF_CPP_MIN_LOG_LEVEL: '3' },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (child.status !== 0) {
    console.log(`${each.net} on ${each.backend}: not measured (${child.stdout.trim().split('\n').at(-1)})`);
    continue;
  }
  const { stock, ...others } = JSON.parse(child.stdout.trim().split('\n').at(-1));
  const ratio = (times) => median(times.map((time, i) => time / stock[i]));
  const ratios = Object.fromEntries(Object.entries(others).map(([name, times]) => [name, ratio(times)]));
  results.push({ ...each, stockMilliseconds: median(stock), ratios });
  console.log(`${each.net} on ${each.backend}: stock ${median(stock).toFixed(2)} ms a step`, ratios);
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
