export { type Attachment, attach, isMarkedPruned, kernelAt, markPruned, openRun } from './attach.js';
export { CompressibleKernel } from './CompressibleKernel.js';
export { metadataKey, type Run, shareRun } from './checkpoint.js';
export { type CompressibleArgs, compressible, isConvertible, strip } from './compressible.js';
export {
  type CompressibleLayer,
  type CompressibleLayerClass,
  type CompressionArgs,
  checkCompressionArgs,
  isCompressibleLayer,
  type MaskedArgs,
  type PowerOfTwoArgs,
} from './compressibleLayer.js';
export { checkFinite } from './finite.js';
export { hook } from './hook.js';
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
  maskedConv1d,
  maskedConv2d,
  maskedConv2dTranspose,
  maskedDense,
  maskedDepthwiseConv2d,
  maskedSeparableConv2d,
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
  powerOfTwoConv1d,
  powerOfTwoConv2d,
  powerOfTwoConv2dTranspose,
  powerOfTwoDense,
  powerOfTwoDepthwiseConv2d,
  powerOfTwoSeparableConv2d,
} from './layers.js';
export { effectiveWeights, resetCompression } from './modelCompression.js';
export { type Selected, type Selection, type Selector, select } from './select.js';
export { findSites, registerCompressible, type Site, unknownKernels } from './sites.js';
export { checkModel, checkSingleTfjsCopy, type Layer, secondCopy } from './tfjsCopy.js';
export { writeAsIs } from './writeAsIs.js';
