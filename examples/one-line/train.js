/**
 * A program that trains a net, as you may have one. (+) marks what tfjs-compress adds.
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress'; // (+)
import { loadDigits } from './digits.js';

const epochs = Number(process.env.EPOCHS ?? 12);
if (!(epochs >= 6)) {
  console.error(`EPOCHS: expected a number of at least 6, received '${process.env.EPOCHS}'.`);
  process.exit(1);
}

await tf.setBackend('wasm');
const { train, validation, test } = loadDigits([784]);

const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: 100, activation: 'relu', inputShape: [784] }),
    tf.layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

const options = { epochs, batchSize: 64, validationData: [validation.xs, validation.ys], verbose: 0 };
await model.fit(train.xs, train.ys, options);
const before = await accuracy(model);

// (+) the one line: train on with two callbacks. The first prunes, the second rounds what
// is left to powers of two.
await model.fit(train.xs, train.ys, {
  ...options,
  callbacks: [new SurgeryCallback({ targetSparsity: 0.8 }), new INQScheduler()],
});

const { sizeBytes } = await model.save(compressed('file://output/model.tfz')); // (+) where it was 'file://output/model'
const again = await tf.loadLayersModel(compressed('file://output/model.tfz')); // (+)
again.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

console.table({
  before: { 'test accuracy, %': before, bytes: 4 * model.countParams() },
  after: { 'test accuracy, %': await accuracy(model), bytes: sizeBytes },
  'after, loaded again': { 'test accuracy, %': await accuracy(again), bytes: sizeBytes },
});

/** Test images have no part in training: they only judge. */
async function accuracy(net) {
  const [, value] = net.evaluate(test.xs, test.ys);
  return Number((100 * (await value.data())[0]).toFixed(1));
}
