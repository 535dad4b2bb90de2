import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { nonMaxSuppression, toBoxes } from '@tfjs-compress/math/internal';
import { describe, expect, it } from 'vitest';
import { roiAlign } from './roiAlign.js';
import { roiMaxPool } from './roiMaxPool.js';

const fixture = JSON.parse(readFileSync(new URL('../../fixtures/torchvision.json', import.meta.url), 'utf8'));
const features = () => tf.tensor4d(fixture.features.values, fixture.features.shape);
const boxes = () => tf.tensor3d(fixture.boxes);
const weights = () => tf.div(tf.reshape(tf.range(0, 72), [4, 3, 3, 2]), 72);

function expectClose(actual: tf.Tensor, expected: number[]) {
  expect(actual.size).toBe(expected.length);
  expect(tf.max(tf.abs(tf.sub(tf.reshape(actual, [-1]), tf.tensor1d(expected)))).dataSync()[0]).toBeLessThan(2e-5);
}

describe('as torchvision', () => {
  it('roiAlign, aligned and not, adaptive and fixed samples', () => {
    for (const { output, ...options } of fixture.align) expectClose(roiAlign(features(), boxes(), options), output);
  });

  it('roiAlign, gradient', () => {
    const f = (x: tf.Tensor) =>
      tf.sum(tf.mul(roiAlign(x as tf.Tensor4D, boxes(), { size: 3, stride: 4 }), weights())) as tf.Scalar;
    expectClose(tf.grad(f)(features()), fixture.alignGradient);
  });

  it('roiMaxPool, output and gradient', () => {
    const pool = (x: tf.Tensor) => roiMaxPool(x as tf.Tensor4D, boxes(), { size: 3, stride: 4 });
    expectClose(pool(features()), fixture.pool);
    const f = (x: tf.Tensor) => tf.sum(tf.mul(pool(x), weights())) as tf.Scalar;
    expectClose(tf.grad(f)(features()), fixture.poolGradient);
  });

  it('nonMaxSuppression', () => {
    for (const [threshold, kept] of Object.entries(fixture.nms.kept)) {
      const args = { iouThreshold: Number(threshold) };
      expect(nonMaxSuppression(toBoxes(fixture.nms.boxes), fixture.nms.scores, args)).toEqual(kept);
    }
  });
});
