import * as tf from '@tensorflow/tfjs-core';

/** Some neighbouring examples of each tensor. */
export function part(tensors: tf.Tensor[], from: number, count: number): tf.Tensor[] {
  return tensors.map((each) => {
    const rest = each.shape.slice(1);
    return tf.slice(each, [from, ...rest.map(() => 0)], [count, ...rest]);
  });
}
