import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';

/**
 * A file that gets a line for every training, and how long one takes longer for the
 * test's sake.
 */
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
  // As if it were trained: unit i holds x_i, unit 3 + i holds -x_i, and the rest is noise
  // that may go.
  const noise = (shape, seed) => tf.randomNormal(shape, 0, 0.1, 'float32', seed);
  const parts = tf.tidy(() => tf.concat([tf.eye(3), tf.neg(tf.eye(3))], 1));
  const hidden = tf.tidy(() =>
    tf.add(
      tf.pad(parts, [
        [0, 5],
        [0, 10],
      ]),
      noise([8, 16], 2),
    ),
  );
  const out = tf.tidy(() =>
    tf.add(
      tf.mul(
        4,
        tf.pad(tf.transpose(parts), [
          [0, 10],
          [0, 0],
        ]),
      ),
      noise([16, 3], 3),
    ),
  );
  net.setWeights([hidden, tf.zeros([16]), out, tf.zeros([3])]);
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
