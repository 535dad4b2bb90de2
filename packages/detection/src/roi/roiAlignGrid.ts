import * as tf from '@tensorflow/tfjs-core';
import { axisWeights, check, type GridIntervals, type RoIAlignOptions } from '@tfjs-compress/math/internal';
import { checkRoI } from './checkRoI.js';

/** What roiAlignGrid computes with: how much each cell adds to each bin. */
export interface GridWeights {
  /** Bins along each side. */
  size: number;
  shapes: number;
  columns: number;
  rows: number;
  /** [shapes, columns · size, width] */
  x: Float32Array;
  /** [shapes, rows · size, height] */
  y: Float32Array;
}

/**
 * The weights of a grid on a map of width × height cells. Throws an ArgumentError for an
 * option.
 *
 * ```js
 * const grid = gridIntervals({ width: 32, height: 32, stride: 8, scales: [16], ratios: [1] });
 * const weights = gridWeights(grid, 8, 8, { size: 2, stride: 4 });
 * console.log(roiAlignGrid(tf.ones([1, 8, 8, 3]), weights).shape); // → [ 16, 2, 2, 3 ]
 * ```
 *
 * @param grid What gridIntervals() gave.
 * @param width Of the map, in cells.
 * @param height Of the map, in cells.
 * @param options Those of roiAlign().
 */
export function gridWeights(
  { shapes, columns, rows, x, y }: GridIntervals,
  width: number,
  height: number,
  options: RoIAlignOptions,
): GridWeights {
  checkRoI(options, 'gridWeights');
  const along = (intervals: Float32Array, cells: number) =>
    axisWeights(intervals, { first: 0, step: 2, length: 1 }, cells, options);
  return { size: options.size, shapes, columns, rows, x: along(x, width), y: along(y, height) };
}

/** The weights of shapes from … to − 1 alone. */
export function shapesOf(weights: GridWeights, from: number, to: number): GridWeights {
  const { shapes, x, y } = weights;
  const part = (values: Float32Array) =>
    values.subarray((from * values.length) / shapes, (to * values.length) / shapes);
  return { ...weights, shapes: to - from, x: part(x), y: part(y) };
}

/**
 * roiAlign of every box of a grid: bilinear sampling is separable, so the columns of a
 * shape are sampled along x once for all its rows, and two matrix products make them all.
 * For maps of few channels, where sampling box by box costs more than what is sampled.
 *
 * ```js
 * const grid = gridIntervals({ width: 16, height: 16, stride: 8, scales: [8], ratios: [1] });
 * const weights = gridWeights(grid, 4, 4, { size: 1, stride: 4 });
 * console.log(roiAlignGrid(tf.ones([1, 4, 4, 2]), weights).shape); // → [ 4, 1, 1, 2 ]
 * ```
 *
 * @param features [1, height, width, channels]
 * @param weights What gridWeights() gave for a map of that size.
 * @returns [shapes · columns · rows, size, size, channels], shape by shape, column by
 *   column
 * @throws ArgumentError for more than one image, or weights of another map.
 */
export function roiAlignGrid(features: tf.Tensor4D, weights: GridWeights): tf.Tensor4D {
  const [images, height, width, channels] = features.shape;
  const { size, shapes, columns, rows } = weights;
  check(images === 1, 'features', 'one image', features.shape);
  const fits = weights.x.length === shapes * columns * size * width;
  check(
    fits && weights.y.length === shapes * rows * size * height,
    'features',
    'a map as wide and high as the weights are for',
    features.shape,
  );
  return tf.tidy(() => {
    const x = tf.tensor2d(weights.x, [shapes * columns * size, width]);
    const y = tf.tensor3d(weights.y, [shapes, rows * size, height]);
    const byColumn = tf.reshape(tf.transpose(features, [0, 2, 1, 3]), [width, height * channels]);
    const sampled = tf.matMul(x, byColumn);
    return tf.reshape(alongRows(), [shapes * columns * rows, size, size, channels]);

    /**
     * [shapes, columns, rows · size, size · channels] of what was sampled along x,
     * [shapes · columns · size, height · channels].
     */
    function alongRows(): tf.Tensor {
      if (tf.getBackend() === 'tensorflow') {
        const strips = tf.transpose(tf.reshape(sampled, [shapes * columns, size, height, channels]), [0, 2, 1, 3]);
        const byStrip = tf.reshape(strips, [shapes, columns, height, size * channels]);
        return tf.matMul(tf.reshape(y, [shapes, 1, rows * size, height]), byStrip);
      }
      // The others have no such product, or ten times as slow.
      const strips = tf.transpose(tf.reshape(sampled, [shapes, columns * size, height, channels]), [0, 2, 1, 3]);
      const all = tf.matMul(y, tf.reshape(strips, [shapes, height, columns * size * channels]));
      return tf.transpose(tf.reshape(all, [shapes, rows * size, columns, size * channels]), [0, 2, 1, 3]);
    }
  });
}
