/**
 * Time of a training step on this package's kernels, tfjs's other backends and PyTorch,
 * and what each of our kernels takes of it.
 *
 *   node benchmarks/wasm-training/run.mjs
 *     [--seconds 6] [--nets lenet-5,lstm] [--python /path/to/python3] [--no-cpu]
 *
 * Columns that are not installed stay empty. tfjs-node: `npm install --no-save
 * @tensorflow/tfjs-node@4.22.0`. PyTorch: `python3 -m venv ENV && ENV/bin/pip install
 * torch numpy`, then `--python ENV/bin/python3`. Every column runs in a process of its
 * own. Besides the time that passes, the processor time of a step is taken, over all
 * threads: of one thread it is the same on a machine that is idle, and hardly more on one
 * that is not. Writes results/NET.json.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, writeResult } from '../tools/results.mjs';
import { nets } from './nets.mjs';

const { values: args } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    nets: { type: 'string', default: Object.keys(nets).join() },
    python: { type: 'string', default: 'python3' },
    'no-cpu': { type: 'boolean', default: false },
  },
});

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const inNode = (column) => (net) => [process.execPath, script('step.mjs'), column, net, args.seconds];
// From Node 22 on, this package fuses multiplications and additions without being told.
const flag = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];
const inPython = (threads) => (net) => [args.python, script('torch_steps.py'), threads, net, args.seconds];
const columns = {
  'wasm-training': inNode('wasm-training'),
  ...(flag.length && { 'wasm-training, fused': (net) => inNode('wasm-training')(net).toSpliced(1, 0, ...flag) }),
  'tfjs WASM': inNode('wasm'),
  'tfjs-node': inNode('tfjs-node'),
  'PyTorch, 1 thread': inPython('1'),
  'PyTorch, 2 threads': inPython('2'),
  ...(args['no-cpu'] ? {} : { 'tfjs cpu': inNode('cpu') }),
};

const packages = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-node',
  '@tfjs-compress/wasm-training',
];
for (const net of args.nets.split(',')) {
  const steps = {};
  let torch;
  for (const [column, command] of Object.entries(columns)) {
    const result = run(command(net));
    torch ??= result.version;
    steps[column] = summarize(result, nets[net].batch);
  }
  printSteps(net, steps);
  const kernels = run([process.execPath, script('kernels.mjs'), net, args.seconds]);
  printKernels(net, kernels);
  const result = { net, batch: nets[net].batch, torch, unit: 'ms per step', steps, kernels };
  writeResult(new URL(`results/${net}.json`, import.meta.url), packages, result);
}

function run([command, ...rest]) {
  try {
    const output = execFileSync(command, rest, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(output.trim().split('\n').at(-1));
  } catch (error) {
    return { error: error.message.split('\n')[0].replaceAll(/\/\S*\//g, '') };
  }
}

/** Medians; of a smaller batch, times the batches that make up the real one. */
function summarize({ wall, processor, batch, error }, wanted) {
  if (error) return { error };
  const factor = wanted / batch;
  const scaled = factor === 1 ? {} : { measuredAtBatch: batch };
  return {
    median: factor * median(wall),
    fastest: factor * Math.min(...wall),
    processor: factor * median(processor),
    count: wall.length,
    ...scaled,
  };
}

function printSteps(net, steps) {
  console.log(`ms per step, median (processor time)\n| net | ${Object.keys(columns).join(' | ')} |`);
  console.log(
    `|---|${Object.keys(columns)
      .map(() => '---:|')
      .join('')}`,
  );
  const show = ({ median: wall, processor, measuredAtBatch }) =>
    wall === undefined ? '–' : `${measuredAtBatch ? '≈ ' : ''}${digits(wall)} (${digits(processor)})`;
  console.log(`| ${net}, batch ${nets[net].batch} | ${Object.values(steps).map(show).join(' | ')} |`);
}

function printKernels(net, { error, limits, rows }) {
  if (error) throw new Error(`${net}: ${error}`);
  const { gflops, gigabytes } = limits;
  console.log(`\n${net}: limits of one thread ${digits(gflops)} Gflop/s, ${digits(gigabytes)} GB/s`);
  for (const { kernel, ms, calls, share, bound } of rows.slice(0, 12)) {
    const times = `${digits(ms).padStart(8)} ms ${String(calls).padStart(5)} ×`;
    console.log(`${times} ${kernel.padEnd(38)} ${Math.round(100 * share)} % of the ${bound} limit`);
  }
}

function digits(value) {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
