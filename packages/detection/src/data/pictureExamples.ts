import * as tf from '@tensorflow/tfjs-core';
import { type Augment, augmentationOf, augmentPicture } from './augment.js';
import { checkSet } from './checkSet.js';
import { loadPicture } from './loadPicture.js';
import type { PictureSet } from './PictureSet.js';

export type PictureExample = {
  /** [height, width, 3], 0 … 255, int32. */
  picture: tf.Tensor3D;
  /** `[n, 4]`: x1, y1, x2, y2 in pixels. */
  boxes: tf.Tensor2D;
  /** `[n]`: index in the set's classes. */
  classes: tf.Tensor1D;
};

/** The pictures of a set one by one, for tf.data: `tf.data.generator(() => pictureExamples(set))`. The receiver disposes of them. */
export async function* pictureExamples(set: PictureSet, augment: Augment = {}): AsyncGenerator<PictureExample> {
  augmentationOf(augment);
  checkSet(set, set.classes, "the set's");
  for (const each of set.pictures) {
    const { pixels, objects } = augmentPicture(await loadPicture(each), each.objects, augment);
    yield {
      picture: tf.tensor3d(pixels.data as Uint8Array, [pixels.height, pixels.width, 3], 'int32'),
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
