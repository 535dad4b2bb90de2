export {
  type Box,
  type Boxes,
  clipBoxes,
  flipBoxes,
  fromBoxes,
  iou,
  iouMatrix,
  scaleBoxes,
  toBoxes,
} from './boxes/boxes.js';
export { type CoderWeights, decodeBoxes, encodeBoxes } from './boxes/coder.js';
export { type GridArgs, gridBoxes } from './boxes/gridBoxes.js';
export { IGNORED, type MatchArgs, matchBoxes, NEGATIVE } from './boxes/matchBoxes.js';
export { type NonMaxSuppressionArgs, nonMaxSuppression, nonMaxSuppressionAsync } from './boxes/nonMaxSuppression.js';
export { type SampleArgs, sampleMatches } from './boxes/sampleMatches.js';
export { cachedBatches } from './data/cachedBatches.js';
export { pictureBatches } from './data/pictureBatches.js';
export { detectAll } from './evaluation/detectAll.js';
export { evaluateCoco } from './evaluation/evaluateCoco.js';
export { evaluateVoc } from './evaluation/evaluateVoc.js';
export { precisionRecallSvg } from './evaluation/precisionRecallSvg.js';
export { recallOfProposals } from './evaluation/recallOfProposals.js';
export { Detector } from './model/Detector.js';
export { hyperNet } from './model/hyperNet.js';
export { roiAlign } from './roi/roiAlign.js';
