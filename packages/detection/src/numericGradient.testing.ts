import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Compares the gradient of Σ f(x)·r for a fixed random r with central differences in
 * `probes` coordinates. float32 leaves about three digits, so `tolerance` is relative to
 * the largest gradient.
 */
export function expectGradient(
  f: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  { step = 1e-2, tolerance = 5e-3, probes = 40 } = {},
) {
  const r = tf.randomUniform(f(x).shape, -1, 1, 'float32', 5);
  const loss = (v: tf.Tensor) => tf.sum(tf.mul(f(v), r)) as tf.Scalar;
  const gradient = tf.grad(loss)(x).dataSync() as Float32Array;
  const values = x.dataSync();
  const at = (i: number, delta: number) => {
    const moved = Float32Array.from(values);
    moved[i] += delta;
    return loss(tf.tensor(moved, x.shape)).dataSync()[0];
  };
  const largest = gradient.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-6);
  const every = Math.max(1, Math.floor(values.length / probes));
  for (let i = 0; i < values.length; i += every) {
    const numeric = (at(i, step) - at(i, -step)) / (2 * step);
    expect(Math.abs(gradient[i] - numeric) / largest, `coordinate ${i}`).toBeLessThan(tolerance);
  }
}
