import * as tf from '@tensorflow/tfjs-core';
import { check } from '@tfjs-compress/math';
import { axisWeights, type RoIAlignOptions } from './roiAlign.js';

/**
 * roiAlign of every box of a grid (gridIntervals): bilinear sampling is separable, so the columns of a shape are sampled along x
 * once for all its rows, and two matrix products make them all. For maps of few channels, where sampling box by box costs more
 * than what is sampled.
 *
 * @param features [1, height, width, channels]
 * @param x [1, shapes, columns, 2] in pixels
 * @param y [1, shapes, rows, 2]
 * @returns [shapes · rows · columns, size, size, channels], shape by shape, row by row
 */
export function roiAlignGrid(
  features: tf.Tensor4D,
  x: tf.Tensor4D,
  y: tf.Tensor4D,
  options: RoIAlignOptions,
): tf.Tensor4D {
  const [pictures, height, width, channels] = features.shape;
  check(pictures === 1, 'features', 'one picture', features.shape);
  const { size } = options;
  const [, shapes, columns] = x.shape;
  const rows = y.shape[2];
  const weights = (intervals: tf.Tensor4D, cells: number) =>
    axisWeights(intervals.dataSync() as Float32Array, { first: 0, step: 2, length: 1 }, cells, options);
  return tf.tidy(() => {
    const wx = tf.tensor2d(weights(x, width), [shapes * columns * size, width]);
    const wy = tf.tensor3d(weights(y, height), [shapes, rows * size, height]);
    const byColumn = tf.reshape(tf.transpose(features, [0, 2, 1, 3]), [width, height * channels]);
    const sampled = tf.reshape(tf.matMul(wx, byColumn), [shapes, columns * size, height, channels]);
    const strips = tf.reshape(tf.transpose(sampled, [0, 2, 1, 3]), [shapes, height, columns * size * channels]);
    const all = tf.reshape(tf.matMul(wy, strips), [shapes * rows, size, columns, size * channels]);
    return tf.reshape(tf.transpose(all, [0, 2, 1, 3]), [shapes * rows * columns, size, size, channels]);
  });
}
