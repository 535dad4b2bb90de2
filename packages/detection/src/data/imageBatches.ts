import * as tf from '@tensorflow/tfjs-core';
import { resolveOptions } from '@tfjs-compress/math/internal';
import type { Detector } from '../model/Detector.js';
import { type AugmentOptions, augmentationOf, augmentImage } from './augment.js';
import { type BatchOptions, batchDefaults, batchesOf, type Example, type TrainingBatches } from './batches.js';
import { checkTrainingSet } from './checkSet.js';
import type { AnnotatedImage, ImageSet } from './ImageSet.js';
import { loadImage } from './loadImage.js';

export interface ImageBatchOptions extends BatchOptions {
  /** What is changed in each image, anew each time. Default: nothing. */
  augment?: AugmentOptions;
}

/**
 * Batches for detector.model.fitDataset: reads, augments and prepares each image when it
 * is its turn.
 *
 * ```js
 * const batches = imageBatches(detector, set, { augment: { flip: 0.5, scale: [0.8, 1.25] } });
 * detector.compile(tf.train.adam(1e-3));
 * await detector.model.fitDataset(batches, { epochs: 2, verbose: 0 });
 * ```
 *
 * @param detector What trains, by detector.model.
 * @param set What a reader gave.
 * @param options Augmentation, and those of the batches.
 * @throws ArgumentError, before an image is read, for an option or for a set that the
 *   detector cannot learn from.
 */
export function imageBatches(detector: Detector, set: ImageSet, options: ImageBatchOptions = {}): TrainingBatches {
  const defaults = { ...batchDefaults, augment: undefined as AugmentOptions | undefined };
  const { augment, ...batchOptions } = resolveOptions('imageBatches', options, defaults);
  if (augment) augmentationOf(augment);
  checkTrainingSet(set, detector.config.classes);
  const example = (index: number) => prepareExample(detector, set.images[index], augment);
  return batchesOf(detector.model.inputNames, detector.config.classes, set.images.length, example, batchOptions);
}

/** One image as the network wants it, with its objects in that image's pixels. */
export async function prepareExample(
  detector: Detector,
  image: AnnotatedImage,
  augment?: AugmentOptions,
): Promise<Example> {
  const loaded = { pixels: await loadImage(image), objects: image.objects };
  const { pixels, objects } = augment ? augmentImage(loaded.pixels, loaded.objects, augment) : loaded;
  const { input, scaleX, scaleY } = detector.prepare(pixels);
  const [, rows, columns] = input.shape;
  const map = tf.reshape(input, [rows, columns, 3]);
  input.dispose();
  const scaled = objects.map((object) => {
    const [x1, y1, x2, y2] = object.box;
    return { ...object, box: [x1 * scaleX, y1 * scaleY, x2 * scaleX, y2 * scaleY] as typeof object.box };
  });
  return { inputs: [map as tf.Tensor3D], objects: scaled };
}
