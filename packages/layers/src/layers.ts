import * as tfl from '@tensorflow/tfjs-layers';
import { compressibleLayer, type MaskedArgs, type PowerOfTwoArgs } from './compressibleLayer.js';
import { classOf } from './tfjsCopy.js';

const { dense, conv1d, conv2d, conv2dTranspose, depthwiseConv2d, separableConv2d } = tfl.layers;
const one = { filters: 1, kernelSize: 1 };

type DenseArgs = Parameters<typeof dense>[0];
type Conv1DArgs = Parameters<typeof conv1d>[0];
type Conv2DArgs = Parameters<typeof conv2d>[0];
type Conv2DTransposeArgs = Parameters<typeof conv2dTranspose>[0];
type DepthwiseConv2DArgs = Parameters<typeof depthwiseConv2d>[0];
type SeparableConv2DArgs = Parameters<typeof separableConv2d>[0];

export type MaskedDenseLayerArgs = DenseArgs & MaskedArgs;
export type MaskedConv1DLayerArgs = Conv1DArgs & MaskedArgs;
export type MaskedConv2DLayerArgs = Conv2DArgs & MaskedArgs;
export type MaskedConv2DTransposeLayerArgs = Conv2DTransposeArgs & MaskedArgs;
export type MaskedDepthwiseConv2DLayerArgs = DepthwiseConv2DArgs & MaskedArgs;
export type MaskedSeparableConv2DLayerArgs = SeparableConv2DArgs & MaskedArgs;
export type PowerOfTwoDenseLayerArgs = DenseArgs & PowerOfTwoArgs;
export type PowerOfTwoConv1DLayerArgs = Conv1DArgs & PowerOfTwoArgs;
export type PowerOfTwoConv2DLayerArgs = Conv2DArgs & PowerOfTwoArgs;
export type PowerOfTwoConv2DTransposeLayerArgs = Conv2DTransposeArgs & PowerOfTwoArgs;
export type PowerOfTwoDepthwiseConv2DLayerArgs = DepthwiseConv2DArgs & PowerOfTwoArgs;
export type PowerOfTwoSeparableConv2DLayerArgs = SeparableConv2DArgs & PowerOfTwoArgs;

const Dense = classOf(dense({ units: 1 }));
const Conv1D = classOf(conv1d(one));
const Conv2D = classOf(conv2d(one));
const Conv2DTranspose = classOf(conv2dTranspose(one));
const DepthwiseConv2D = classOf(depthwiseConv2d({ kernelSize: 1 }));
const SeparableConv2D = classOf(separableConv2d(one));
const separable = ['depthwiseKernel', 'pointwiseKernel'];

/**
 * Masked layers: the built-in layer with a kernel that SurgeryCallback prunes and splices
 * (Dynamic Network Surgery, arXiv:1608.04493). Arguments, shapes and errors are the
 * built-in layer's, and MaskedArgs.
 *
 * ```js
 * const layer = new MaskedDense({ units: 4, targetSparsity: 0.8 });
 * ```
 */
export const MaskedDense = compressibleLayer<MaskedDenseLayerArgs>(Dense, 'MaskedDense', ['kernel']);
/**
 * tf.layers.conv1d whose kernel SurgeryCallback prunes.
 *
 * ```js
 * const layer = new MaskedConv1D({ filters: 4, kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const MaskedConv1D = compressibleLayer<MaskedConv1DLayerArgs>(Conv1D, 'MaskedConv1D', ['kernel']);
/**
 * tf.layers.conv2d whose kernel SurgeryCallback prunes.
 *
 * ```js
 * const layer = new MaskedConv2D({ filters: 4, kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const MaskedConv2D = compressibleLayer<MaskedConv2DLayerArgs>(Conv2D, 'MaskedConv2D', ['kernel']);
/**
 * tf.layers.conv2dTranspose whose kernel SurgeryCallback prunes.
 *
 * ```js
 * const layer = new MaskedConv2DTranspose({ filters: 4, kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const MaskedConv2DTranspose = compressibleLayer<MaskedConv2DTransposeLayerArgs>(
  Conv2DTranspose,
  'MaskedConv2DTranspose',
  ['kernel'],
);
/**
 * tf.layers.depthwiseConv2d whose depthwise kernel SurgeryCallback prunes.
 *
 * ```js
 * const layer = new MaskedDepthwiseConv2D({ kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const MaskedDepthwiseConv2D = compressibleLayer<MaskedDepthwiseConv2DLayerArgs>(
  DepthwiseConv2D,
  'MaskedDepthwiseConv2D',
  ['depthwiseKernel'],
);
/**
 * tf.layers.separableConv2d whose depthwise and pointwise kernels SurgeryCallback prunes.
 *
 * ```js
 * const layer = new MaskedSeparableConv2D({ filters: 4, kernelSize: 3, targetSparsity: 0.8 });
 * ```
 *
 * @throws ArgumentError
 */
