/**
 * Predicts a column of a CSV file from the others, as small as possible: `npm start`, or
 * `npm start -- my.csv price`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { compress } from 'tfjs-compress';
import { readTable } from './table.js';

process.on('uncaughtException', ({ message }) => {
  console.error(message);
  process.exit(1);
});
const epochs = Number(process.env.EPOCHS ?? 60);
if (!(epochs >= 4)) throw new Error(`EPOCHS: expected a number of at least 4, received '${process.env.EPOCHS}'.`);
const [file = 'cars.csv', target = 'mpg'] = process.argv.slice(2);
const { names, rows, targets } = readTable(file, target);
console.log(`${file}: ${rows.length} rows; ${target} is predicted from ${names.join(', ')}`);

registerTrainingKernels(); // WebAssembly trains faster with them
await tf.setBackend('wasm');

// 3 of 5 rows train, 1 of 5 chooses, 1 of 5 judges at the end.
const part = (...fifths) => {
  const chosen = rows.map((_, i) => i).filter((i) => fifths.includes(i % 5));
  return { xs: tf.tensor2d(chosen.map((i) => rows[i])), ys: tf.tensor2d(chosen.map((i) => [targets[i]])) };
};
const [train, validation, test] = [part(0, 1, 2), part(3), part(4)];

// The first layer is fixed: it brings each column to mean 0 and deviation 1. So the file
// takes the table's own numbers.
const { mean, variance } = tf.moments(train.xs, 0);
const scale = tf.rsqrt(tf.add(variance, 1e-6));
const model = tf.sequential();
model.add(tf.layers.dense({ name: 'scale', units: names.length, inputShape: [names.length], trainable: false }));
model.layers[0].setWeights([tf.diag(scale), tf.neg(tf.mul(mean, scale))]);
const middle = tf.initializers.constant({ value: tf.mean(train.ys).dataSync()[0] });
model.add(tf.layers.dense({ name: 'hidden1', units: 64, activation: 'relu' }));
model.add(tf.layers.dense({ name: 'hidden2', units: 64, activation: 'relu' }));
model.add(tf.layers.dense({ name: 'out', units: 1, biasInitializer: middle }));
model.compile({ optimizer: tf.train.adam(0.005), loss: 'meanSquaredError' });

const fit = (net, options) => net.fit(train.xs, train.ys, { batchSize: 32, verbose: 0, ...options });
await fit(model, { epochs });

/** How far predictions are off, on average, in the column's own unit. */
async function meanError(predict, { xs, ys }) {
  const error = tf.tidy(() => tf.mean(tf.abs(tf.sub(predict(xs), ys))));
  return (await error.data())[0];
}

const found = await compress(model, {
  train: fit,
  evaluate: async (net) => -(await meanError((xs) => net.predict(xs), validation)), // higher is better
  maxLoss: 0.2, // of the score: a fifth of a mile per gallon
  trials: 12,
  epochs,
  verbose: 0,
});
mkdirSync('output', { recursive: true });
writeFileSync('output/model.tfz', found.file);

const error = async (predict) => Number((await meanError(predict, test)).toFixed(2));
console.table({
  'always the mean': { 'mean error': await error(() => tf.mean(train.ys)), bytes: 4 },
  before: { 'mean error': await error((xs) => model.predict(xs)), bytes: 4 * model.countParams() },
  after: { 'mean error': await error((xs) => found.model.predict(xs)), bytes: found.sizeBytes },
});
console.log(`output/model.tfz takes ${names.length} numbers in this order: ${names.join(', ')}`);
