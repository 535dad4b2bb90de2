import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/**
 * Writes a weight past its constraint: tfjs applies constraints whenever weights are set,
 * never in fit, so the layer would compute with other weights.
 */
export function writeAsIs(weight: tfl.LayerVariable, value: tf.Tensor): void {
  const holder = weight as unknown as { constraint: unknown };
  const { constraint } = holder;
  holder.constraint = null;
  try {
    weight.write(value);
  } finally {
    holder.constraint = constraint;
  }
}
