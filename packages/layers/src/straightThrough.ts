import * as tf from '@tensorflow/tfjs-core';

/**
 * w ∘ mask, whose gradient with respect to w is the one with respect to the product (DNS, Eq. 3: straight through).
 * Selected rather than multiplied, since what lies under the mask may not be finite.
 */
export function straightThroughMask(w: tf.Tensor, mask: tf.Tensor, zeros: tf.Tensor): tf.Tensor {
  const masked = tf.customGrad((x) => ({
    value: select(mask, x as tf.Tensor, zeros),
    gradFunc: (dy: tf.Tensor) => dy,
  }));
  return masked(w);
}

/** tf.where for tensors of one shape, in one kernel: tf.where broadcasts all three first, a kernel each. */
export function select(condition: tf.Tensor, ifTrue: tf.Tensor, ifFalse: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel(tf.Select, { condition, t: ifTrue, e: ifFalse });
}
