import * as tf from '@tensorflow/tfjs-core';
import { axisWeights, checkInteger, extent, type RoIAlignOptions } from '@tfjs-compress/math/internal';
import { readNow } from '../readNow.js';
import { checkBoxes, checkRoI } from './checkRoI.js';

/**
 * T of the matmul form has size · height · channels floats a box; boxes are taken in
 * portions that keep it below 64 MB.
 */
const largestIntermediate = 16e6;

const computedBoxes = 'RoIAlign with boxes that were computed';

/**
 * RoIAlign (He et al., Mask R-CNN, arXiv:1703.06870; semantics of torchvision): each box
 * is cut into size × size bins and each bin gets the mean of bilinear samples. Bilinear
 * sampling is separable, so two matrix products give it, whose gradient exists on every
 * backend. The boxes are constants: no gradient goes to them.
 *
 * ```js
 * const boxes = tf.tensor3d([[[0, 0, 8, 8]]]);
 * const bins = roiAlign(tf.ones([1, 4, 4, 3]), boxes, { size: 2, stride: 2 });
 * console.log(bins.shape); // → [ 1, 2, 2, 3 ]
 * ```
 *
 * @param features [images, height, width, channels]
 * @param boxes [images, n, 4] in pixels, x1, y1, x2, y2
 * @param options `size` bins a side; `stride` pixels in a cell, default 1; how many
 *   samples a bin has on a side, default 2.
 * @returns [images · n, size, size, channels], the first image's boxes first
 * @throws Error on WebGPU for boxes that were computed there, which cannot be read at
 *   once: tf.tensor3d(await boxes.data(), boxes.shape) can.
 */
export function roiAlign(features: tf.Tensor4D, boxes: tf.Tensor3D, options: RoIAlignOptions): tf.Tensor4D {
  const [images, height, width, channels] = features.shape;
  const { size } = checkAll(features, boxes, options);
  const n = boxes.shape[1];
  const values = readNow(boxes, computedBoxes);
  const wx = axisWeights(values, { first: 0, step: 4, length: 2 }, width, options);
  const wy = axisWeights(values, { first: 1, step: 4, length: 2 }, height, options);
  const portion = Math.max(1, Math.min(n, Math.floor(largestIntermediate / (size * height * channels))));

  /**
   * [portion · size, width] and [portion, size, height] for boxes first … first + count −
   * 1 of all.
   */
  const weightsOf = (first: number, count: number): [tf.Tensor2D, tf.Tensor3D] => [
    tf.tensor2d(wx.subarray(first * size * width, (first + count) * size * width), [count * size, width]),
    tf.tensor3d(wy.subarray(first * size * height, (first + count) * size * height), [count, size, height]),
  ];

  const forward = (map: tf.Tensor4D) => {
    if (n === 0) return tf.zeros([0, size, size, channels]) as tf.Tensor4D;
    const parts: tf.Tensor[] = [];
    for (let image = 0; image < images; image++) {
      const columns = tf.reshape(tf.transpose(imageOf(map, image), [1, 0, 2]), [width, height * channels]);
      for (let first = 0; first < n; first += portion) {
        const count = Math.min(portion, n - first);
        parts.push(
          tf.tidy(() => {
            const [x, y] = weightsOf(image * n + first, count);
            const t = tf.reshape(tf.matMul(x, columns), [count, size, height, channels]);
            const rows = tf.reshape(tf.transpose(t, [0, 2, 1, 3]), [count, height, size * channels]);
            return tf.reshape(tf.matMul(y, rows), [count, size, size, channels]);
          }),
        );
      }
    }
    return tf.concat(parts, 0) as tf.Tensor4D;
  };

  const backward = (dy: tf.Tensor4D) => {
    if (n === 0) return tf.zeros(features.shape);
    const parts: tf.Tensor[] = [];
    for (let image = 0; image < images; image++) {
      let sum: tf.Tensor = tf.zeros([width, height * channels]);
      for (let first = 0; first < n; first += portion) {
        const count = Math.min(portion, n - first);
        sum = tf.tidy(() => {
          const [x, y] = weightsOf(image * n + first, count);
          const part = tf.slice(dy, [image * n + first, 0, 0, 0], [count, size, size, channels]);
          const yTransposed = tf.transpose(y, [0, 2, 1]);
          const t = tf.matMul(yTransposed, tf.reshape(part, [count, size, size * channels]));
          const columns = tf.transpose(tf.reshape(t, [count, height, size, channels]), [0, 2, 1, 3]);
          return tf.add(sum, tf.matMul(tf.transpose(x), tf.reshape(columns, [count * size, height * channels])));
        });
      }
      parts.push(tf.transpose(tf.reshape(sum, [width, height, channels]), [1, 0, 2]));
    }
    return tf.stack(parts, 0);
  };

  const op = tf.customGrad((map) => ({
    value: forward(map as tf.Tensor4D),
    gradFunc: (dy) => backward(dy as tf.Tensor4D),
  }));
  return op(features) as tf.Tensor4D;
}

