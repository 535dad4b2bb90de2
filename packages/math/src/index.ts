export { ArgumentError } from './checks.js';
export { codebookOf, type RangeChoice } from './codebook.js';
export {
  countLevels,
  distinctLevels,
  entropyBits,
  isPowerOfTwoOrZero,
  sparsityOf,
  type WeightFigures,
  weightFigures,
} from './figures.js';
export {
  type Codebook,
  countOnLevels,
  type PowerOfTwoRange,
  powerOfTwoLevels,
  powerOfTwoRange,
  type RoundOptions,
  roundToPowerOfTwo,
} from './levels.js';
export {
  countState,
  FREE,
  FROZEN,
  type FreezeOptions,
  freezeFraction,
  kthLargestMagnitude,
  magnitudeAtSparsity,
  PRUNED,
  pruneToSparsity,
} from './partition.js';
export { roundTensorToPowerOfTwo } from './roundTensor.js';
export {
  constant,
  type InverseDecayOptions,
  inverseDecay,
  type PiecewiseOptions,
  type PolynomialDecayOptions,
  piecewise,
  polynomialDecay,
  type Schedule,
} from './schedules.js';
export {
  damp,
  type Nearest,
  pruneRows,
  type RefitOptions,
  type RefitSums,
  type RoundedRow,
  type RoundRowsOptions,
  type RowGroup,
  refitGain,
  refitRows,
  roundRows,
  type Steps,
  shrinkProducts,
} from './secondOrder/index.js';
export {
  beginAnew,
  type Change,
  fixMask,
  quantizeFraction,
  type Step,
  setMask,
  updateMaskWith,
} from './steps.js';
export {
  type MagnitudeStats,
  type MaskChange,
  magnitudeStats,
  type SurgeryThresholds,
  surgeryThresholds,
  thresholdsForSparsity,
  triggerProbability,
  updateMask,
} from './surgery.js';
