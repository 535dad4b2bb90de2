import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { readModel } from '../once/nets.mjs';
import { readCifar } from '../tools/cifar.mjs';

/**
 * Each gives { train, validation, test }, of { xs, ys } each: the test set takes part in
 * no choice.
 */

/** The last 10,000 training images validate. */
export function mnist(inputShape) {
  return ({ images = 50_000 }) => {
    if (!process.env.MNIST_DIR) throw new Error('MNIST_DIR must name the folder with the full MNIST.');
    const { train, test } = loadMnist();
    const all = toTensors(train, inputShape);
    const count = train.count - 10_000;
    const part = (begin, size) => ({ xs: tf.slice(all.xs, begin, size), ys: tf.slice(all.ys, begin, size) });
    const parts = { train: part(0, Math.min(count, images)), validation: part(count, 10_000) };
    tf.dispose(all);
    return { ...parts, test: toTensors(test, inputShape) };
  };
}

/**
 * For nets that other people trained on all training images: the first half of the
 * 10,000 test images validates, the second half is the test set.
 */
export function cifar(scale) {
  return async ({ cifar: folder, images = 50_000 }) => {
    const read = async (names, options) => {
      const parts = await Promise.all(names.map((name) => readCifar(folder, name, options)));
      const pixels = Float32Array.from(Buffer.concat(parts.map((part) => part.pixels)));
      const labels = parts.flatMap((part) => part.labels);
      const xs = tf.tidy(() => scale(tf.tensor(pixels, [labels.length, 32, 32, 3])));
      return { xs, ys: hot(labels, 10) };
    };
    const batches = [1, 2, 3, 4, 5].slice(0, Math.ceil(images / 10_000)).map((k) => `data_batch_${k}`);
    return {
      train: await read(batches, { count: Math.min(10_000, images) }),
      validation: await read(['test_batch'], { count: 5000 }),
      test: await read(['test_batch'], { first: 5000, count: 5000 }),
    };
  };
}

const classes = 6;

/**
 * What the trunk of a Teachable Machine model makes of images of CIFAR-10's first six
 * classes, scaled up to 224 × 224: 3,000 to train with, 2,000 that validate, 3,000 test
 * images. Kept in `folder`, because it takes minutes.
 */
export async function features({ cifar: folder, models, output }) {
  const trunk = await trunkOf(join(models, 'public/tm-image-1.7.4'));
  const parts = { train: ['data_batch_1', 3000], validation: ['data_batch_2', 2000], test: ['test_batch', 3000] };
  const made = {};
  for (const [part, [name, count]] of Object.entries(parts)) {
    const { pixels, labels } = await readCifar(folder, name, { count: 10_000 });
    const wanted = [...labels.keys()].filter((i) => labels[i] < classes).slice(0, count);
    const file = join(output, `features-${part}.bin`);
    if (!existsSync(file)) {
      mkdirSync(output, { recursive: true });
      writeFileSync(file, featuresOf(trunk, pixels, wanted));
    }
    const values = new Float32Array(Uint8Array.from(readFileSync(file)).buffer);
    const xs = tf.tensor(values, [count, values.length / count]);
    made[part] = {
      xs,
      ys: hot(
        wanted.map((i) => labels[i]),
        classes,
      ),
    };
  }
  trunk.dispose();
  return made;
}

async function trunkOf(folder) {
  const model = await tf.loadLayersModel({ load: async () => readModel(folder) });
  return model.layers[0];
}

function featuresOf(trunk, pixels, wanted) {
  const batches = [];
  for (let begin = 0; begin < wanted.length; begin += 50) {
    const part = wanted.slice(begin, begin + 50);
    const bytes = Float32Array.from(Buffer.concat(part.map((i) => pixels.subarray(3072 * i, 3072 * (i + 1)))));
    const values = tf.tidy(() => {
      const small = tf.tensor(bytes, [part.length, 32, 32, 3]);
      const scaled = tf.sub(tf.div(tf.image.resizeBilinear(small, [224, 224]), 127.5), 1);
      return trunk.predict(scaled).dataSync();
    });
    batches.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  }
  return Buffer.concat(batches);
}

function hot(labels, count) {
  return tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), count), 'float32'));
}
