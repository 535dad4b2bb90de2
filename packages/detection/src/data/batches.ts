import * as tf from '@tensorflow/tfjs-core';
import { check, checkInteger } from '@tfjs-compress/math/internal';
import { seededRandom } from '../boxes/random.js';
import { draw } from '../boxes/sampleMatches.js';
import type { Annotation } from './ImageSet.js';

export interface BatchOptions {
  /**
   * Images in a batch. Default 1; larger only where images have one size after resizing,
   * or padding does no harm.
   */
  batchSize?: number;
  /** Images come in a different order each epoch. Default true. */
  shuffle?: boolean;
  /** Default 1. */
  seed?: number;
}

export const batchDefaults: Required<BatchOptions> = { batchSize: 1, shuffle: true, seed: 1 };

/**
 * One training example: tensors without batch dimension, and objects in pixels of the
 * prepared image.
 */
export interface Example {
  inputs: tf.Tensor3D[];
  objects: Annotation[];
}

/**
 * What model.fitDataset takes: a new iterator each epoch, and how many batches it gives.
 */
export interface TrainingBatches {
  readonly size: number;
  iterator(): Promise<{ next(): Promise<IteratorResult<{ xs: tf.NamedTensorMap; ys: tf.Tensor2D }>> }>;
}

/**
 * Batches of `count` examples for detector.model or detector.headModel;
 * `example(i, epoch)` makes one and may take its time.
 */
export function batchesOf(
  inputNames: readonly string[],
  classes: readonly string[],
  count: number,
  example: (index: number, epoch: number) => Promise<Example> | Example,
  { batchSize, shuffle, seed }: Required<BatchOptions>,
): TrainingBatches {
  checkInteger(batchSize, 'batchSize', 1);
  check(typeof shuffle === 'boolean', 'shuffle', 'true or false', shuffle);
  check(Number.isFinite(seed), 'seed', 'a number', seed);
  const random = seededRandom(seed);
  let epoch = 0;
  return {
    size: Math.ceil(count / batchSize),
    async iterator() {
      const all = Array.from({ length: count }, (_, i) => i);
      const order = shuffle ? draw(all, count, random) : all;
      const ofEpoch = epoch++;
      let at = 0;
      return {
        async next() {
          if (at >= count) return { done: true, value: undefined };
          const indices = order.slice(at, at + batchSize);
          at += batchSize;
          const examples: Example[] = [];
          for (const i of indices) examples.push(await example(i, ofEpoch));
          return { done: false, value: batch(examples, inputNames, classes) };
        },
      };
    },
  };
}

function batch(examples: Example[], inputNames: readonly string[], classes: readonly string[]) {
  return tf.tidy(() => {
    const m = Math.max(1, ...examples.map((each) => each.objects.length));
    const boxes = new Float32Array(examples.length * m * 4);
    const labels = new Float32Array(examples.length * m);
    examples.forEach(({ objects }, i) => {
      objects.forEach(({ box, class: name, difficult, crowd }, j) => {
        boxes.set(box, (i * m + j) * 4);
        labels[i * m + j] = difficult || crowd ? -1 : classes.indexOf(name) + 1;
      });
    });
    const xs: tf.NamedTensorMap = {
      boxes: tf.tensor3d(boxes, [examples.length, m, 4]),
      classes: tf.tensor2d(labels, [examples.length, m]),
    };
    const inputs = inputNames.filter((name) => !(name in xs));
    inputs.forEach((name, i) => {
      xs[name] = stackPadded(examples.map((each) => each.inputs[i]));
    });
    tf.dispose(examples.map((each) => each.inputs));
    return { xs, ys: tf.zeros([examples.length, 4]) as tf.Tensor2D };
  });
}

/** Stacks maps, zeros on the right and below those that are smaller than the largest. */
function stackPadded(maps: tf.Tensor3D[]): tf.Tensor4D {
  const height = Math.max(...maps.map((map) => map.shape[0]));
  const width = Math.max(...maps.map((map) => map.shape[1]));
  const padded = maps.map((map) =>
    tf.pad(map, [
      [0, height - map.shape[0]],
      [0, width - map.shape[1]],
      [0, 0],
    ]),
  );
  return tf.stack(padded) as tf.Tensor4D;
}
