export { CompressibleKernel } from './CompressibleKernel.js';
export { type CompressibleOptions, compressible, strip } from './compressible.js';
export {
  type CompressibleLayer,
  type CompressibleLayerClass,
  type CompressionArgs,
  isCompressibleLayer,
  type MaskedArgs,
  type PowerOfTwoArgs,
} from './compressibleLayer.js';
export {
  maskedConv1d,
  maskedConv2d,
  maskedConv2dTranspose,
  maskedDense,
  maskedDepthwiseConv2d,
  maskedSeparableConv2d,
  powerOfTwoConv1d,
  powerOfTwoConv2d,
  powerOfTwoConv2dTranspose,
  powerOfTwoDense,
  powerOfTwoDepthwiseConv2d,
  powerOfTwoSeparableConv2d,
} from './factories.js';
export {
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
export { effectiveWeights, resetCompression } from './modelCompression.js';
export type { Selection, Selector } from './select.js';
export { registerCompressible } from './sites.js';
