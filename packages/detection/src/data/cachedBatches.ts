import * as tf from '@tensorflow/tfjs-core';
import { check, checkOneOf, resolveOptions } from '@tfjs-compress/math/internal';
import type { Detector } from '../model/Detector.js';
import { type BatchArgs, batchDefaults, batchesOf, type TrainingBatches } from './batches.js';
import { checkTrainingSet } from './checkSet.js';
import type { Annotation, PictureSet } from './PictureSet.js';
import { prepareExample } from './pictureBatches.js';

export interface CacheArgs extends BatchArgs {
  /**
   * Which mirrored copies of each picture are kept, too; each epoch takes one copy of each picture
   * in turn. Default none.
   */
  flips?: readonly Flip[];
  /** Called after each picture. */
  onProgress?: (done: number, of: number) => void;
}

type Flip = 'horizontal' | 'vertical' | 'both';

interface Cached {
  maps: { data: Float32Array; shape: [number, number, number] }[];
  objects: Annotation[];
}

/**
 * Runs the frozen trunk once over every picture and keeps what it gives in memory (some 4 MB for
 * 320 × 416 pixels and MobileNet), for detector.headModel.fitDataset: an epoch then costs no trunk.
 * Augmentation is limited to the mirrored copies.
 *
 * @throws ArgumentError, before a picture is read, for an option, for a set that the detector
 *   cannot learn from, and for a detector whose trunk is to be trained.
 */
export async function cachedBatches(
  detector: Detector,
  set: PictureSet,
  args: CacheArgs = {},
): Promise<TrainingBatches> {
  const defaults = { ...batchDefaults, flips: [] as readonly Flip[], onProgress: undefined as CacheArgs['onProgress'] };
  const { flips, onProgress, ...options } = resolveOptions('cachedBatches', args, defaults);
  check(Array.isArray(flips), 'flips', "a list of 'horizontal', 'vertical', 'both'", flips);
  for (const flip of flips) checkOneOf(flip, ['horizontal', 'vertical', 'both'], 'flips');
  check(onProgress === undefined || typeof onProgress === 'function', 'onProgress', 'a function', onProgress);
  const trained = detector.featureModel.trainableWeights.length;
  const frozen = 'one with a frozen trunk (train detector.model with pictureBatches where the trunk trains, too)';
  check(trained === 0, 'detector', frozen, `${trained} weights of the trunk that train`);
  checkTrainingSet(set, detector.config.classes);
  const copies = [
    {},
    ...flips.map((flip) => ({
      flip: flip === 'vertical' ? 0 : 1,
      flipVertically: flip === 'horizontal' ? 0 : 1,
    })),
  ];
  const cache: Cached[][] = [];
  for (const picture of set.pictures) {
    const ofPicture: Cached[] = [];
    for (const copy of copies) {
      const { inputs, objects } = await prepareExample(detector, picture, { ...copy, random: () => 0 });
      const maps = tf.tidy(() => detector.featureModel.predict(tf.expandDims(inputs[0], 0))) as tf.Tensor[];
      const data = (await Promise.all(maps.map((map) => map.data()))) as Float32Array[];
      const shapes = maps.map((map) => map.shape.slice(1) as [number, number, number]);
      ofPicture.push({ maps: data.map((each, i) => ({ data: each, shape: shapes[i] })), objects });
      tf.dispose([inputs, maps]);
    }
    cache.push(ofPicture);
    onProgress?.(cache.length, set.pictures.length);
  }
  const example = (index: number, epoch: number) => {
    const { maps, objects } = cache[index][(index + epoch) % copies.length];
    return { inputs: maps.map(({ data, shape }) => tf.tensor3d(data, shape)), objects };
  };
  return batchesOf(detector.headModel.inputNames, detector.config.classes, set.pictures.length, example, options);
}
