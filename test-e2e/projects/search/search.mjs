import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';

/** A file that gets a line for every training, and how long one takes longer for the test's sake. */
const { LOG, SLOW = '0', DIE } = process.env;

const x = tf.randomUniform([96, 8], -1, 1, 'float32', 1);
const y = tf.tidy(() => tf.oneHot(tf.argMax(tf.slice(x, [0, 0], [96, 3]), 1), 3));
const labels = tf.argMax(y, 1);

export function model() {
  const net = sequential({
    layers: [
      layers.dense({ name: 'hidden', units: 16, inputShape: [8], activation: 'relu' }),
      layers.dense({ name: 'out', units: 3, activation: 'softmax' }),
    ],
  });
  const random = (shape, seed) => tf.randomNormal(shape, 0, 0.5, 'float32', seed);
  net.setWeights([random([8, 16], 2), tf.zeros([16]), random([16, 3], 3), tf.zeros([3])]);
  net.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  return net;
}

export async function train(net, { epochs, callbacks, stage, seed }) {
  if (LOG) appendFileSync(LOG, `${stage} ${seed} ${process.pid}\n`);
  console.log(`training of ${seed}`);
  await setTimeout(Number(SLOW));
  if (DIE) process.kill(process.pid, 'SIGKILL');
  await net.fit(x, y, { epochs, callbacks, verbose: 0 });
}

export function evaluate(net) {
  return tf.tidy(() => tf.mean(tf.cast(tf.equal(tf.argMax(net.predict(x), 1), labels), 'float32')).dataSync()[0]);
}

export const options = { maxLoss: 0.05, trials: 8, epochs: 8 };