/**
 * The same values through cropAndResize: many times faster where boxes are thousands, but
 * without a gradient, and with a fixed number of samples only.
 */
export function roiAlignWithoutGradient(
  features: tf.Tensor4D,
  boxes: tf.Tensor3D,
  options: RoIAlignOptions,
): tf.Tensor4D {
  const { size, stride = 1, samplingRatio = 2, aligned = true } = checkAll(features, boxes, options);
  checkInteger(samplingRatio, 'samplingRatio (without a gradient)', 1);
  const [images, height, width] = features.shape;
  const n = boxes.shape[1];
  if (n === 0) return tf.zeros([0, size, size, features.shape[3]]);
  const values = readNow(boxes, computedBoxes);
  const points = new Float32Array(values.length);
  const points1d = size * samplingRatio;
  /**
   * Where the first and the last sample lie: of cropAndResize's (y1, x1, y2, x2), at
   * `from` and two after it.
   */
  const write = (from: number, to: number, cells: number, at: number) => {
    const { start, length } = extent(from, to, stride, aligned);
    const half = length / points1d / 2;
    // The map grows by one replicated cell on each side, and cropAndResize wants parts of
    // the last index.
    points[at] = (start + half + 1) / (cells + 1);
    points[at + 2] = (start + length - half + 1) / (cells + 1);
  };
  for (let i = 0; i < values.length; i += 4) {
    write(values[i], values[i + 2], width, i + 1);
    write(values[i + 1], values[i + 3], height, i);
  }
  const image = new Int32Array(images * n);
  for (let k = 1; k < images; k++) image.fill(k, k * n, (k + 1) * n);
  return tf.tidy(() => {
    const samples = tf.image.cropAndResize(
      replicateBorder(features, height, width),
      tf.tensor2d(points, [images * n, 4]),
      tf.tensor1d(image, 'int32'),
      [points1d, points1d],
    );
    return samplingRatio === 1 ? samples : tf.avgPool(samples, samplingRatio, samplingRatio, 'valid');
  });
}

function checkAll(features: tf.Tensor4D, boxes: tf.Tensor3D, options: RoIAlignOptions): RoIAlignOptions {
  checkRoI(options);
  checkBoxes(features, boxes);
  return options;
}

function imageOf(map: tf.Tensor4D, image: number): tf.Tensor3D {
  const [, height, width, channels] = map.shape;
  return tf.reshape(tf.slice(map, [image, 0, 0, 0], [1, height, width, channels]), [height, width, channels]);
}

function replicateBorder(map: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const row = (i: number) => tf.slice(map, [0, i, 0, 0], [-1, 1, -1, -1]);
  const tall = tf.concat([row(0), map, row(height - 1)], 1);
  const column = (i: number) => tf.slice(tall, [0, 0, i, 0], [-1, -1, 1, -1]);
  return tf.concat([column(0), tall, column(width - 1)], 2);
}
