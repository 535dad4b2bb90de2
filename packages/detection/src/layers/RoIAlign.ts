import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { RoIAlignOptions } from '@tfjs-compress/math/internal';
import { checkRoI } from '../roi/checkRoI.js';
import { roiAlign, roiAlignWithoutGradient } from '../roi/roiAlign.js';
import { checkLayerArgs, type LayerConfig, type Shape } from './layer.js';

export type RoIAlignLayerArgs = LayerConfig &
  RoIAlignOptions & {
    /**
     * false takes a way that is many times faster for thousands of boxes and has no
     * gradient. Default true.
     */
    gradient?: boolean;
  };

/**
 * roiAlign as a layer: [features [b, h, w, c], boxes [b, n, 4]] → [b · n, size, size, c].
 *
 * ```js
 * const boxes = tf.tensor3d([[[0, 0, 4, 4]]]);
 * const bins = new RoIAlign({ size: 2 }).apply([tf.ones([1, 4, 4, 3]), boxes]);
 * console.log(bins.shape); // → [ 1, 2, 2, 3 ]
 * ```
 */
export class RoIAlign extends layers.Layer {
  static readonly className = 'RoIAlign';
  private readonly options: RoIAlignOptions & { gradient: boolean };

  constructor(args: RoIAlignLayerArgs) {
    super(args);
    checkLayerArgs('RoIAlign', args, ['size', 'stride', 'samplingRatio', 'aligned', 'gradient']);
    const { size, stride = 1, samplingRatio = 2, aligned = true, gradient = true } = args;
    checkRoI({ size, stride, samplingRatio, aligned });
    this.options = { size, stride, samplingRatio, aligned, gradient };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [features, boxes] = inputs as [tf.Tensor4D, tf.Tensor3D];
    const { gradient, ...options } = this.options;
    const op = gradient ? roiAlign : roiAlignWithoutGradient;
    return tf.tidy(() => op(features, boxes, options));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [features] = inputShape as Shape[];
    return [null, this.options.size, this.options.size, features[3]];
  }

  override getConfig() {
    return { ...super.getConfig(), ...this.options };
  }
}
tf.serialization.registerClass(RoIAlign);
