import * as tf from '@tensorflow/tfjs-core';
import { type Box, check, normalizations } from '@tfjs-compress/math/internal';
import type { Pixels } from '../data/ImageSet.js';
import type { Detector } from '../model/Detector.js';
import type { Drawn } from './drawDetections.js';

/**
 * The images of a batch of imageBatches(), as the network gets them, with the objects
 * it is to learn; difficult ones and crowds, which count neither way, are left out. For
 * imageGrid().
 *
 * ```js
 * const iterator = await imageBatches(detector, set).iterator();
 * const { value } = await iterator.next();
 * const [{ pixels, objects }] = await batchImages(detector, value);
 * console.log(pixels.width, pixels.height, objects[0].class); // → 32 32 square
 * ```
 *
 * @param batch What the batches' iterator gives. It is not disposed of.
 * @param detector What the batches were made for.
 * @throws ArgumentError for a batch of cachedBatches(), which holds no images.
 */
export async function batchImages(
  detector: Detector,
  batch: { xs: tf.NamedTensorMap },
): Promise<{ pixels: Pixels; objects: Drawn[] }[]> {
  const name = detector.model.inputNames.find((each) => each !== 'boxes' && each !== 'classes') as string;
  const images = batch?.xs?.[name] as tf.Tensor4D | undefined;
  check(images !== undefined, 'batch', 'one of imageBatches() for this detector', Object.keys(batch?.xs ?? {}));
  const { mean, deviation, isReversed } = normalizations[detector.config.preprocessing];
  const { boxes, classes } = batch.xs;
  const values = tf.tidy(() => {
    const ordered = isReversed ? tf.reverse(images, -1) : images;
    return tf.add(tf.mul(ordered, tf.tensor1d([...deviation])), tf.tensor1d([...mean]));
  });
  const [data, corners, labels] = await Promise.all([values.data(), boxes.data(), classes.data()]);
  values.dispose();
  const [count, height, width] = images.shape;
  const m = classes.shape[1] as number;
  return Array.from({ length: count }, (_, i) => {
    const objects = Array.from({ length: m }, (_, j): Drawn[] => {
      const label = labels[i * m + j];
      const box = [...corners.subarray(4 * (i * m + j), 4 * (i * m + j) + 4)] as Box;
      return label > 0 ? [{ box, class: detector.config.classes[label - 1] }] : [];
    }).flat();
    const pixels = Uint8ClampedArray.from(data.subarray(i * height * width * 3, (i + 1) * height * width * 3));
    return { pixels: { data: pixels, width, height }, objects };
  });
}
