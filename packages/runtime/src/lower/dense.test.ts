import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { seededValues } from '@tfjs-compress/testing';
import { describe, it } from 'vitest';
import { expectSame, randomize } from '../testing/compare.js';

describe('Dense', () => {
  for (const sparsity of [0, 0.9]) {
    for (const shape of [[7], [3, 5], [2, 3, 4]]) {
      it(`matches tfjs for [${shape}] at sparsity ${sparsity}`, async () => {
        const model = tfl.sequential({
          layers: [
            tfl.layers.dense({ inputShape: shape, units: 13, activation: 'relu' }),
            tfl.layers.dense({ units: 6, useBias: false, activation: 'tanh' }),
            tfl.layers.dense({ units: 3, activation: 'sigmoid' }),
          ],
        });
        randomize(model, 3, sparsity);
        await expectSame(model, { batches: [1, 2, 5, 32] });
      });
    }
  }

  it('reads the upper halves of many weights that are powers of two, and whole ones beside them', async () => {
    const weights = [256 * 515, 515 * 3].map((count) => seededValues(count, count));
    for (const last of [0.5, 0.1]) {
      const model = tfl.sequential({
        layers: [
          tfl.layers.dense({ inputShape: [256], units: 515, useBias: false }),
          tfl.layers.dense({ units: 3, useBias: false }),
        ],
      });
      const powers = weights.map((values) => values.map((value) => Math.sign(value) * 2 ** Math.round(4 * value)));
      powers[0][256 * 515 - 1] = last;
      model.setWeights([tf.tensor2d(powers[0], [256, 515]), tf.tensor2d(powers[1], [515, 3])]);
      await expectSame(model, { batches: [1, 2] });
      model.dispose();
    }
  });
});
