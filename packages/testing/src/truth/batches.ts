import * as tf from '@tensorflow/tfjs-core';
import type { Problem } from './model.js';

/**
 * A dataset, as far as fitDataset asks for one: batches of eight.
 *
 * @param length How many, asked anew for each epoch.
 * @param size What the dataset says of its size.
 */
export function batches({ x, y }: Problem, length: () => number, size: number | undefined) {
  const part = (tensor: tf.Tensor, i: number) => tf.slice(tensor, [i * 8], [8]);
  const partOf = (value: tf.Tensor | tf.Tensor[], i: number) =>
    Array.isArray(value) ? Object.fromEntries(value.map((each, j) => [j, part(each, i)])) : part(value, i);
  return {
    ...(size !== undefined && { size }),
    iterator: async () => {
      const count = length();
      let i = 0;
      const next = async () =>
        i < count ? { done: false, value: { xs: part(x, i), ys: partOf(y, i++) } } : { done: true, value: null };
      return { next };
    },
  };
}
