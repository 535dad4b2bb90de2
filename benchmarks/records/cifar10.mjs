import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { random } from '@tfjs-compress/math/internal';
import { readModel } from '../once/nets.mjs';
import { normalized, readCifar } from '../tools/cifar.mjs';
import { softened } from './data.mjs';

const validationCount = 2000;

/**
 * The first 48,000 training images train, the last 2,000 validate. The published net
 * was trained with all of them, so that validation errors are too low, and settings were
 * fixed beforehand. `test()` reads the test set.
 *
 * @param folders.cifar See tools/cifar.mjs; `models` has a folder resnet20_cifar10.
 */
export async function readCifar10({ cifar, models }) {
  if (!cifar || !models) throw new Error('Rows of ResNet-20 need --cifar FOLDER and --models FOLDER.');
  const names = [1, 2, 3, 4, 5].map((k) => `data_batch_${k}`);
  const train = await read(cifar, names);
  const count = train.count - validationCount;
  return {
    train: part(train, 0, count),
    validation: part(train, count, train.count),
    test: () => read(cifar, ['test_batch']),
    published: () => tf.loadLayersModel({ load: async () => readModel(join(models, 'resnet20_cifar10')) }),
  };
}

/**
 * Images that are flipped and shifted by up to 4 pixels at random, anew each time, with
 * what a teacher says of each: its probabilities, with a temperature of 2.
 */
export function taughtSource({ count, pixels }, teacher, seed) {
  return {
    count,
    batch(indices, shape, counter) {
      const values = new Float32Array(3072 * indices.length);
      for (const [j, i] of indices.entries()) {
        const draw = (k, many) => Math.floor(random(seed, counter + j, k) * many);
        const [flipped, right, down] = [draw(0, 2), draw(1, 9) - 4, draw(2, 9) - 4];
        for (let k = 0; k < 3072; k++) {
          const [column, channel] = [Math.floor(k / 3) % 32, k % 3];
          const [x, y] = [(flipped ? 31 - column : column) + right, Math.floor(k / 96) + down];
          const isInside = x >= 0 && y >= 0 && x < 32 && y < 32;
          if (isInside) values[3072 * j + k] = pixels[3072 * i + 96 * y + 3 * x + channel];
        }
      }
      const xs = imagesOf(values, shape);
      return { xs, ys: softened(teacher, xs) };
    },
  };
}

function imagesOf(values, shape) {
  return tf.tidy(() => normalized(tf.tensor(values, [values.length / 3072, ...shape])));
}

async function read(folder, names) {
  const parts = await Promise.all(names.map((name) => readCifar(folder, name, { count: 10_000 })));
  const all = {
    pixels: Buffer.concat(parts.map(({ pixels }) => pixels)),
    labels: parts.flatMap(({ labels }) => labels),
  };
  return part(all, 0, all.labels.length);
}

function part(all, begin, end) {
  const pixels = all.pixels.subarray(3072 * begin, 3072 * end);
  const labels = all.labels.slice(begin, end);
  const tensors = (shape) => ({
    xs: imagesOf(Float32Array.from(pixels), shape),
    ys: tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 10), 'float32')),
  });
  const first = (many, shape) => imagesOf(Float32Array.from(pixels.subarray(0, 3072 * many)), shape);
  return { count: labels.length, pixels, labels, tensors, first };
}
