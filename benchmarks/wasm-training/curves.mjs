/**
 * Training with this package against training on backends that have all kernels: 200
 * steps of each net over the same five batches.
 *
 *   node benchmarks/wasm-training/curves.mjs
 *     [--nets lenet-5,lstm] [--steps 200] [--parts curve,sameWeights]
 *
 * Two questions, as one rounding may lead two trainings apart: how far are the losses of
 * two trainings that began with the same weights (`curve`), and how far are losses and
 * gradients from the same weights at every step (`sameWeights`)? What one rounding does
 * to the curve of the same kernels, and to the reference's own, is measured, too: with
 * the images multiplied by 1 + 2⁻²³.
 *
 * The curve's reference is the cpu backend for the nets that it can train in minutes, and
 * tfjs-node for the others; from the same weights, both, the cpu backend at fewer steps
 * of a smaller batch. Adds to results/curves.json, net by net.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readResult, writeResult } from '../tools/results.mjs';

/**
 * `cpu`: the batch and the steps between two comparisons with the cpu backend, which
 * takes up to ten seconds per image.
 */
const plans = {
  'lenet-5': { reference: 'cpu', batch: 8, learningRate: 0.001, cpu: [8, 20] },
  'lenet-300-100': { reference: 'cpu', batch: 8, learningRate: 0.001, cpu: [8, 1] },
  'resnet-20': { reference: 'tfjs-node', batch: 8, learningRate: 0.0001, cpu: [2, 40] },
  'mobilenet-0.25': { reference: 'tfjs-node', batch: 8, learningRate: 0.0001, cpu: [4, 20] },
  lstm: { reference: 'tfjs-node', batch: 16, learningRate: 0.3, cpu: [2, 40] },
};

const { values: args } = parseArgs({
  options: {
    nets: { type: 'string', default: Object.keys(plans).join() },
    steps: { type: 'string', default: '200' },
    parts: { type: 'string', default: 'curve,sameWeights' },
  },
});

const packages = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-node',
  '@tfjs-compress/wasm-training',
];
const file = new URL('results/curves.json', import.meta.url);
const parts = { curve: curveOf, sameWeights: sameWeightsOf };
const steps = Number(args.steps);
for (const net of args.nets.split(',')) {
  const made = args.parts.split(',').map((part) => [part, parts[part](net, plans[net])]);
  // After each net: the whole takes its time.
  const { nets = {} } = existsSync(file) ? readResult(file) : {};
  const result = { ...nets[net], steps, ...Object.fromEntries(made) };
  print(net, result);
  writeResult(file, packages, { nets: { ...nets, [net]: result } });
}

function curveOf(net, { reference, batch, learningRate }) {
  const wanted = losses(reference, net, batch, learningRate);
  const got = losses('wasm-training', net, batch, learningRate);
  // What becomes of one rounding error in the images; word numbers have none.
  const moved = (column, unmoved) =>
    net === 'lstm' ? unmoved : losses(column, net, batch, learningRate, 1 + 2 ** -23);
  return {
    reference,
    batch,
    learningRate,
    difference: apart(wanted, got),
    rounding: apart(got, moved('wasm-training', got)),
    roundingOfReference: apart(wanted, moved(reference, wanted)),
    wanted,
    got,
  };
}

function sameWeightsOf(net, { batch, learningRate, cpu: [cpuBatch, every] }) {
  return [
    { batch, pairs: fromSameWeights(net, batch, learningRate, 'tfjs-node', 1) },
    { batch: cpuBatch, pairs: fromSameWeights(net, cpuBatch, learningRate, 'cpu,tfjs-node', every) },
  ];
}

function print(net, { curve, sameWeights }) {
  const short = (value) => value.toExponential(1);
  console.log(
    `${net}: loss ${curve.wanted[0].toFixed(3)} → ${curve.wanted.at(-1).toFixed(3)}, the curve within ${short(curve.difference)} of ` +
      `${curve.reference}'s at batch ${curve.batch}; by one rounding ${short(curve.rounding)}, ` +
      `${curve.reference}'s own ${short(curve.roundingOfReference)}`,
  );
  for (const { batch, pairs } of sameWeights ?? []) {
    for (const [pair, { comparisons, loss, gradients }] of Object.entries(pairs)) {
      console.log(
        `  from the same weights, batch ${batch}, ${comparisons} ×, ${pair}: losses within ${short(loss)}, gradients within ` +
          `${short(gradients.median)} (median), ${short(gradients.greatest)} (greatest)`,
      );
    }
  }
}

function apart(a, b) {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}

function losses(column, net, batch, learningRate, factor = '') {
  return runJson('losses.mjs', [column, net, batch, steps, learningRate, factor]);
}

function fromSameWeights(net, batch, learningRate, others, every) {
  return runJson('sameWeights.mjs', [net, batch, learningRate, steps, others, every]);
}

function runJson(program, programArgs) {
  const script = fileURLToPath(new URL(program, import.meta.url));
  const output = execFileSync(process.execPath, [script, ...programArgs], { encoding: 'utf8' });
  return JSON.parse(output.trim().split('\n').at(-1));
}
