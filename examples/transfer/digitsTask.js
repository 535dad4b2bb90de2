import * as tf from '@tensorflow/tfjs';
import { loadDigits } from './digits.js';

/**
 * A task that needs no files: a small net learns the digits 0 to 4 (thousands of
 * images), as a finished model from elsewhere, and 5 to 9 are the new classes, with 20
 * images each. Returns { trunk, classes, sets: { train, validation, test } }.
 */
export async function digitsTask() {
  const { train, validation, test } = loadDigits([28, 28, 1]);
  const old = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 5, activation: 'softmax' }),
    ],
  });
  old.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  console.log('The trunk learns the digits 0 to 4 …');
  const { xs, ys } = only(train, 0, Infinity);
  await old.fit(xs, ys, { epochs: 3, batchSize: 64, verbose: 0 });
  return {
    trunk: tf.model({ inputs: old.inputs, outputs: old.layers.at(-2).output }),
    classes: ['5', '6', '7', '8', '9'],
    sets: { train: only(train, 5, 20), validation: only(validation, 5, 20), test: only(test, 5, Infinity) },
  };
}

/** The images of the five digits from `first` on, at most `most` of each. */
function only({ xs, ys }, first, most) {
  const counts = Array(10).fill(0);
  const rows = Array.from(tf.argMax(ys, 1).dataSync(), (digit, row) => ({ digit, row }))
    .filter(({ digit }) => digit >= first && digit < first + 5 && counts[digit]++ < most)
    .map(({ row }) => row);
  const chosen = tf.tensor1d(rows, 'int32');
  return { xs: tf.gather(xs, chosen), ys: tf.slice(tf.gather(ys, chosen), [0, first], [rows.length, 5]) };
}
