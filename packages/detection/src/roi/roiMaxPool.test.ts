import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectGradient } from '../numericGradient.testing.js';
import { roiMaxPool } from './roiMaxPool.js';

describe('roiMaxPool', () => {
  it('rounds corners, includes the last cell and shares cells between bins', () => {
    const map = tf.reshape(tf.range(0, 25), [1, 5, 5, 1]) as tf.Tensor4D;
    const pool = (box: number[], size: number) => [...roiMaxPool(map, tf.tensor3d([[box]]), { size }).dataSync()];
    expect(pool([0, 0, 4, 4], 2)).toEqual([12, 14, 22, 24]);
    // 2.5 rounds away from zero, so columns 1 to 3; three cells in two bins share the
    // middle one.
    expect(pool([1, 0, 2.5, 1], 2)).toEqual([2, 3, 7, 8]);
    // Outside the map there is nothing to win.
    expect(pool([10, 10, 12, 12], 1)).toEqual([0]);
  });

  it('names options and boxes that do not fit', () => {
    const run = (options: object) => () => roiMaxPool(tf.ones([2, 4, 4, 1]), tf.zeros([1, 1, 4]), options as never);
    expect(run({ size: 1 })).toThrow('boxes: expected a tensor of shape [2, n, 4], one row of boxes per image');
    expect(run({ size: 1, samplingRatio: 2 })).toThrow("roiMaxPool has no option 'samplingRatio'");
  });

  it('has the numerical gradient on the shapes of the published check', () => {
    // Distinct values 0.2 apart, so that a step of 0.01 never changes the winner.
    const order = Float32Array.from({ length: 200 }, (_, i) => ((i * 77) % 200) / 5);
    const map = tf.tensor4d(order, [1, 5, 5, 8]);
    const boxes = tf.tensor3d([
      [
        [0, 0, 4, 4],
        [0, 2, 3, 4],
        [2, 2, 4, 4],
      ],
    ]);
    expectGradient((x) => roiMaxPool(x as tf.Tensor4D, boxes, { size: 2 }), map, { probes: 200 });
  });
});
