import * as tf from '@tensorflow/tfjs-core';

/**
 * The network gives its own losses: the loss of an image is their sum, whatever the
 * labels.
 */
export function totalLoss(_: tf.Tensor, losses: tf.Tensor): tf.Tensor {
  return tf.sum(losses, -1);
}

/** Metrics that show the losses one by one under these names in logs and history. */
function termsNamed(...names: string[]) {
  return names.map((name, index) => {
    const term = (_: tf.Tensor, losses: tf.Tensor) => tf.mean(tf.slice(losses, [0, index], [-1, 1]));
    // tfjs names a metric after its function.
    return Object.defineProperty(term, 'name', { value: name });
  });
}

const proposalTerms = ['objectness', 'proposalBox'];
const detectionTerms = ['classification', 'detectionBox'];

export const lossTerms = {
  joint: termsNamed(...proposalTerms, ...detectionTerms),
  proposal: termsNamed(...proposalTerms),
  detection: termsNamed(...detectionTerms),
};
