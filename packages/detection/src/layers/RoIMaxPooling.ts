import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { RoIMaxPoolOptions } from '@tfjs-compress/math/internal';
import { checkRoI } from '../roi/checkRoI.js';
import { roiMaxPool } from '../roi/roiMaxPool.js';
import { checkLayerArgs, type LayerConfig, type Shape } from './layer.js';

export type RoIMaxPoolingLayerArgs = LayerConfig & RoIMaxPoolOptions;

/**
 * roiMaxPool as a layer: [features [b, h, w, c], boxes [b, n, 4]] → [b · n, size, size,
 * c].
 *
 * ```js
 * const boxes = tf.tensor3d([[[0, 0, 4, 4]]]);
 * const bins = new RoIMaxPooling({ size: 2 }).apply([tf.ones([1, 4, 4, 3]), boxes]);
 * console.log(bins.shape); // → [ 1, 2, 2, 3 ]
 * ```
 */
export class RoIMaxPooling extends layers.Layer {
  static readonly className = 'RoIMaxPooling';
  private readonly options: Required<RoIMaxPoolOptions>;

  constructor(args: RoIMaxPoolingLayerArgs) {
    super(args);
    checkLayerArgs('RoIMaxPooling', args, ['size', 'stride']);
    checkRoI({ size: args.size, stride: args.stride });
    this.options = { size: args.size, stride: args.stride ?? 1 };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [features, boxes] = inputs as [tf.Tensor4D, tf.Tensor3D];
    return tf.tidy(() => roiMaxPool(features, boxes, this.options));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [features] = inputShape as Shape[];
    return [null, this.options.size, this.options.size, features[3]];
  }

  override getConfig() {
    return { ...super.getConfig(), ...this.options };
  }
}
tf.serialization.registerClass(RoIMaxPooling);
