import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { rightOf as rightAnswers } from '../tools/rightOf.mjs';
import { augmenter } from './augment.mjs';

const validationCount = 5000;

/**
 * The first 55,000 training images train, the last 5,000 validate. `test()` reads the
 * test set, which takes part in no choice.
 */
export function readMnist() {
  if (!process.env.MNIST_DIR) throw new Error('MNIST_DIR must name the folder with the full MNIST.');
  const { train, test } = loadMnist();
  const count = train.count - validationCount;
  const part = (all, begin, end) => {
    const [images, labels] = [all.images.subarray(784 * begin, 784 * end), all.labels.subarray(begin, end)];
    const one = { count: end - begin, images, labels };
    const first = (many, shape) => tf.tensor(images.subarray(0, 784 * many), [many, ...shape]);
    return { ...one, tensors: (shape) => toTensors(one, shape), first };
  };
  return {
    train: part(train, 0, count),
    validation: part(train, count, train.count),
    test: () => part(test, 0, test.count),
  };
}

/**
 * Sources give batches: batch(indices, shape, counter) → { xs, ys }, tensors for tfjs's
 * fitDataset, which disposes of them. This one's images are as they are, or changed
 * anew each time when there is `augment`.
 */
export function hardSource({ count, images, labels }, augment, seed) {
  const change = augment && augmenter(augment, seed);
  return {
    count,
    batch(indices, shape, counter) {
      const xs = new Float32Array(784 * indices.length);
      const ys = new Float32Array(10 * indices.length);
      indices.forEach((i, j) => {
        ys[10 * j + labels[i]] = 1;
        if (change) change(images, i, xs, j, counter + j);
        else xs.set(images.subarray(784 * i, 784 * i + 784), 784 * j);
      });
      return tensors(xs, ys, shape);
    },
  };
}

/**
 * Each image as it is and, where `augment` is given, `often` changed, with what a teacher
 * says of it: its probabilities, with a temperature of 2. They are kept in `file`.
 */
export function softSource({ count, images }, augment, teacher, file, seed, often = 1) {
  const change = augment && augmenter(augment, seed + 1);
  const total = change ? (1 + often) * count : count;
  // Bytes, for 110,000 images as float32 take 345 MB.
  const pool = new Uint8Array(784 * total);
  const one = new Float32Array(784);
  for (let i = 0; i < total; i++) {
    const from = 784 * (i % count);
    if (i < count) one.set(images.subarray(from, from + 784));
    else change(images, i % count, one, 0, i);
    for (let k = 0; k < 784; k++) pool[784 * i + k] = Math.round(256 * one[k]);
  }
  const pixels = (indices) => {
    const xs = new Float32Array(784 * indices.length);
    indices.forEach((i, j) => {
      for (let k = 0; k < 784; k++) xs[784 * j + k] = pool[784 * i + k] / 256;
    });
    return xs;
  };
  if (!existsSync(file)) {
    const soft = new Float32Array(10 * total);
    for (let begin = 0; begin < total; begin += 1000) {
      const indices = Array.from({ length: Math.min(1000, total - begin) }, (_, j) => begin + j);
      const probabilities = tf.tidy(() =>
        softened(teacher, imagesOf(pixels(indices), teacher.inputs[0].shape.slice(1))),
      );
      soft.set(probabilities.dataSync(), 10 * begin);
      probabilities.dispose();
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, new Uint8Array(soft.buffer));
  }
  const soft = new Float32Array(Uint8Array.from(readFileSync(file)).buffer);
  return {
    count: total,
    batch(indices, shape) {
      const ys = new Float32Array(10 * indices.length);
      indices.forEach((i, j) => {
        ys.set(soft.subarray(10 * i, 10 * i + 10), 10 * j);
      });
      return tensors(pixels(indices), ys, shape);
    },
  };
}

/**
 * What a net says of images, as a tensor. With a temperature of 2, probabilities are
 * proportional to their square roots.
 */
export function softened(teacher, images) {
  return tf.tidy(() => {
    const roots = tf.sqrt(teacher.predict(images, { batchSize: 250 }));
    return tf.div(roots, tf.sum(roots, 1, true));
  });
}

function imagesOf(values, shape) {
  return tf.reshape(tf.tensor1d(values), [-1, ...shape]);
}

function tensors(xs, ys, shape) {
  const count = ys.length / 10;
  return { xs: tf.tensor(xs, [count, ...shape]), ys: tf.tensor(ys, [count, 10]) };
}

/** The share of wrong answers. */
export function errorOf(model, part) {
  const right = rightOf(model, part);
  return right.reduce((sum, each) => sum + 1 - each, 0) / part.count;
}

/** 1 for each of the first `examples` images that is right, else 0. */
export function rightOf(model, part, examples) {
  const tensors = part.tensors(model.inputs[0].shape.slice(1));
  const right = rightAnswers(model, tensors, examples);
  tf.dispose(tensors);
  return right;
}
