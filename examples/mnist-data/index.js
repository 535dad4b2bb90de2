import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { fullSet, sample } from './files.js';
import { readIdx } from './idx.js';

/**
 * Loads MNIST: the full set from `folder` (default: the environment variable MNIST_DIR),
 * else the embedded sample of 5,000 training and 1,000 test images.
 *
 * Returns { source, train, test }: `source` says in words where the images came from;
 * train and test are { count, images, labels }, images a Float32Array of count × 784 in
 * [0, 1) (byte / 256), row by row, labels a Uint8Array of 0…9.
 *
 * Throws an Error naming the file and what is wrong with it: missing, cut off, another
 * shape, another checksum.
 */
export function loadMnist({ folder = process.env.MNIST_DIR } = {}) {
  const from = folder || fileURLToPath(new URL('data', import.meta.url));
  const files = folder ? fullSet : sample;
  const source = folder
    ? `the full set in ${folder}`
    : 'the embedded sample (MNIST_DIR names a folder with the full set)';
  return { source, train: loadPart(from, files.train), test: loadPart(from, files.test) };
}

/**
 * A part's images and labels as tensors: xs float32 [count, ...shape], ys one-hot
 * float32 [count, 10]. `shape` is one image's, e.g. [784] (the default) or [28, 28, 1].
 * The caller disposes of both.
 */
export function toTensors({ count, images, labels }, shape = [784]) {
  const ys = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), 10), 'float32'));
  return { xs: tf.tensor(images, [count, ...shape]), ys };
}

function loadPart(folder, files) {
  const labels = readIdx(folder, files.labels);
  const wrong = labels.findIndex((label) => label > 9);
  if (wrong >= 0)
    throw new Error(`${files.labels.name} in ${folder}: label ${wrong} is ${labels[wrong]}, expected 0 to 9.`);
  const bytes = readIdx(folder, files.images);
  const images = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) images[i] = bytes[i] / 256;
  return { count: labels.length, images, labels };
}
