export {
  type Box,
  type Boxes,
  type CoderWeights,
  clipBoxes,
  type Detection,
  type DetectOptions,
  decodeBoxes,
  encodeBoxes,
  flipBoxes,
  fromBoxes,
  type GridIntervals,
  type GridOptions,
  gridBoxes,
  gridIntervals,
  iou,
  iouMatrix,
  type NonMaxSuppressionOptions,
  nonMaxSuppression,
  nonMaxSuppressionAsync,
  type Preprocessing,
  type Proposal,
  type RoIAlignOptions,
  type RoIMaxPoolOptions,
  scaleBoxes,
  toBoxes,
} from '@tfjs-compress/math/detection';
export { IGNORED, type MatchOptions, matchBoxes, NEGATIVE } from './boxes/matchBoxes.js';
export { type SampleOptions, sampleMatches } from './boxes/sampleMatches.js';
export { type AugmentOptions, augmentImage } from './data/augment.js';
export type { BatchOptions, TrainingBatches } from './data/batches.js';
export { type CacheOptions, cachedBatches } from './data/cachedBatches.js';
export { cachedBytes } from './data/cachedBytes.js';
export type { CocoOptions } from './data/cocoSet.js';
export type { CsvOptions } from './data/csvSet.js';
export { fetchCoco, fetchCsv, fetchVoc, fetchYolo } from './data/fetchSets.js';
export type { AnnotatedImage, Annotation, ImageSet, Pixels, Skipped } from './data/ImageSet.js';
export { type ImageBatchOptions, imageBatches } from './data/imageBatches.js';
export { type ImageExample, imageExamples } from './data/imageExamples.js';
export type { LevelStore } from './data/LevelStore.js';
export type { ReadOptions } from './data/readImages.js';
export type { VocOptions } from './data/vocSet.js';
export type { Address, FetchOptions } from './data/webSource.js';
export type { YoloOptions } from './data/yoloSet.js';
export { type YoloTextOptions, yoloText } from './data/yoloText.js';
export { batchImages } from './drawing/batchImages.js';
export { type Drawn, type DrawOptions, drawDetections } from './drawing/drawDetections.js';
export { type ImageGridOptions, imageGrid } from './drawing/imageGrid.js';
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
export { BoxDecoding, type BoxDecodingArgs } from './layers/BoxDecoding.js';
export {
  LocalResponseNormalization,
  type LocalResponseNormalizationArgs,
} from './layers/LocalResponseNormalization.js';
export { Proposals, type ProposalsArgs } from './layers/Proposals.js';
export { RoIAlign, type RoIAlignLayerArgs } from './layers/RoIAlign.js';
export { RoIMaxPooling, type RoIMaxPoolingLayerArgs } from './layers/RoIMaxPooling.js';
export { binaryCrossEntropy, smoothL1, softmaxCrossEntropy } from './losses/losses.js';
export { Detector } from './model/Detector.js';
export type { CandidateOptions, HyperNetConfig, HyperNetOptions, TrainingOptions } from './model/HyperNetOptions.js';
export { hyperNet } from './model/hyperNet.js';
export type { ImageInput, PixelValues, PreparableImage, Prepared } from './model/preprocess.js';
export { type SixStepsOptions, type Step, trainSixSteps } from './model/trainSixSteps.js';
export { type TrunkOfOptions, trunkOf } from './model/trunkOf.js';
export { alexnet, vgg16 } from './model/trunks.js';
export { roiAlign } from './roi/roiAlign.js';
export { type GridWeights, gridWeights, roiAlignGrid } from './roi/roiAlignGrid.js';
export { roiMaxPool } from './roi/roiMaxPool.js';