export const MaskedSeparableConv2D = compressibleLayer<MaskedSeparableConv2DLayerArgs>(
  SeparableConv2D,
  'MaskedSeparableConv2D',
  separable,
);

/**
 * Power-of-two layers: the built-in layer with a kernel that INQScheduler turns step by
 * step into 0 and ±2^k (Incremental Network Quantization, arXiv:1702.03044). Arguments,
 * shapes and errors are the built-in layer's, and PowerOfTwoArgs.
 *
 * ```js
 * const layer = new PowerOfTwoDense({ units: 4, bits: 4 });
 * ```
 */
export const PowerOfTwoDense = compressibleLayer<PowerOfTwoDenseLayerArgs>(Dense, 'PowerOfTwoDense', ['kernel']);
/**
 * tf.layers.conv1d whose kernel INQScheduler quantizes.
 *
 * ```js
 * const layer = new PowerOfTwoConv1D({ filters: 4, kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const PowerOfTwoConv1D = compressibleLayer<PowerOfTwoConv1DLayerArgs>(Conv1D, 'PowerOfTwoConv1D', ['kernel']);
/**
 * tf.layers.conv2d whose kernel INQScheduler quantizes.
 *
 * ```js
 * const layer = new PowerOfTwoConv2D({ filters: 4, kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const PowerOfTwoConv2D = compressibleLayer<PowerOfTwoConv2DLayerArgs>(Conv2D, 'PowerOfTwoConv2D', ['kernel']);
/**
 * tf.layers.conv2dTranspose whose kernel INQScheduler quantizes.
 *
 * ```js
 * const layer = new PowerOfTwoConv2DTranspose({ filters: 4, kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const PowerOfTwoConv2DTranspose = compressibleLayer<PowerOfTwoConv2DTransposeLayerArgs>(
  Conv2DTranspose,
  'PowerOfTwoConv2DTranspose',
  ['kernel'],
);
/**
 * tf.layers.depthwiseConv2d whose depthwise kernel INQScheduler quantizes.
 *
 * ```js
 * const layer = new PowerOfTwoDepthwiseConv2D({ kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const PowerOfTwoDepthwiseConv2D = compressibleLayer<PowerOfTwoDepthwiseConv2DLayerArgs>(
  DepthwiseConv2D,
  'PowerOfTwoDepthwiseConv2D',
  ['depthwiseKernel'],
);
/**
 * tf.layers.separableConv2d whose depthwise and pointwise kernels INQScheduler quantizes.
 *
 * ```js
 * const layer = new PowerOfTwoSeparableConv2D({ filters: 4, kernelSize: 3, bits: 4 });
 * ```
 *
 * @throws ArgumentError
 */
export const PowerOfTwoSeparableConv2D = compressibleLayer<PowerOfTwoSeparableConv2DLayerArgs>(
  SeparableConv2D,
  'PowerOfTwoSeparableConv2D',
  separable,
);

/** From the built-in class to ours, by family. */
export const familyClasses = {
  masked: familyOf('Masked'),
  powerOfTwo: familyOf('PowerOfTwo'),
} as const;

function familyOf(prefix: 'Masked' | 'PowerOfTwo'): Record<string, string> {
  const bases = ['Dense', 'Conv1D', 'Conv2D', 'Conv2DTranspose', 'DepthwiseConv2D', 'SeparableConv2D'];
  return Object.fromEntries(bases.map((base) => [base, `${prefix}${base}`]));
}
