import * as tf from '@tensorflow/tfjs-core';

// Constants go through save, too: what a closure holds is disposed of before the gradient
// is taken.

/**
 * Smooth-L1 of differences: ½d²/β below β, |d| − ½β above (Girshick, Fast R-CNN;
 * torchvision's detectors take β = 1/9). Elementwise, the shape of `difference`.
 *
 * ```js
 * console.log([...(await smoothL1(tf.tensor1d([0.5, 2]), 1).data())]); // → [ 0.125, 1.5 ]
 * ```
 *
 * @param difference Of any shape.
 * @param beta Where the square goes over into a line, > 0. Default 1/9.
 */
export function smoothL1(difference: tf.Tensor, beta = 1 / 9): tf.Tensor {
  const op = tf.customGrad((d, save) => {
    (save as (tensors: tf.Tensor[]) => void)([d as tf.Tensor]);
    const size = tf.abs(d as tf.Tensor);
    const near = tf.minimum(size, beta);
    const value = tf.div(tf.mul(near, tf.sub(size, tf.div(near, 2))), beta);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.clipByValue(tf.div(saved[0], beta), -1, 1));
    return { value, gradFunc };
  });
  return op(difference);
}

/**
 * −[t·ln σ(x) + (1 − t)·ln(1 − σ(x))], without overflow; elementwise. The targets are
 * constants.
 *
 * ```js
 * const loss = binaryCrossEntropy(tf.tensor1d([0]), tf.tensor1d([1]));
 * console.log((await loss.data())[0].toFixed(4)); // → 0.6931
 * ```
 *
 * @param logits Of any shape.
 * @param targets Of the same shape, 0 to 1.
 */
export function binaryCrossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((x, save) => {
    const logit = x as tf.Tensor;
    (save as (tensors: tf.Tensor[]) => void)([logit, targets]);
    const tail = tf.log(tf.add(1, tf.exp(tf.neg(tf.abs(logit)))));
    const value = tf.add(tf.sub(tf.relu(logit), tf.mul(logit, targets)), tail);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.sub(tf.sigmoid(saved[0]), saved[1]));
    return { value, gradFunc };
  });
  return op(logits);
}

/**
 * −Σ t·ln softmax(x) over the last axis. The targets, one-hot or all zero (then the loss
 * is 0), are constants.
 *
 * ```js
 * const loss = softmaxCrossEntropy(tf.tensor2d([[0, 0]]), tf.tensor2d([[1, 0]]));
 * console.log((await loss.data())[0].toFixed(4)); // → 0.6931
 * ```
 *
 * @param logits [n, classes]
 * @param targets [n, classes]
 * @returns [n]
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  const op = tf.customGrad((x, save) => {
    const logit = x as tf.Tensor;
    (save as (tensors: tf.Tensor[]) => void)([logit, targets]);
    const shifted = tf.sub(logit, tf.max(logit, -1, true));
    const logs = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
    const value = tf.neg(tf.sum(tf.mul(logs, targets), -1));
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, t] = saved;
      const each = tf.expandDims(dy, -1);
      return tf.mul(each, tf.sub(tf.mul(tf.sum(t, -1, true), tf.softmax(x)), t));
    };
    return { value, gradFunc };
  });
  return op(logits) as tf.Tensor1D;
}
