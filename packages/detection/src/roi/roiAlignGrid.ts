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
 * @returns [shapes · columns · rows, size, size, channels], shape by shape, column by column
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
    const sampled = tf.matMul(wx, byColumn);
    return tf.reshape(alongRows(sampled), [shapes * columns * rows, size, size, channels]);

    /** [shapes, columns, rows · size, size · channels] of what was sampled along x, [shapes · columns · size, height · channels]. */
    function alongRows(sampled: tf.Tensor): tf.Tensor {
      if (tf.getBackend() === 'tensorflow') {
        const strips = tf.transpose(tf.reshape(sampled, [shapes * columns, size, height, channels]), [0, 2, 1, 3]);
        const byStrip = tf.reshape(strips, [shapes, columns, height, size * channels]);
        return tf.matMul(tf.reshape(wy, [shapes, 1, rows * size, height]), byStrip);
      }
      // The others have no such product, or ten times as slow.
      const strips = tf.transpose(tf.reshape(sampled, [shapes, columns * size, height, channels]), [0, 2, 1, 3]);
      const all = tf.matMul(wy, tf.reshape(strips, [shapes, height, columns * size * channels]));
      return tf.transpose(tf.reshape(all, [shapes, rows * size, columns, size * channels]), [0, 2, 1, 3]);
    }
  });
}
