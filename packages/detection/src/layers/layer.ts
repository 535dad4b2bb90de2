import type * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { checkKnownOptions, pickBoxes } from '@tfjs-compress/math/internal';

/** What every layer's constructor takes: name, trainable, … */
export type LayerConfig = ConstructorParameters<typeof layers.Layer>[0];

export type Shape = (number | null)[];

/** What tfjs's layers take and save, and what it hands to them when it loads a model. */
const common = [
  ...['name', 'trainable', 'inputShape', 'batchInputShape', 'batchSize', 'dtype', 'inputDType', 'updatable'],
  ...['weights', 'customObjects', 'fastWeightInitDuringBuild'],
];

/** Throws on an option that neither tfjs's layers nor this one has. */
export function checkLayerArgs(owner: string, args: object, own: readonly string[]): void {
  checkKnownOptions(args, [...own, ...common], owner);
}

/** The rows of image i of a tensor [images, n, k], as flat numbers. */
export function rowsOf(tensor: tf.Tensor, values: Float32Array, image: number): Float32Array {
  const [, n, k] = tensor.shape;
  return values.slice(image * n * k, (image + 1) * n * k);
}

/**
 * The objects of one image: rows whose class is positive. Class 0 is padding, −1 an
 * object that counts neither way.
 */
export function objectsOf(boxes: Float32Array, classes: Float32Array) {
  const indices = (wanted: (c: number) => boolean) => [...classes.keys()].filter((i) => wanted(classes[i]));
  const counted = indices((c) => c > 0);
  return {
    boxes: pickBoxes(boxes, counted),
    classes: counted.map((i) => classes[i]),
    difficult: pickBoxes(
      boxes,
      indices((c) => c < 0),
    ),
  };
}
