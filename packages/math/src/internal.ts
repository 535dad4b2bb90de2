/**
 * What the other packages of this repository use; outside of semantic versioning. What
 * object detection computes is in it, for the packages detection and runtime. Nothing
 * here imports tfjs.
 */

export { cheapestZeros, type LeveledKernel } from './cheapestZeros.js';
export {
  check,
  checkInteger,
  checkKnownOptions,
  checkNearMiss,
  checkOneOf,
  checkSignal,
  resolveOptions,
} from './checks.js';
export { codebooksBelow } from './codebook.js';
export { axisWeights, extent, type Intervals, type RoIAlignOptions, visitCells } from './detection/axisWeights.js';
export {
  type Box,
  type Boxes,
  clipBox,
  clipBoxes,
  fromBoxes,
  iou,
  iouMatrix,
  pickBoxes,
  scaleBoxes,
  toBoxes,
} from './detection/boxes.js';
export {
  type CoderWeights,
  decodeBox,
  decodeBoxes,
  detectionWeights,
  encodeBoxes,
  largestLogScale,
  proposalWeights,
} from './detection/coder.js';
export { type DetectOptions, detectDefaults, detectOptionsOf } from './detection/DetectOptions.js';
export { type GridIntervals, type GridOptions, gridBoxes, gridIntervals } from './detection/gridBoxes.js';
export {
  checkRange,
  checkValues,
  type ImageConfig,
  normalizations,
  type Preprocessing,
  preprocessings,
  resizedSize,
} from './detection/image.js';
export { maxPoolBoxes, type Pooled, type RoIMaxPoolOptions } from './detection/maxPoolBoxes.js';
export { isLargeEnough, movedWindows, smallestSide } from './detection/movedWindows.js';
export {
  type NonMaxSuppressionOptions,
  nonMaxSuppression,
  nonMaxSuppressionAsync,
} from './detection/nonMaxSuppression.js';
export { type Classified, refinedBoxes } from './detection/refinedBoxes.js';
export {
  type Detection,
  inImage,
  type Proposal,
  proposalsOf,
  type Scale,
  scoresByClass,
} from './detection/results.js';
export { type Flip, flips, meanOfViews, mirrorBoxes } from './detection/views.js';
export { countNonFinite, countZeros } from './figures.js';
export { strideCandidates } from './neighborStrides.js';
export { random } from './random.js';
export { neighborStride, type WeightBits, weightBits } from './weightBits.js';
