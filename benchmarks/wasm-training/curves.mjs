/**
 * Training with this package against training on a backend that has all kernels: 200 steps of each net from the same weights over the
 * same five batches, and the greatest difference between the two losses of a step.
 *
 *   node benchmarks/wasm-training/curves.mjs [--nets lenet-5,lstm] [--steps 200] [--reference cpu]
 *
 * The reference is the cpu backend for the two nets that it can train in minutes, and tfjs-node for the others, at the batch sizes
 * below. The two nets with batch normalization learn at a hundredth of the usual rate: at the usual one, a unit that rounding switches on or
 * off at one step leads any two backends apart. How far one rounding leads the same kernels apart is measured, too: with the images
 * multiplied by 1 + 2⁻²³. Writes results/curves.json.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeResult } from '../tools/results.mjs';

const references = {
  'lenet-5': { backend: 'tfjs-node', batch: 16 },
  'lenet-300-100': { backend: 'cpu', batch: 8 },
  'resnet-20': { backend: 'tfjs-node', batch: 32, learningRate: 0.0001 },
  'mobilenet-0.25': { backend: 'tfjs-node', batch: 8, learningRate: 0.0001 },
  lstm: { backend: 'cpu', batch: 2 },
};

const { values: args } = parseArgs({
  options: {
    nets: { type: 'string', default: Object.keys(references).join() },
    steps: { type: 'string', default: '200' },
    reference: { type: 'string' },
  },
});

const packages = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-node',
  '@tfjs-compress/wasm-training',
];
const curves = {};
for (const net of args.nets.split(',')) {
  const {
    backend,
    batch,
    learningRate = 0.01,
  } = { ...references[net], ...(args.reference ? { backend: args.reference } : {}) };
  const wanted = losses(backend, net, batch, learningRate);
  const got = losses('wasm-training', net, batch, learningRate);
  const difference = apart(wanted, got);
  // What becomes of one rounding error in the images; word numbers have none.
  const rounding = net === 'lstm' ? 0 : apart(got, losses('wasm-training', net, batch, learningRate, 1 + 2 ** -23));
  curves[net] = {
    reference: backend,
    batch,
    learningRate,
    difference,
    rounding,
    first: wanted[0],
    last: wanted.at(-1),
    wanted,
    got,
  };
  console.log(
    `${net}, batch ${batch}: ${difference.toExponential(1)} from ${backend}, ${rounding.toExponential(1)} by a rounding (loss ${wanted[0]} → ${wanted.at(-1)})`,
  );
  // After each net: the whole takes its time.
  writeResult(new URL('results/curves.json', import.meta.url), packages, { steps: Number(args.steps), curves });
}

function apart(a, b) {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}

function losses(column, net, batch, learningRate, factor = '') {
  const script = fileURLToPath(new URL('losses.mjs', import.meta.url));
  const output = execFileSync(process.execPath, [script, column, net, batch, args.steps, learningRate, factor], {
    encoding: 'utf8',
  });
  return JSON.parse(output.trim().split('\n').at(-1));
}
