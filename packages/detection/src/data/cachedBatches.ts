import * as tf from '@tensorflow/tfjs-core';
import { check, checkOneOf, type Flip, flips as knownFlips, resolveOptions } from '@tfjs-compress/math/internal';
import type { Detector } from '../model/Detector.js';
import { type BatchOptions, batchDefaults, batchesOf, type TrainingBatches } from './batches.js';
import { levelShapes } from './cachedBytes.js';
import { checkTrainingSet } from './checkSet.js';
import type { Annotation, ImageSet } from './ImageSet.js';
import { prepareExample } from './imageBatches.js';
import { type LevelStore, memoryStore } from './LevelStore.js';

export interface CacheOptions extends BatchOptions {
  /**
   * Which mirrored copies of each image are kept, too; each epoch takes one copy of each
   * image in turn. Default none.
   */
  flips?: readonly Flip[];
  /**
   * Where the levels are kept. Default in memory; fileStore(folder) of
   * @tfjs-compress/detection/node keeps them on disk.
   */
  store?: LevelStore;
  /** Called after each image. */
  onProgress?: (done: number, of: number) => void;
}

type Shape = [number, number, number];

interface Cached {
  key: string;
  shapes: Shape[];
  objects: Annotation[];
}

/**
 * Runs the frozen trunk once over every image and keeps what it gives (some 4 MB for 320
 * × 416 pixels and MobileNet; cachedBytes() says how much in all), for
 * detector.headModel.fitDataset: an epoch then costs no trunk. Augmentation is limited to
 * the mirrored copies.
 *
 * ```js
 * detector.compile(tf.train.adam(1e-3), detector.headModel);
 * const batches = await cachedBatches(detector, set, { flips: ['horizontal'] });
 * await detector.headModel.fitDataset(batches, { epochs: 2, verbose: 0 });
 * ```
 *
 * @param detector What trains; its trunk is frozen.
 * @param set What a reader gave.
 * @param options Copies, where they are kept, and those of the batches.
 * @throws ArgumentError, before an image is read, for an option, for a set that the
 *   detector cannot learn from, and for a detector whose trunk is to be trained.
 */
export async function cachedBatches(
  detector: Detector,
  set: ImageSet,
  options: CacheOptions = {},
): Promise<TrainingBatches> {
  const defaults = {
    ...batchDefaults,
    flips: [] as readonly Flip[],
    store: memoryStore(),
    onProgress: undefined as CacheOptions['onProgress'],
  };
  const { flips, store, onProgress, ...batchOptions } = resolveOptions('cachedBatches', options, defaults);
  check(Array.isArray(flips), 'flips', "a list of 'horizontal', 'vertical', 'both'", flips);
  for (const flip of flips) checkOneOf(flip, knownFlips, 'flips');
  const isStore = typeof store?.read === 'function' && typeof store.write === 'function';
  check(isStore, 'store', 'what fileStore() gives', store);
  check(onProgress === undefined || typeof onProgress === 'function', 'onProgress', 'a function', onProgress);
  const trained = detector.featureModel.trainableWeights.length;
  const frozen = 'one with a frozen trunk (train detector.model with imageBatches where the trunk trains, too)';
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
  for (const [index, image] of set.images.entries()) {
    const ofImage: Cached[] = [];
    for (const [k, copy] of copies.entries()) {
      const { inputs, objects } = await prepareExample(detector, image, { ...copy, random: () => 0 });
      const shapes = levelShapes(detector, inputs[0].shape as Shape);
      const key = `${index}-${flips[k - 1] ?? 'plain'}`;
      const kept = await store.read(key);
      if (!kept) await store.write(key, await levelsIn(detector, inputs[0] as tf.Tensor3D));
      const expected = shapes.reduce((sum, shape) => sum + tf.util.sizeFromShape(shape), 0);
      check(!kept || kept.length === expected, 'store', `${expected} values of image ${image.name}`, kept?.length);
      ofImage.push({ key, shapes, objects });
      tf.dispose(inputs);
    }
    cache.push(ofImage);
    onProgress?.(cache.length, set.images.length);
  }
  const example = async (index: number, epoch: number) => {
    const { key, shapes, objects } = cache[index][(index + epoch) % copies.length];
    const values = await store.read(key);
    check(values !== undefined, 'store', 'what was written to it', key);
    let from = 0;
    const inputs = shapes.map((shape) => {
      const size = tf.util.sizeFromShape(shape);
      from += size;
      return tf.tensor3d(values.subarray(from - size, from), shape);
    });
    return { inputs, objects };
  };
  return batchesOf(detector.headModel.inputNames, detector.config.classes, set.images.length, example, batchOptions);
}

/** What the trunk gives of a prepared image, one level behind the other. */
async function levelsIn(detector: Detector, input: tf.Tensor3D): Promise<Float32Array> {
  const all = tf.tidy(() => {
    const maps = detector.featureModel.predict(tf.expandDims(input, 0)) as tf.Tensor[];
    return tf.concat(maps.map((map) => tf.reshape(map, [-1])));
  });
  const values = (await all.data()) as Float32Array;
  all.dispose();
  return values;
}
