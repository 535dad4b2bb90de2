import * as tf from '@tensorflow/tfjs-core';
import { type AugmentOptions, augmentationOf, augmentImage } from './augment.js';
import { checkSet } from './checkSet.js';
import type { ImageSet } from './ImageSet.js';
import { loadImage } from './loadImage.js';

export type ImageExample = {
  /** [height, width, 3], 0 … 255, int32. */
  image: tf.Tensor3D;
  /** `[n, 4]`: x1, y1, x2, y2 in pixels. */
  boxes: tf.Tensor2D;
  /** `[n]`: index in the set's classes. */
  classes: tf.Tensor1D;
};

/**
 * The images of a set one by one, for tf.data:
 * `tf.data.generator(() => imageExamples(set))`. The receiver disposes of them.
 *
 * ```js
 * for await (const { image, boxes, classes } of imageExamples(set)) {
 *   console.log(image.shape, boxes.shape, classes.shape); // → [ 32, 32, 3 ] [ 1, 4 ] [ 1 ]
 *   tf.dispose([image, boxes, classes]);
 * }
 * ```
 *
 * @param set What a reader gave.
 * @param augment What is changed in each image, anew each time. Default: nothing.
 * @throws ArgumentError for an option or the set; Error that names an image.
 */
export async function* imageExamples(set: ImageSet, augment: AugmentOptions = {}): AsyncGenerator<ImageExample> {
  augmentationOf(augment);
  checkSet(set, set.classes, "the set's");
  for (const each of set.images) {
    const { pixels, objects } = augmentImage(await loadImage(each), each.objects, augment);
    yield {
      image: tf.tensor3d(pixels.data as Uint8Array, [pixels.height, pixels.width, 3], 'int32'),
      boxes: tf.tensor2d(
        objects.flatMap((object) => object.box),
        [objects.length, 4],
      ),
      classes: tf.tensor1d(
        objects.map((object) => set.classes.indexOf(object.class)),
        'int32',
      ),
    };
  }
}
