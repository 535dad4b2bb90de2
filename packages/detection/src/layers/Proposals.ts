import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { check, checkInteger, movedWindows, nonMaxSuppression } from '@tfjs-compress/math/internal';
import { readNow } from '../readNow.js';
import { checkLayerArgs, type LayerConfig, rowsOf, type Shape } from './layer.js';

export interface ProposalsArgs {
  /** Pixels of the image in a cell of the map. */
  stride: number;
  /** How many to keep. Default 200, the paper's number in training. */
  count?: number;
  /** Of two that overlap by more, the better stays. Default 0.7. */
  iouThreshold?: number;
}

/**
 * Windows moved by their offsets, cut to the image, suppressed, the best `count` of
 * each image. [map [b, h, w, c], windows [b, n, 4], logits [b · n, 1], offsets [b · n,
 * 4]] → [b, count, 5]: x1, y1, x2, y2, logit; rows of zeros where there are fewer. No
 * gradient goes through it.
 *
 * ```js
 * const windows = tf.tensor3d([[[0, 0, 8, 8], [0, 0, 8, 7]]]);
 * const inputs = [tf.zeros([1, 4, 4, 1]), windows, tf.tensor2d([[2], [1]]), tf.zeros([2, 4])];
 * const kept = new Proposals({ stride: 4, count: 2 }).apply(inputs);
 * console.log([...(await kept.data())].slice(5)); // → [ 0, 0, 0, 0, 0 ]
 * ```
 */
export class Proposals extends layers.Layer {
  static readonly className = 'Proposals';
  private readonly options: Required<ProposalsArgs>;

  constructor(args: LayerConfig & ProposalsArgs) {
    super(args);
    checkLayerArgs('Proposals', args, ['stride', 'count', 'iouThreshold']);
    const { stride, count = 200, iouThreshold = 0.7 } = args;
    checkInteger(count, 'count', 1);
    check(stride > 0, 'stride', 'a positive number', stride);
    check(iouThreshold >= 0 && iouThreshold <= 1, 'iouThreshold', 'a number from 0 to 1', iouThreshold);
    this.options = { stride, count, iouThreshold };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [map, windows, logits, offsets] = inputs as tf.Tensor[];
    const [images, rows, columns] = map.shape;
    const { stride, count, iouThreshold } = this.options;
    const n = windows.shape[1] as number;
    const read = (tensor: tf.Tensor) => readNow(tensor, 'Training a detector');
    const [windowValues, logitValues, offsetValues] = [read(windows), read(logits), read(offsets)];
    const out = new Float32Array(images * count * 5);
    for (let image = 0; image < images; image++) {
      const moves = offsetValues.subarray(image * n * 4, (image + 1) * n * 4);
      const scores = logitValues.subarray(image * n, (image + 1) * n);
      const given = rowsOf(windows, windowValues, image);
      const { boxes, make } = movedWindows(given, moves, columns * stride, rows * stride);
      nonMaxSuppression(boxes, scores, { iouThreshold, maxBoxes: count, make }).forEach((i, k) => {
        out.set([...boxes.subarray(4 * i, 4 * i + 4), scores[i]], (image * count + k) * 5);
      });
    }
    return tf.tensor3d(out, [images, count, 5]);
  }

  override computeOutputShape(): Shape {
    return [null, this.options.count, 5];
  }

  override getConfig() {
    return { ...super.getConfig(), ...this.options };
  }
}
tf.serialization.registerClass(Proposals);
