import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectGradient } from '../numericGradient.testing.js';
import { roiAlign, roiAlignWithoutGradient } from './roiAlign.js';

/** Published vectors: arange(25) as 5 × 5, box [1, 1, 3, 3], adaptive sampling. */
const notAligned = [7.5, 8, 8.5, 9, 10, 10.5, 11, 11.5, 12.5, 13, 13.5, 14, 15, 15.5, 16, 16.5];
const aligned = [4.5, 5, 5.5, 6, 7, 7.5, 8, 8.5, 9.5, 10, 10.5, 11, 12, 12.5, 13, 13.5];

const map5 = () => tf.reshape(tf.range(0, 25), [1, 5, 5, 1]) as tf.Tensor4D;
const close = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];

describe('roiAlign', () => {
  it('gives the published values', () => {
    const box = tf.tensor3d([[[1, 1, 3, 3]]]);
    for (const [flag, expected] of [
      [false, notAligned],
      [true, aligned],
    ] as const) {
      const out = roiAlign(map5(), box, { size: 4, samplingRatio: 0, aligned: flag });
      expect(out.shape).toEqual([1, 4, 4, 1]);
      expect(close(out, tf.reshape(tf.tensor1d([...expected]), [1, 4, 4, 1]))).toBeLessThan(1e-5);
    }
  });

  it('no boxes give nothing, with a gradient of zeros', () => {
    const none = tf.zeros([1, 0, 4]) as tf.Tensor3D;
    expect(roiAlign(map5(), none, { size: 2 }).shape).toEqual([0, 2, 2, 1]);
    expect(roiAlignWithoutGradient(map5(), none, { size: 2 }).shape).toEqual([0, 2, 2, 1]);
    const f = (x: tf.Tensor) => tf.sum(roiAlign(x as tf.Tensor4D, none, { size: 2 })) as tf.Scalar;
    expect([...tf.grad(f)(map5()).dataSync()]).toEqual(Array(25).fill(0));
  });

  it('names options and boxes that do not fit', () => {
    const box = tf.tensor3d([[[1, 1, 3, 3]]]);
    const run =
      (options: object, boxes = box) =>
      () =>
        roiAlign(map5(), boxes, options as never);
    expect(run({ sise: 2 })).toThrow("roiAlign has no option 'sise'. Did you mean 'size'?");
    expect(run({ size: 0 })).toThrow('size: expected an integer ≥ 1, received 0.');
    expect(run({ size: 2, stride: -1 })).toThrow('stride: expected a positive number, received -1.');
    expect(run({ size: 2 }, tf.zeros([2, 1, 4]))).toThrow('boxes: expected a tensor of shape [1, n, 4]');
  });

  it('an empty box gives zeros and a zero gradient', () => {
    const box = tf.tensor3d([[[3, 4, 5, 4]]]);
    const f = (x: tf.Tensor) => tf.sum(roiAlign(x as tf.Tensor4D, box, { size: 4, samplingRatio: 0 })) as tf.Scalar;
    expect(f(map5()).dataSync()[0]).toBe(0);
    expect(tf.sum(tf.abs(tf.grad(f)(map5()))).dataSync()[0]).toBe(0);
  });

  it('halving image and box gives the same', () => {
    const whole = tf.randomUniform([1, 30, 30, 2], 0, 1, 'float32', 1) as tf.Tensor4D;
    const half = tf.avgPool(whole, 2, 2, 'valid');
    const options = { size: 5, samplingRatio: 0 };
    const a = roiAlign(whole, tf.tensor3d([[[10, 10, 20, 20]]]), options);
    const b = roiAlign(half, tf.tensor3d([[[5, 5, 10, 10]]]), options);
    expect(close(a, b)).toBeLessThan(1e-4);
  });

  const boxes = () =>
    tf.tensor3d([
      [
        [3, 5, 30, 20],
        [-9, -2, 12, 40],
      ],
      [
        [0, 0, 48, 36],
        [20, 11, 25, 50],
      ],
    ]);

  it('is the same through cropAndResize, also for boxes that reach outside', () => {
    const map = tf.randomNormal([2, 9, 12, 3], 0, 1, 'float32', 2) as tf.Tensor4D;
    for (const samplingRatio of [1, 2, 3]) {
      for (const flag of [true, false]) {
        const options = { size: 5, stride: 4, samplingRatio, aligned: flag };
        const difference = close(roiAlign(map, boxes(), options), roiAlignWithoutGradient(map, boxes(), options));
        expect(difference).toBeLessThan(2e-5);
      }
    }
  });

  it('has the numerical gradient', () => {
    const map = tf.randomNormal([2, 9, 12, 3], 0, 1, 'float32', 2);
    expectGradient((x) => roiAlign(x as tf.Tensor4D, boxes(), { size: 5, stride: 4 }), map);
  });

  it('says which shape the boxes must have', () => {
    const flat = tf.zeros([4, 4]) as unknown as tf.Tensor3D;
    expect(() => roiAlign(map5(), flat, { size: 2 })).toThrow(
      'boxes: expected a tensor of shape [1, n, 4], one row of boxes per image, received [4, 4].',
    );
  });
});
