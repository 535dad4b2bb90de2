import * as tfl from '@tensorflow/tfjs-layers';
import {
  type CompressibleLayer,
  compressibleLayer,
  type MaskedArgs,
  type PowerOfTwoArgs,
} from './compressibleLayer.js';
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
 * Masked layers: the built-in layer with a kernel that SurgeryCallback prunes and splices (Dynamic Network Surgery,
 * arXiv:1608.04493). Arguments, shapes and errors are the built-in layer's, and MaskedArgs.
 */
export const MaskedDense = compressibleLayer<MaskedDenseLayerArgs>(Dense, 'MaskedDense', ['kernel']);
export const MaskedConv1D = compressibleLayer<MaskedConv1DLayerArgs>(Conv1D, 'MaskedConv1D', ['kernel']);
export const MaskedConv2D = compressibleLayer<MaskedConv2DLayerArgs>(Conv2D, 'MaskedConv2D', ['kernel']);
export const MaskedConv2DTranspose = compressibleLayer<MaskedConv2DTransposeLayerArgs>(
  Conv2DTranspose,
  'MaskedConv2DTranspose',
  ['kernel'],
);
export const MaskedDepthwiseConv2D = compressibleLayer<MaskedDepthwiseConv2DLayerArgs>(
  DepthwiseConv2D,
  'MaskedDepthwiseConv2D',
  ['depthwiseKernel'],
);
export const MaskedSeparableConv2D = compressibleLayer<MaskedSeparableConv2DLayerArgs>(
  SeparableConv2D,
  'MaskedSeparableConv2D',
  separable,
);

/**
 * Power-of-two layers: the built-in layer with a kernel that INQScheduler turns step by step into 0 and ±2^k
 * (Incremental Network Quantization, arXiv:1702.03044). Arguments, shapes and errors are the built-in layer's, and
 * PowerOfTwoArgs.
 */
export const PowerOfTwoDense = compressibleLayer<PowerOfTwoDenseLayerArgs>(Dense, 'PowerOfTwoDense', ['kernel']);
export const PowerOfTwoConv1D = compressibleLayer<PowerOfTwoConv1DLayerArgs>(Conv1D, 'PowerOfTwoConv1D', ['kernel']);
export const PowerOfTwoConv2D = compressibleLayer<PowerOfTwoConv2DLayerArgs>(Conv2D, 'PowerOfTwoConv2D', ['kernel']);
export const PowerOfTwoConv2DTranspose = compressibleLayer<PowerOfTwoConv2DTransposeLayerArgs>(
  Conv2DTranspose,
  'PowerOfTwoConv2DTranspose',
  ['kernel'],
);
export const PowerOfTwoDepthwiseConv2D = compressibleLayer<PowerOfTwoDepthwiseConv2DLayerArgs>(
  DepthwiseConv2D,
  'PowerOfTwoDepthwiseConv2D',
  ['depthwiseKernel'],
);
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

/** Makes a MaskedDense layer, as tf.layers.dense makes a Dense one; likewise the other factories. */
export const maskedDense = (args: MaskedDenseLayerArgs): CompressibleLayer => new MaskedDense(args);
export const maskedConv1d = (args: MaskedConv1DLayerArgs): CompressibleLayer => new MaskedConv1D(args);
export const maskedConv2d = (args: MaskedConv2DLayerArgs): CompressibleLayer => new MaskedConv2D(args);
export const maskedConv2dTranspose = (args: MaskedConv2DTransposeLayerArgs): CompressibleLayer =>
  new MaskedConv2DTranspose(args);
export const maskedDepthwiseConv2d = (args: MaskedDepthwiseConv2DLayerArgs): CompressibleLayer =>
  new MaskedDepthwiseConv2D(args);
export const maskedSeparableConv2d = (args: MaskedSeparableConv2DLayerArgs): CompressibleLayer =>
  new MaskedSeparableConv2D(args);
export const powerOfTwoDense = (args: PowerOfTwoDenseLayerArgs): CompressibleLayer => new PowerOfTwoDense(args);
export const powerOfTwoConv1d = (args: PowerOfTwoConv1DLayerArgs): CompressibleLayer => new PowerOfTwoConv1D(args);
export const powerOfTwoConv2d = (args: PowerOfTwoConv2DLayerArgs): CompressibleLayer => new PowerOfTwoConv2D(args);
export const powerOfTwoConv2dTranspose = (args: PowerOfTwoConv2DTransposeLayerArgs): CompressibleLayer =>
  new PowerOfTwoConv2DTranspose(args);
export const powerOfTwoDepthwiseConv2d = (args: PowerOfTwoDepthwiseConv2DLayerArgs): CompressibleLayer =>
  new PowerOfTwoDepthwiseConv2D(args);
export const powerOfTwoSeparableConv2d = (args: PowerOfTwoSeparableConv2DLayerArgs): CompressibleLayer =>
  new PowerOfTwoSeparableConv2D(args);
