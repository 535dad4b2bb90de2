/**
 * A search, for `compress()` (main.js) and for `npx tfjs-compress search search.mjs`,
 * which runs it in several processes. Copy this file and change its four exports: a model
 * that is trained, how it is trained, how good it is, what is wanted.
 */
import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { compressed } from 'tfjs-compress';
import { loadDigits } from './digits.js';

registerTrainingKernels(); // WebAssembly trains faster with them
await tf.setBackend('wasm');

/**
 * Validation images decide which model is chosen; test images have no part in a
 * search.
 */
export const { train: training, validation, test } = loadDigits([784]);

const trained = new URL('output/trained.tfz', import.meta.url);

/** The trained net: from a file; the first time it is made. */
export async function model() {
  if (existsSync(trained)) {
    const net = await tf.loadLayersModel(compressed(trained.href));
    compile(net);
    return net;
  }
  const seeded = (seed) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  const net = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'ip1', units: 300, activation: 'relu', inputShape: [784], ...seeded(1) }),
      tf.layers.dense({ name: 'ip2', units: 100, activation: 'relu', ...seeded(2) }),
      tf.layers.dense({ name: 'ip3', units: 10, activation: 'softmax', ...seeded(3) }),
    ],
  });
  compile(net);
  await net.fit(training.xs, training.ys, { epochs: 10, batchSize: 64, verbose: 0 });
  await net.save(compressed(trained.href));
  return net;
}

function compile(net) {
  net.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
}

/** The training that the net had, with the epochs and callbacks of the search. */
export function train(net, { epochs, callbacks }) {
  return net.fit(training.xs, training.ys, { epochs, callbacks, batchSize: 64, verbose: 0 });
}

/**
 * 1 for each right answer, 0 for each wrong one: so the search knows what may be chance.
 */
export function evaluate(net) {
  return rightAnswers(net, validation);
}

/** Half a percent of the validation images may be lost. */
export const options = { maxLoss: 0.005, minutes: 5 };

export function rightAnswers(net, { xs, ys }) {
  return tf.tidy(() => tf.equal(tf.argMax(net.predict(xs), 1), tf.argMax(ys, 1)).dataSync());
}
