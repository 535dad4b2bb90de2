/**
 * Losses and gradients from the same weights on this package's kernels and on other
 * backends:
 *
 *   node sameWeights.mjs NET BATCH LEARNING_RATE STEPS BACKEND[,BACKEND] EVERY
 *
 * Trains with this package; at every EVERY-th step the other backends compute the loss
 * and the gradients of all weights, too. Prints JSON: for each pair of backends the
 * greatest difference of a loss, and the difference of the gradients, all weights as one
 * vector, ‖a − b‖ / ‖a‖, its median and the greatest. What differs is one step's
 * rounding, which no step before has amplified; but a rectifier that rounding switches on
 * or off changes a gradient by all that went through it.
 */
import { createRequire } from 'node:module';
import { median } from '../tools/results.mjs';
import { start } from './backends.mjs';
import { buildNet, makeBatch } from './nets.mjs';

const [name, batch, learningRate, steps, others, every] = process.argv.slice(2);
const tf = await start('wasm-training');
if (others.includes('tfjs-node')) createRequire(import.meta.url)('@tensorflow/tfjs-node');
const backends = { ours: 'wasm', 'tfjs-node': 'tensorflow', cpu: 'cpu' };

await tf.setBackend('wasm');
const model = buildNet(tf, name);
const optimizer = tf.train.momentum(Number(learningRate), 0.9);
const batches = [1, 2, 3, 4, 5].map((seed) => makeBatch(tf, name, Number(batch), seed));
const pairs = {};
for (let step = 0; step < Number(steps); step++) {
  const [x, y] = batches[step % batches.length];
  const ours = gradients(x, y);
  if (step % Number(every) === 0) {
    const results = { ours: values(ours) };
    for (const other of others.split(',')) {
      await tf.setBackend(backends[other]);
      const theirs = gradients(x, y);
      results[other] = values(theirs);
      tf.dispose(theirs);
    }
    await tf.setBackend('wasm');
    compare(results);
  }
  optimizer.applyGradients(ours.grads);
  tf.dispose(ours);
}
for (const pair of Object.values(pairs)) {
  pair.loss = Math.max(...pair.loss);
  pair.gradients = { median: median(pair.gradients), greatest: Math.max(...pair.gradients) };
}
console.log(JSON.stringify(pairs));

function gradients(x, y) {
  return tf.variableGrads(() => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true })));
}

function values({ value, grads }) {
  return { loss: value.dataSync()[0], grads: Object.values(grads).map((grad) => grad.dataSync()) };
}

function compare(results) {
  const names = Object.keys(results);
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(i + 1)) {
      pairs[`${a} and ${b}`] ??= { comparisons: 0, loss: [], gradients: [] };
      const pair = pairs[`${a} and ${b}`];
      pair.comparisons += 1;
      pair.loss.push(Math.abs(results[a].loss - results[b].loss));
      pair.gradients.push(distance(results[a].grads, results[b].grads));
    }
  }
}

function distance(a, b) {
  let [apart, length] = [0, 0];
  a.forEach((array, i) => {
    array.forEach((value, j) => {
      apart += (value - b[i][j]) ** 2;
      length += value ** 2;
    });
  });
  return Math.sqrt(apart / length);
}
