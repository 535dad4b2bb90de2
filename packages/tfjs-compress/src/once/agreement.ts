import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

export function outputsOf(model: LayersModel, inputs: tf.Tensor[], batchSize: number): tf.Tensor[] {
  return tf.tidy(() => [model.predict(inputs, { batchSize })].flat() as tf.Tensor[]);
}

/**
 * How much a model agrees with another one's outputs, at most 1, the mean over its
 * outputs. Of what looks like probabilities of classes the share of examples for which
 * the largest is the same; of a single probability for which it is on the same side of
 * 0.5; of other values 1 - Σ (y - ŷ)² / Σ (y - mean y)².
 */
export async function agreement(
  model: LayersModel,
  inputs: tf.Tensor[],
  wanted: tf.Tensor[],
  batchSize: number,
): Promise<number> {
  const given = outputsOf(model, inputs, batchSize);
  try {
    let sum = 0;
    for (const [i, output] of wanted.entries()) {
      const last = output.shape[output.shape.length - 1];
      sum += agreementOf(await output.data(), await given[i].data(), output.rank > 1 ? last : 1);
    }
    return sum / wanted.length;
  } finally {
    tf.dispose(given);
  }
}

/** @param classes Of neighbouring values. */
export function agreementOf(wanted: ArrayLike<number>, given: ArrayLike<number>, classes: number): number {
  const rows = wanted.length / classes;
  const all = Array.from({ length: rows }, (_, i) => i * classes);
  if (classes > 1 && all.every((at) => isDistribution(wanted, at, classes)))
    return all.filter((at) => largest(wanted, at, classes) === largest(given, at, classes)).length / rows;
  if (classes === 1 && all.every((at) => wanted[at] >= 0 && wanted[at] <= 1))
    return all.filter((at) => wanted[at] > 0.5 === given[at] > 0.5).length / rows;
  let mean = 0;
  for (let i = 0; i < wanted.length; i++) mean += wanted[i] / wanted.length;
  let [error, power] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    error += (wanted[i] - given[i]) ** 2;
    power += (wanted[i] - mean) ** 2;
  }
  return error === 0 ? 1 : 1 - error / Math.max(power, Number.MIN_VALUE);
}

function isDistribution(values: ArrayLike<number>, at: number, classes: number): boolean {
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    if (!(values[at + c] >= 0)) return false;
    sum += values[at + c];
  }
  return Math.abs(sum - 1) < 1e-3;
}

function largest(values: ArrayLike<number>, at: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) if (values[at + c] > values[at + best]) best = c;
  return best;
}
