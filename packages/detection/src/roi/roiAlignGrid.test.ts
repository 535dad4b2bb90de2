import * as tf from '@tensorflow/tfjs-core';
import { gridBoxes, gridIntervals } from '@tfjs-compress/math/internal';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roiAlign } from './roiAlign.js';
import { gridWeights, roiAlignGrid } from './roiAlignGrid.js';

const shapes = { scales: [10, 28, 70], ratios: [0.5, 2] };

it('is roiAlign of every box of the grid', () => {
  const size = fc.integer({ min: 1, max: 5 });
  const cells = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(
      cells,
      cells,
      size,
      fc.integer({ min: 0, max: 2 }),
      fc.boolean(),
      (high, wide, bins, samples, aligned) => {
        const options = { size: bins, stride: 4, samplingRatio: samples, aligned };
        const grid = { width: 4 * wide, height: 4 * high, stride: 8, ...shapes };
        const weights = gridWeights(gridIntervals(grid), wide, high, options);
        const { rows, columns } = weights;
        tf.tidy(() => {
          const map = tf.randomNormal([1, high, wide, 3], 0, 1, 'float32', 3) as tf.Tensor4D;
          const boxes = gridBoxes(grid);
          const each = roiAlign(map, tf.tensor3d(boxes, [1, boxes.length / 4, 4]), options);
          const all = roiAlignGrid(map, weights);
          const byPosition = tf.transpose(tf.reshape(all, [6, columns, rows, bins * bins * 3]), [2, 1, 0, 3]);
          const difference = tf.max(tf.abs(tf.sub(tf.reshape(byPosition, each.shape), each)));
          expect(difference.dataSync()[0]).toBeLessThan(1e-5);
        });
      },
    ),
    { numRuns: 30 },
  );
});

it('takes one image of the size that the weights are for', () => {
  const grid = gridIntervals({ width: 12, height: 8, stride: 4, ...shapes });
  const weights = gridWeights(grid, 3, 2, { size: 2, stride: 4 });
  expect(() => roiAlignGrid(tf.zeros([2, 2, 3, 1]), weights)).toThrow(
    'features: expected one image, received [2, 2, 3, 1].',
  );
  expect(() => roiAlignGrid(tf.zeros([1, 3, 2, 1]), weights)).toThrow(
    'features: expected a map as wide and high as the weights are for, received [1, 3, 2, 1].',
  );
});
