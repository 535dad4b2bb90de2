import * as tf from '@tensorflow/tfjs-core';

/**
 * w ∘ mask, whose gradient with respect to w is the one with respect to the product (DNS,
 * Eq. 3: straight through). Selected rather than multiplied, since what lies under the
 * mask may not be finite.
 */
export function straightThroughMask(w: tf.Tensor, mask: tf.Tensor, zeros: tf.Tensor): tf.Tensor {
  const masked = tf.customGrad((x) => ({
    value: select(mask, x as tf.Tensor, zeros),
    gradFunc: (dy: tf.Tensor) => dy,
  }));
  return masked(w);
}

/**
 * tf.where for tensors of one shape, in one kernel: tf.where broadcasts all three first,
 * a kernel each. GPUs have it up to rank 4 alone, so that 3-D convolutions are selected
 * as vectors.
 */
export function select(condition: tf.Tensor, ifTrue: tf.Tensor, ifFalse: tf.Tensor): tf.Tensor {
  const run = (c: tf.Tensor, t: tf.Tensor, e: tf.Tensor): tf.Tensor =>
    tf.engine().runKernel(tf.Select, { condition: c, t, e });
  if (condition.rank <= 4) return run(condition, ifTrue, ifFalse);
  return tf.tidy(() => {
    const [c, t, e] = [condition, ifTrue, ifFalse].map((tensor) => tf.reshape(tensor, [-1]));
    return tf.reshape(run(c, t, e), condition.shape);
  });
}
