import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gridBoxes, gridIntervals } from '../boxes/gridBoxes.js';
import { roiAlign } from './roiAlign.js';
import { roiAlignGrid } from './roiAlignGrid.js';

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
        const { rows, columns, x, y } = gridIntervals(grid);
        tf.tidy(() => {
          const map = tf.randomNormal([1, high, wide, 3], 0, 1, 'float32', 3) as tf.Tensor4D;
          const boxes = gridBoxes(grid);
          const each = roiAlign(map, tf.tensor3d(boxes, [1, boxes.length / 4, 4]), options);
          const all = roiAlignGrid(map, tf.tensor4d(x, [1, 6, columns, 2]), tf.tensor4d(y, [1, 6, rows, 2]), options);
          const byPosition = tf.transpose(tf.reshape(all, [6, columns, rows, bins * bins * 3]), [2, 1, 0, 3]);
          const difference = tf.max(tf.abs(tf.sub(tf.reshape(byPosition, each.shape), each)));
          expect(difference.dataSync()[0]).toBeLessThan(1e-5);
        });
      },
    ),
    { numRuns: 30 },
  );
});

it('takes one picture', () => {
  const places = tf.tensor4d([[[[0, 4]]]]);
  expect(() => roiAlignGrid(tf.zeros([2, 3, 3, 1]), places, places, { size: 2 })).toThrow(
    'features: expected one picture, received [2, 3, 3, 1].',
  );
});
