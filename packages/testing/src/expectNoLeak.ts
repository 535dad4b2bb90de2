import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Runs `body` and expects that it leaves as many tensors behind as `kept` (default 0).
 */
export async function expectNoLeak<T>(body: () => T | Promise<T>, kept = 0): Promise<T> {
  const before = tf.memory().numTensors;
  const result = await body();
  expect(tf.memory().numTensors - before, 'tensors left behind').toBe(kept);
  return result;
}
