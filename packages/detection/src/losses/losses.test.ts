import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectGradient } from '../numericGradient.testing.js';
import { binaryCrossEntropy, smoothL1, softmaxCrossEntropy } from './losses.js';

describe('losses', () => {
  it('smoothL1 by hand, on both sides of β', () => {
    const out = smoothL1(tf.tensor1d([0, 0.5, -1, 3]), 1).dataSync();
    expect([...out]).toEqual([0, 0.125, 0.5, 2.5]);
  });

  it('binaryCrossEntropy by hand, and finite for huge logits', () => {
    const out = binaryCrossEntropy(tf.tensor1d([0, 1000, -1000, Math.log(3)]), tf.tensor1d([1, 1, 1, 0])).dataSync();
    const expected = [Math.log(2), 0, 1000, Math.log(4)];
    expected.forEach((value, i) => {
      expect(out[i]).toBeCloseTo(value, 4);
    });
  });

  it('softmaxCrossEntropy by hand, 0 where no target is given', () => {
    const logits = tf.tensor2d([
      [0, 0, 0],
      [1000, 0, 0],
      [1, 2, 3],
    ]);
    const targets = tf.tensor2d([
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 0],
    ]);
    const out = softmaxCrossEntropy(logits, targets).dataSync();
    expect(out[0]).toBeCloseTo(Math.log(3), 5);
    expect(out[1]).toBeCloseTo(0, 5);
    expect(out[2]).toBeCloseTo(0, 5);
  });

  it('all have the numerical gradient', () => {
    const x = tf.randomNormal([6, 4], 0, 1, 'float32', 9);
    const oneHot = tf.cast(tf.oneHot(tf.tensor1d([0, 3, 1, 2, 2, 0], 'int32'), 4), 'float32') as tf.Tensor2D;
    expectGradient((v) => smoothL1(v, 0.5), x);
    expectGradient((v) => binaryCrossEntropy(v, oneHot), x);
    expectGradient((v) => softmaxCrossEntropy(v as tf.Tensor2D, oneHot), x);
  });
});
