import * as tf from '@tensorflow/tfjs-core';
import { maxPoolBoxes, type RoIMaxPoolOptions } from '@tfjs-compress/math/internal';
import { readNow } from '../readNow.js';
import { checkBoxes, checkRoI } from './checkRoI.js';

/**
 * RoI max pooling (Girshick, Fast R-CNN, arXiv:1504.08083), the form in the HyperNet
 * paper: corners are rounded to cells, the box includes its last cell, and each bin gets
 * the largest value in it, as in torchvision. Computed on typed arrays; the gradient goes
 * to the cell that won.
 *
 * ```js
 * const boxes = tf.tensor3d([[[0, 0, 8, 8]]]);
 * const bins = roiMaxPool(tf.ones([1, 4, 4, 3]), boxes, { size: 2, stride: 2 });
 * console.log(bins.shape); // → [ 1, 2, 2, 3 ]
 * ```
 *
 * @param features [images, height, width, channels]
 * @param boxes [images, n, 4] in pixels, x1, y1, x2, y2
 * @param options `size` bins a side; `stride` pixels in a cell, default 1.
 * @returns [images · n, size, size, channels]
 * @throws Error on WebGPU, where values cannot be read at once.
 */
export function roiMaxPool(features: tf.Tensor4D, boxes: tf.Tensor3D, options: RoIMaxPoolOptions): tf.Tensor4D {
  checkRoI(options, 'roiMaxPool');
  checkBoxes(features, boxes);
  const { size } = options;
  const [images, , , channels] = features.shape;
  const read = (tensor: tf.Tensor) => readNow(tensor, 'RoI max pooling');
  const corners = read(boxes);
  const shape: [number, number, number, number] = [images * boxes.shape[1], size, size, channels];
  const op = tf.customGrad((map) => {
    const { values, winners } = maxPoolBoxes(read(map as tf.Tensor), features.shape, corners, options);
    const gradFunc = (dy: tf.Tensor) => {
      const dx = new Float32Array(features.size);
      const given = read(dy);
      winners.forEach((winner, i) => {
        if (winner >= 0) dx[winner] += given[i];
      });
      return tf.tensor4d(dx, features.shape);
    };
    return { value: tf.tensor4d(values, shape), gradFunc };
  });
  return op(features) as tf.Tensor4D;
}
