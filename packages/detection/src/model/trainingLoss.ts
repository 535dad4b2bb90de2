import * as tf from '@tensorflow/tfjs-core';

/** The network gives its own losses: the loss of a picture is their sum, whatever the labels. */
export function totalLoss(_: tf.Tensor, losses: tf.Tensor): tf.Tensor {
  return tf.sum(losses, -1);
}

const term = (index: number) => (losses: tf.Tensor) => tf.mean(tf.slice(losses, [0, index], [-1, 1]));

/** The four losses as metrics, under these names in logs and history. */
export const lossTerms = [
  function objectness(_: tf.Tensor, losses: tf.Tensor) {
    return term(0)(losses);
  },
  function proposalBox(_: tf.Tensor, losses: tf.Tensor) {
    return term(1)(losses);
  },
  function classification(_: tf.Tensor, losses: tf.Tensor) {
    return term(2)(losses);
  },
  function detectionBox(_: tf.Tensor, losses: tf.Tensor) {
    return term(3)(losses);
  },
];
