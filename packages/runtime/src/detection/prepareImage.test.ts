import * as tf from '@tensorflow/tfjs-core';
import { seededValues } from '@tfjs-compress/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prepareImage } from './prepareImage.js';

it('resizes as tf.image.resizeBilinear, and pads with zeros', () => {
  const side = fc.integer({ min: 3, max: 60 });
  fc.assert(
    fc.property(side, side, side, (columns, rows, shortSide) => {
      const pixels = seededValues(3 * columns * rows, 1).map((value) => 128 + 30 * value);
      const config = { preprocessing: 'none', shortSide: Math.max(shortSide, 8), longSide: 400 } as const;
      const scale = Math.min(config.shortSide / Math.min(columns, rows), 400 / Math.max(columns, rows));
      fc.pre(Math.round(scale * Math.min(columns, rows)) >= 8);
      const { input, shape, width, height, scaleX, scaleY } = prepareImage(
        { data: pixels, width: columns, height: rows },
        config,
        8,
      );
      expect([width, height]).toEqual([Math.round(columns * scale), Math.round(rows * scale)]);
      expect([scaleX, scaleY]).toEqual([width / columns, height / rows]);
      expect(shape).toEqual([1, 8 * Math.ceil(height / 8), 8 * Math.ceil(width / 8), 3]);
      const expected = tf.tidy(() => {
        const resized = tf.image.resizeBilinear(tf.tensor3d(pixels, [rows, columns, 3]), [height, width]);
        return tf
          .pad(resized, [
            [0, shape[1] - height],
            [0, shape[2] - width],
            [0, 0],
          ])
          .dataSync();
      });
      expected.forEach((value, i) => {
        if (Math.abs(value - input[i]) > 1e-3) expect(input[i]).toBe(value);
      });
    }),
    { numRuns: 30, seed: 1 },
  );
});

it('gives the trunk what it expects: [−1, 1], or blue, green, red minus the mean', () => {
  const image = { data: new Uint8Array(3 * 64).map((_, i) => [255, 0, 51][i % 3]), width: 8, height: 8 };
  const first = (preprocessing: 'tf' | 'caffe') =>
    prepareImage(image, { preprocessing, shortSide: 8, longSide: 8 }, 8).input.subarray(0, 3);
  expect([...first('tf')]).toEqual([1, -1, Math.fround(-0.6)]);
  const expected = [51 - 103.939, -116.779, 255 - 123.68];
  first('caffe').forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 4);
  });
});
