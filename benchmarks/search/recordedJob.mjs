/**
 * The search whose trials simulate.mjs learns from: LeNet-300-100 on a part of MNIST's
 * embedded images, small enough for many trials.
 * `npx tfjs-compress search benchmarks/search/recordedJob.mjs --output benchmarks/search/output/recorded`
 */
import * as tf from '@tensorflow/tfjs';
import { startBackend } from '@tfjs-compress/example-tools';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { buildLeNet300100 } from './nets.mjs';

await startBackend();

const trainCount = 1500;
const validationCount = 1000;
const all = toTensors(loadMnist().train);
const part = (begin, count) => ({ xs: tf.slice(all.xs, begin, count), ys: tf.slice(all.ys, begin, count) });
const [training, validation] = [part(0, trainCount), part(trainCount, validationCount)];
all.xs.dispose();
all.ys.dispose();

export async function model() {
  const net = buildLeNet300100(0, null);
  net.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  await net.fit(training.xs, training.ys, { epochs: 10, batchSize: 32, shuffle: false, verbose: 0 });
  return net;
}

export function train(net, { epochs, callbacks }) {
  return net.fit(training.xs, training.ys, { epochs, callbacks, batchSize: 32, verbose: 0 });
}

export function evaluate(net) {
  const right = tf.tidy(() =>
    tf.sum(tf.equal(tf.argMax(net.predict(validation.xs), 1), tf.argMax(validation.ys, 1)).cast('int32')).dataSync(),
  );
  return { score: right[0] / validationCount, examples: validationCount };
}

export const options = { maxLoss: 0.01, width: 24, trials: 48, epochs: 8 };
