import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectGradient } from '../numericGradient.testing.js';
import { LocalResponseNormalization } from './LocalResponseNormalization.js';

describe('LocalResponseNormalization', () => {
  it('divides by the neighbours, by hand', () => {
    const layer = new LocalResponseNormalization({ depthRadius: 1, bias: 1, alpha: 0.5, beta: 1 });
    const out = layer.apply(tf.tensor4d([1, 2, 3], [1, 1, 1, 3])) as tf.Tensor;
    const expected = [1 / 3.5, 2 / 8, 3 / 7.5];
    out.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
  });

  it('has the numerical gradient', () => {
    const layer = new LocalResponseNormalization({ alpha: 1 });
    const x = tf.randomNormal([1, 2, 3, 9], 0, 1, 'float32', 4);
    expectGradient((v) => layer.call(v), x);
  });

  it('comes back from its configuration', () => {
    const config = new LocalResponseNormalization({ depthRadius: 3, beta: 0.5 }).getConfig();
    const copy = new LocalResponseNormalization(config as object);
    expect(copy.getConfig()).toEqual(config);
  });
});
