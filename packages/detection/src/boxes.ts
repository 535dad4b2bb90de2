/** The arithmetic of detection, as pure functions; nothing here registers a layer. */
export {
  type Box,
  type Boxes,
  type CoderWeights,
  clipBoxes,
  decodeBoxes,
  encodeBoxes,
  type Flip,
  fromBoxes,
  type GridIntervals,
  type GridOptions,
  gridBoxes,
  gridIntervals,
  iou,
  iouMatrix,
  mirrorBoxes,
  type NonMaxSuppressionOptions,
  nonMaxSuppression,
  nonMaxSuppressionAsync,
  type RoIAlignOptions,
  type RoIMaxPoolOptions,
  scaleBoxes,
  toBoxes,
} from '@tfjs-compress/math/internal';
export { IGNORED, type MatchOptions, matchBoxes, NEGATIVE } from './boxes/matchBoxes.js';
export { type SampleOptions, sampleMatches } from './boxes/sampleMatches.js';
export { binaryCrossEntropy, smoothL1, softmaxCrossEntropy } from './losses/losses.js';
export { roiAlign } from './roi/roiAlign.js';
export { type GridWeights, gridWeights, roiAlignGrid } from './roi/roiAlignGrid.js';
export { roiMaxPool } from './roi/roiMaxPool.js';
