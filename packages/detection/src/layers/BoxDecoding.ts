import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { type CoderWeights, check, largestLogScale, proposalWeights } from '@tfjs-compress/math/internal';
import { checkLayerArgs, type LayerConfig, type Shape } from './layer.js';

export interface BoxDecodingArgs {
  /**
   * What the offsets were multiplied by. Default [1, 1, 1, 1], those of proposals;
   * detections have [10, 10, 5, 5].
   */
  coder?: CoderWeights;
}

/**
 * decodeBoxes as a layer, on the backend and with a gradient: [boxes [b, n, 4], offsets
 * [b · n, 4 · k]] → [b · n, k, 4], each box moved by k offsets (one for each class). Not
 * cut to the image.
 *
 * ```js
 * const moved = new BoxDecoding().apply([tf.tensor3d([[[0, 0, 10, 10]]]), tf.zeros([1, 4])]);
 * console.log([...(await moved.data())]); // → [ 0, 0, 10, 10 ]
 * ```
 */
export class BoxDecoding extends layers.Layer {
  static readonly className = 'BoxDecoding';
  private readonly coder: CoderWeights;

  constructor(args: LayerConfig & BoxDecodingArgs = {}) {
    super(args);
    checkLayerArgs('BoxDecoding', args, ['coder']);
    const { coder = proposalWeights } = args;
    check(coder.length === 4 && coder.every((w) => w > 0), 'coder', 'four positive numbers', coder);
    this.coder = coder;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [boxes, offsets] = inputs as tf.Tensor[];
    return tf.tidy(() => {
      const moves = tf.reshape(offsets, [offsets.shape[0], -1, 4]);
      const columns = (of: tf.Tensor) => tf.split(of, 4, 2);
      const [left, top, right, bottom] = columns(tf.reshape(boxes, [-1, 1, 4]));
      const [tx, ty, tw, th] = columns(moves).map((each, i) => tf.div(each, this.coder[i]));
      const axis = (from: tf.Tensor, to: tf.Tensor, shift: tf.Tensor, growth: tf.Tensor) => {
        const length = tf.sub(to, from);
        const centre = tf.add(tf.div(tf.add(from, to), 2), tf.mul(shift, length));
        const half = tf.div(tf.mul(tf.exp(tf.minimum(growth, largestLogScale)), length), 2);
        return [tf.sub(centre, half), tf.add(centre, half)];
      };
      const [x1, x2] = axis(left, right, tx, tw);
      const [y1, y2] = axis(top, bottom, ty, th);
      return tf.concat([x1, y1, x2, y2], 2);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [, offsets] = inputShape as Shape[];
    return [null, (offsets[1] as number) / 4, 4];
  }

  override getConfig() {
    return { ...super.getConfig(), coder: [...this.coder] };
  }
}
tf.serialization.registerClass(BoxDecoding);
