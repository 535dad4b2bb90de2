/** How good a detector is: average precision, recall, scores, what is taken for what. */
export { type CocoDetection, cocoResults } from './evaluation/cocoResults.js';
export {
  type ConfusionMatrix,
  type ConfusionMatrixOptions,
  confusionMatrix,
} from './evaluation/confusionMatrix.js';
export { type DetectAllOptions, detectAll } from './evaluation/detectAll.js';
export { type CocoResult, type EvaluateCocoOptions, evaluateCoco } from './evaluation/evaluateCoco.js';
export {
  averagePrecision,
  type ClassResult,
  type EvaluateVocOptions,
  evaluateVoc,
  type VocResult,
} from './evaluation/evaluateVoc.js';
export { type MapCallbackOptions, mapCallback } from './evaluation/mapCallback.js';
export { precisionRecallSvg } from './evaluation/precisionRecallSvg.js';
export { recallOfProposals } from './evaluation/recallOfProposals.js';
export {
  type ScoreCurve,
  type ScoreCurvesOptions,
  type ScorePoint,
  scoreCurves,
} from './evaluation/scoreCurves.js';
export { scoreCurvesSvg } from './evaluation/scoreCurvesSvg.js';
