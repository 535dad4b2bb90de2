import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { check, checkInteger } from '@tfjs-compress/math/internal';
import { checkLayerArgs, type LayerConfig, type Shape } from './layer.js';

export interface LocalResponseNormalizationArgs {
  /** Channels on each side that count. Default 2. */
  depthRadius?: number;
  /** Default 1. */
  bias?: number;
  /**
   * Not divided by the number of channels, unlike Caffe's. Default 0.2, which is Caffe's
   * default 1 over its 5 channels.
   */
  alpha?: number;
  /** Default 0.75. */
  beta?: number;
}

/**
 * x · (bias + alpha · Σ x²)^−beta, the sum over 2 · depthRadius + 1 neighbouring channels
 * (Krizhevsky et al., 2012). Input and output [batch, height, width, channels]. HyperNet
 * gives no parameters: the defaults are Caffe's.
 *
 * ```js
 * const lrn = new LocalResponseNormalization({ depthRadius: 1, bias: 1, alpha: 1, beta: 0.5 });
 * const [value] = await lrn.apply(tf.fill([1, 1, 1, 1], 1)).data();
 * console.log(value.toFixed(4)); // → 0.7071
 * ```
 */
export class LocalResponseNormalization extends layers.Layer {
  static readonly className = 'LocalResponseNormalization';
  private readonly options: Required<LocalResponseNormalizationArgs>;

  constructor(args: LayerConfig & LocalResponseNormalizationArgs = {}) {
    super(args);
    checkLayerArgs('LocalResponseNormalization', args, ['depthRadius', 'bias', 'alpha', 'beta']);
    const { depthRadius = 2, bias = 1, alpha = 0.2, beta = 0.75 } = args;
    checkInteger(depthRadius, 'depthRadius', 0);
    check(bias > 0, 'bias', 'a positive number', bias);
    this.options = { depthRadius, bias, alpha, beta };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    const { depthRadius, bias, alpha, beta } = this.options;
    return tf.localResponseNormalization(x, depthRadius, bias, alpha, beta);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override getConfig() {
    return { ...super.getConfig(), ...this.options };
  }
}
tf.serialization.registerClass(LocalResponseNormalization);
