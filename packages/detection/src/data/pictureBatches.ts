import * as tf from '@tensorflow/tfjs-core';
import type { Detector } from '../model/Detector.js';
import { type Augment, augmentPicture } from './augment.js';
import { type BatchArgs, batchesOf, checkSet, type Example, type TrainingBatches } from './batches.js';
import type { AnnotatedPicture, PictureSet } from './PictureSet.js';

/** Batches for detector.model.fitDataset: reads, augments and prepares each picture when it is its turn. */
export function pictureBatches(
  detector: Detector,
  set: PictureSet,
  { augment, ...args }: BatchArgs & { augment?: Augment } = {},
): TrainingBatches {
  checkSet(detector, set);
  const example = (index: number) => prepareExample(detector, set.pictures[index], augment);
  return batchesOf(detector.model.inputNames, detector.config.classes, set.pictures.length, example, args);
}

/** One picture as the network wants it, with its objects in that picture's pixels. */
export async function prepareExample(detector: Detector, picture: AnnotatedPicture, augment?: Augment): Promise<Example> {
  const pixels = await picture.load();
  const changed = augment ? augmentPicture(pixels, picture.objects, augment) : { pixels, objects: picture.objects };
  const { data, width, height } = changed.pixels;
  const tensor = tf.tensor3d(data as Uint8Array, [height, width, 3], 'int32');
  const { input, scaleX, scaleY } = detector.prepare(tensor);
  const [, rows, columns] = input.shape;
  const map = tf.reshape(input, [rows, columns, 3]);
  tf.dispose([tensor, input]);
  const objects = changed.objects.map((object) => {
    const [x1, y1, x2, y2] = object.box;
    return { ...object, box: [x1 * scaleX, y1 * scaleY, x2 * scaleX, y2 * scaleY] as typeof object.box };
  });
  return { inputs: [map as tf.Tensor3D], objects };
}
