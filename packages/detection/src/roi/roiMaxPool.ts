import * as tf from '@tensorflow/tfjs-core';
import { checkInteger } from '@tfjs-compress/math';

export interface RoIMaxPoolOptions {
  /** Bins along each side of the output. */
  size: number;
  /** Pixels of the picture in a cell of the map. Default 1. */
  stride?: number;
}

/**
 * RoI max pooling (Girshick, Fast R-CNN, arXiv:1504.08083), the form in the HyperNet paper: corners are rounded to cells, the
 * box includes its last cell, and each bin gets the largest value in it, as in torchvision. Computed on typed arrays; the
 * gradient goes to the cell that won.
 *
 * @param features [pictures, height, width, channels]
 * @param boxes [pictures, n, 4] in pixels, x1, y1, x2, y2
 * @returns [pictures · n, size, size, channels]
 */
export function roiMaxPool(features: tf.Tensor4D, boxes: tf.Tensor3D, options: RoIMaxPoolOptions): tf.Tensor4D {
  const { size, stride = 1 } = options;
  checkInteger(size, 'size', 1);
  const [pictures, height, width, channels] = features.shape;
  const n = boxes.shape[1];
  const corners = boxes.dataSync();
  const shape: [number, number, number, number] = [pictures * n, size, size, channels];

  const pool = (map: Float32Array) => {
    const values = new Float32Array(pictures * n * size * size * channels);
    const winners = new Int32Array(values.length).fill(-1);
    for (let box = 0; box < pictures * n; box++) {
      const picture = Math.floor(box / n);
      const [x1, y1, x2, y2] = Array.from(corners.subarray(4 * box, 4 * box + 4), (v) => roundAway(v / stride));
      const binWidth = Math.max(x2 - x1 + 1, 1) / size;
      const binHeight = Math.max(y2 - y1 + 1, 1) / size;
      for (let py = 0; py < size; py++) {
        const [top, bottom] = binRange(y1, binHeight, py, height);
        for (let px = 0; px < size; px++) {
          const [left, right] = binRange(x1, binWidth, px, width);
          const to = ((box * size + py) * size + px) * channels;
          for (let y = top; y < bottom; y++) {
            for (let x = left; x < right; x++) {
              const from = ((picture * height + y) * width + x) * channels;
              for (let c = 0; c < channels; c++) {
                if (winners[to + c] >= 0 && map[from + c] <= values[to + c]) continue;
                values[to + c] = map[from + c];
                winners[to + c] = from + c;
              }
            }
          }
        }
      }
    }
    return { values, winners };
  };

  const op = tf.customGrad((map) => {
    const { values, winners } = pool((map as tf.Tensor).dataSync() as Float32Array);
    const gradFunc = (dy: tf.Tensor) => {
      const dx = new Float32Array(pictures * height * width * channels);
      const given = dy.dataSync();
      winners.forEach((winner, i) => {
        if (winner >= 0) dx[winner] += given[i];
      });
      return tf.tensor4d(dx, features.shape);
    };
    return { value: tf.tensor4d(values, shape), gradFunc };
  });
  return op(features) as tf.Tensor4D;
}

/** C's round(): half away from zero. */
function roundAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function binRange(start: number, bin: number, index: number, cells: number): [number, number] {
  const clamp = (v: number) => Math.min(Math.max(v, 0), cells);
  return [clamp(start + Math.floor(index * bin)), clamp(start + Math.ceil((index + 1) * bin))];
}
