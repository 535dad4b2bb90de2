import type { CompressibleLayer } from './compressibleLayer.js';
import {
  MaskedConv1D,
  type MaskedConv1DLayerArgs,
  MaskedConv2D,
  type MaskedConv2DLayerArgs,
  MaskedConv2DTranspose,
  type MaskedConv2DTransposeLayerArgs,
  MaskedDense,
  type MaskedDenseLayerArgs,
  MaskedDepthwiseConv2D,
  type MaskedDepthwiseConv2DLayerArgs,
  MaskedSeparableConv2D,
  type MaskedSeparableConv2DLayerArgs,
  PowerOfTwoConv1D,
  type PowerOfTwoConv1DLayerArgs,
  PowerOfTwoConv2D,
  type PowerOfTwoConv2DLayerArgs,
  PowerOfTwoConv2DTranspose,
  type PowerOfTwoConv2DTransposeLayerArgs,
  PowerOfTwoDense,
  type PowerOfTwoDenseLayerArgs,
  PowerOfTwoDepthwiseConv2D,
  type PowerOfTwoDepthwiseConv2DLayerArgs,
  PowerOfTwoSeparableConv2D,
  type PowerOfTwoSeparableConv2DLayerArgs,
} from './layers.js';

/**
 * Makes a MaskedDense layer, as tf.layers.dense makes a Dense one.
 *
 * ```js
 * const layer = maskedDense({ units: 4, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const maskedDense = (args: MaskedDenseLayerArgs): CompressibleLayer => new MaskedDense(args);
/**
 * Makes a MaskedConv1D layer, as tf.layers.conv1d makes a Conv1D one.
 *
 * ```js
 * const layer = maskedConv1d({ filters: 4, kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const maskedConv1d = (args: MaskedConv1DLayerArgs): CompressibleLayer => new MaskedConv1D(args);
/**
 * Makes a MaskedConv2D layer, as tf.layers.conv2d makes a Conv2D one.
 *
 * ```js
 * const layer = maskedConv2d({ filters: 4, kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const maskedConv2d = (args: MaskedConv2DLayerArgs): CompressibleLayer => new MaskedConv2D(args);
/**
 * Makes a MaskedConv2DTranspose layer, as tf.layers.conv2dTranspose makes a
 * Conv2DTranspose one.
 *
 * ```js
 * const layer = maskedConv2dTranspose({ filters: 4, kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const maskedConv2dTranspose = (args: MaskedConv2DTransposeLayerArgs): CompressibleLayer =>
  new MaskedConv2DTranspose(args);
/**
 * Makes a MaskedDepthwiseConv2D layer, as tf.layers.depthwiseConv2d makes a
 * DepthwiseConv2D one.
 *
 * ```js
 * const layer = maskedDepthwiseConv2d({ kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const maskedDepthwiseConv2d = (args: MaskedDepthwiseConv2DLayerArgs): CompressibleLayer =>
  new MaskedDepthwiseConv2D(args);
/**
 * Makes a MaskedSeparableConv2D layer, as tf.layers.separableConv2d makes a
 * SeparableConv2D one.
 *
 * ```js
 * const layer = maskedSeparableConv2d({ filters: 4, kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const maskedSeparableConv2d = (args: MaskedSeparableConv2DLayerArgs): CompressibleLayer =>
  new MaskedSeparableConv2D(args);
/**
 * Makes a PowerOfTwoDense layer, as tf.layers.dense makes a Dense one.
 *
 * ```js
 * const layer = powerOfTwoDense({ units: 4, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const powerOfTwoDense = (args: PowerOfTwoDenseLayerArgs): CompressibleLayer => new PowerOfTwoDense(args);
/**
 * Makes a PowerOfTwoConv1D layer, as tf.layers.conv1d makes a Conv1D one.
 *
 * ```js
 * const layer = powerOfTwoConv1d({ filters: 4, kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const powerOfTwoConv1d = (args: PowerOfTwoConv1DLayerArgs): CompressibleLayer => new PowerOfTwoConv1D(args);
/**
 * Makes a PowerOfTwoConv2D layer, as tf.layers.conv2d makes a Conv2D one.
 *
 * ```js
 * const layer = powerOfTwoConv2d({ filters: 4, kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const powerOfTwoConv2d = (args: PowerOfTwoConv2DLayerArgs): CompressibleLayer => new PowerOfTwoConv2D(args);
/**
 * Makes a PowerOfTwoConv2DTranspose layer, as tf.layers.conv2dTranspose makes a
 * Conv2DTranspose one.
 *
 * ```js
 * const layer = powerOfTwoConv2dTranspose({ filters: 4, kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const powerOfTwoConv2dTranspose = (args: PowerOfTwoConv2DTransposeLayerArgs): CompressibleLayer =>
  new PowerOfTwoConv2DTranspose(args);
/**
 * Makes a PowerOfTwoDepthwiseConv2D layer, as tf.layers.depthwiseConv2d makes a
 * DepthwiseConv2D one.
 *
 * ```js
 * const layer = powerOfTwoDepthwiseConv2d({ kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const powerOfTwoDepthwiseConv2d = (args: PowerOfTwoDepthwiseConv2DLayerArgs): CompressibleLayer =>
  new PowerOfTwoDepthwiseConv2D(args);
/**
 * Makes a PowerOfTwoSeparableConv2D layer, as tf.layers.separableConv2d makes a
 * SeparableConv2D one.
 *
 * ```js
 * const layer = powerOfTwoSeparableConv2d({ filters: 4, kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const powerOfTwoSeparableConv2d = (args: PowerOfTwoSeparableConv2DLayerArgs): CompressibleLayer =>
  new PowerOfTwoSeparableConv2D(args);
