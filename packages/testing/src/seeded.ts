import * as tf from '@tensorflow/tfjs-core';

/** Normally distributed values that depend on the seed alone, as a tensor. */
export function seededTensor(shape: number[], seed: number): tf.Tensor {
  // tfjs takes a seed of 0 for none.
  return tf.randomNormal(shape, 0, 1, 'float32', seed === 0 ? 2 ** 31 : seed);
}

/** The same as an array. */
export function seededValues(length: number, seed: number): Float32Array {
  return tf.tidy(() => Float32Array.from(seededTensor([length], seed).dataSync()));
}

/**
 * The bit patterns of float32 values: equal only where the values are identical, -0 and
 * NaN included.
 */
export function bitsOf(values: ArrayLike<number>): number[] {
  return [...new Uint32Array(Float32Array.from(values).buffer)];
}

/**
 * Expected and received within a tolerance relative to the largest expected magnitude.
 */
export function relativeError(received: ArrayLike<number>, expected: ArrayLike<number>): number {
  const scale = Math.max(1e-30, ...Array.from(expected, Math.abs));
  return Math.max(0, ...Array.from(received, (value, i) => Math.abs(value - expected[i]) / scale));
}
