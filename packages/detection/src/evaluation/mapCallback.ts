import { CustomCallback, type Logs } from '@tensorflow/tfjs-layers';
import { check, checkInteger, type DetectOptions, detectDefaults, resolveOptions } from '@tfjs-compress/math/internal';
import { checkSet } from '../data/checkSet.js';
import type { ImageSet } from '../data/ImageSet.js';
import type { Detector } from '../model/Detector.js';
import { detectAll } from './detectAll.js';
import { evaluateVoc } from './evaluateVoc.js';

export interface MapCallbackOptions extends DetectOptions {
  /** Images to evaluate on: validation ones. */
  set: ImageSet;
  /** Evaluate after every so many epochs, and after the last one. Default 1. */
  every?: number;
  /** A detection counts above this overlap with an object. Default 0.5. */
  evaluationIouThreshold?: number;
}

/**
 * Writes VOC's mean average precision on a set into the logs, as val_mAP, after epochs of
 * fitDataset; NaN after those in between. With
 * `new BestWeights({ monitor: 'val_mAP', mode: 'max' })` of @tfjs-compress/callbacks, in
 * any order, the detector ends with the weights of its best epoch: beside SurgeryCallback
 * and INQScheduler the best compressed ones.
 *
 * @param options Others than set, every and evaluationIouThreshold are those of detect().
 * @throws ArgumentError for an option or the set.
 * @example
 * const callbacks = [mapCallback(detector, { set: valSet, every: 2 }), new BestWeights({ monitor: 'val_mAP', mode: 'max' })];
 * await detector.headModel.fitDataset(batches, { epochs: 20, callbacks });
 */
export function mapCallback(detector: Detector, options: MapCallbackOptions): CustomCallback {
  const detection = Object.fromEntries(Object.keys(detectDefaults).map((key) => [key, undefined]));
  const defaults = { set: undefined as unknown as ImageSet, every: 1, evaluationIouThreshold: 0.5, ...detection };
  const all = resolveOptions<MapCallbackOptions>('mapCallback', options, defaults);
  const { set, every = 1, evaluationIouThreshold: iouThreshold, ...detectOptions } = all;
  checkInteger(every, 'every', 1);
  checkSet(set, detector.config.classes, "the detector's");
  check(
    set.images.some(({ objects }) => objects.length > 0),
    'set',
    'images with objects',
    'none',
  );
  const truth = set.images.map(({ objects }) => objects);
  const evaluate = async (epoch: number, logs?: Logs) => {
    const isDue = (epoch + 1) % every === 0 || epoch + 1 === callback.params.epochs;
    const figure = isDue
      ? evaluateVoc((await detectAll(detector, set, detectOptions)).detections, truth, { iouThreshold }).map
      : Number.NaN;
    if (logs) logs.val_mAP = figure;
  };
  const callback: CustomCallback & { priority?: number } = new CustomCallback({ onEpochEnd: evaluate }, 'never');
  // Where it comes among callbacks of @tfjs-compress: behind those that compress, before
  // BestWeights.
  callback.priority = 1.5;
  return callback;
}
