import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { normalized, readCifar } from '../tools/cifar.mjs';

/**
 * The nets: where each is, how many images it is compressed with and judged by, and how
 * those are read and scaled. `data` names the folder that `images(folders)` needs,
 * which gives { examples, test, labels }.
 */
export const nets = {
  'ResNet-8': cifarNet('mlperf-tiny/resnet8_cifar10', (bytes) => bytes),
  'ResNet-20': cifarNet('resnet20_cifar10', normalized),
  'EfficientNet-Lite0': imagenetNet('efficientnet_lite0', 224, ([r, g, b]) => [
    (r - 127) / 128,
    (g - 127) / 128,
    (b - 127) / 128,
  ]),
  SqueezeNet: imagenetNet('squeezenet_deep_compression', 227, ([r, g, b]) => [b - 104, g - 117, r - 123]),
};

export function readModel(folder) {
  const { weightsManifest, ...rest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const parts = weightsManifest.flatMap(({ paths }) => paths).map((path) => readFileSync(join(folder, path)));
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return { ...rest, weightSpecs, weightData: new Uint8Array(Buffer.concat(parts)).buffer };
}

/** 1,000 training images to compress with, 10,000 test images to judge by. */
function cifarNet(folder, scale) {
  return {
    folder,
    data: 'cifar',
    batchSize: 50,
    async images({ cifar }, count) {
      const train = await batch(cifar, 'data_batch_1', Math.min(count ?? 1000, 1000));
      const test = await batch(cifar, 'test_batch', count ?? 10_000);
      return { examples: tf.tidy(() => scale(train.x)), test: tf.tidy(() => scale(test.x)), labels: test.labels };
    },
  };
}

async function batch(folder, name, count) {
  const { pixels, labels } = await readCifar(folder, name, { count });
  return { x: tf.tensor(new Float32Array(pixels), [count, 32, 32, 3]), labels };
}

/** Every second image of a folder to compress with, the others to judge by. */
function imagenetNet(folder, size, scale) {
  return {
    folder,
    data: 'imagenet',
    batchSize: 20,
    async images({ imagenet }, count = 500) {
      const index = JSON.parse(readFileSync(join(imagenet, 'labels.json'), 'utf8'));
      const names = Object.keys(index).sort();
      const half = (which) => names.filter((_, i) => i % 2 === which).slice(0, count);
      const read = (list) =>
        imagenetImages(
          list.map((name) => join(imagenet, 'images', name)),
          size,
          scale,
        );
      const labels = half(1).map((name) => index[name].index);
      return { examples: await read(half(0)), test: await read(half(1)), labels };
    },
  };
}

async function imagenetImages(files, size, scale) {
  const values = new Float32Array(files.length * size * size * 3);
  for (const [i, file] of files.entries()) {
    const pixels = await sharp(file).removeAlpha().resize(size, size, { kernel: 'cubic' }).raw().toBuffer();
    const at = i * size * size * 3;
    for (let p = 0; p < pixels.length; p += 3) values.set(scale(pixels.subarray(p, p + 3)), at + p);
  }
  return tf.tensor(values, [files.length, size, size, 3]);
}
