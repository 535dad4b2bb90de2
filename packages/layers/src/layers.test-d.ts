import { layers, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { expectTypeOf } from 'vitest';
import {
  type CompressibleLayer,
  type CompressibleLayerClass,
  isCompressibleLayer,
  MaskedConv2D,
  type MaskedConv2DLayerArgs,
  type maskedConv1d,
  type maskedConv2d,
  type maskedConv2dTranspose,
  maskedDense,
  type maskedDepthwiseConv2d,
  type maskedSeparableConv2d,
  type powerOfTwoConv1d,
  type powerOfTwoConv2d,
  type powerOfTwoConv2dTranspose,
  powerOfTwoDense,
  type powerOfTwoDepthwiseConv2d,
  type powerOfTwoSeparableConv2d,
} from './index.js';

type Args<Factory extends (args: any) => unknown> = Parameters<Factory>[0];

// Each factory takes what the built-in one takes, and what its kind of layer has besides.
type Masked = { targetSparsity?: number; rate?: number };
type PowerOfTwo = { bits?: number; perChannel?: boolean };
expectTypeOf<Args<typeof maskedDense>>().toExtend<Args<typeof layers.dense> & Masked>();
expectTypeOf<Args<typeof maskedConv1d>>().toExtend<Args<typeof layers.conv1d> & Masked>();
expectTypeOf<Args<typeof maskedConv2d>>().toExtend<Args<typeof layers.conv2d> & Masked>();
expectTypeOf<Args<typeof maskedConv2dTranspose>>().toExtend<Args<typeof layers.conv2dTranspose> & Masked>();
expectTypeOf<Args<typeof maskedDepthwiseConv2d>>().toExtend<Args<typeof layers.depthwiseConv2d> & Masked>();
expectTypeOf<Args<typeof maskedSeparableConv2d>>().toExtend<Args<typeof layers.separableConv2d> & Masked>();
expectTypeOf<Args<typeof powerOfTwoDense>>().toExtend<Args<typeof layers.dense> & PowerOfTwo>();
expectTypeOf<Args<typeof powerOfTwoConv1d>>().toExtend<Args<typeof layers.conv1d> & PowerOfTwo>();
expectTypeOf<Args<typeof powerOfTwoConv2d>>().toExtend<Args<typeof layers.conv2d> & PowerOfTwo>();
expectTypeOf<Args<typeof powerOfTwoConv2dTranspose>>().toExtend<Args<typeof layers.conv2dTranspose> & PowerOfTwo>();
expectTypeOf<Args<typeof powerOfTwoDepthwiseConv2d>>().toExtend<Args<typeof layers.depthwiseConv2d> & PowerOfTwo>();
expectTypeOf<Args<typeof powerOfTwoSeparableConv2d>>().toExtend<Args<typeof layers.separableConv2d> & PowerOfTwo>();

// What they make stands where a layer of tfjs stands.
const layer = maskedDense({ units: 4, inputShape: [3], targetSparsity: 0.5, activation: 'relu' });
expectTypeOf(layer).toExtend<CompressibleLayer>();
expectTypeOf(layer.apply({} as SymbolicTensor)).toEqualTypeOf(layers.dense({ units: 4 }).apply({} as SymbolicTensor));
sequential({ layers: [layer, layers.flatten(), powerOfTwoDense({ units: 3, bits: 4, perChannel: true })] });
expectTypeOf(MaskedConv2D).toExtend<CompressibleLayerClass<MaskedConv2DLayerArgs>>();
new MaskedConv2D({ filters: 4, kernelSize: 3, rate: 1 });
// @ts-expect-error units are needed
maskedDense({ targetSparsity: 0.5 });
// @ts-expect-error an option of the other family
maskedDense({ units: 4, bits: 5 });
// @ts-expect-error an option of the other family
powerOfTwoDense({ units: 4, targetSparsity: 0.5 });

// isCompressibleLayer(): tells by type too.
const some: layers.Layer = layer;
if (isCompressibleLayer(some)) expectTypeOf(some).toEqualTypeOf<CompressibleLayer>();
