import * as tfl from '@tensorflow/tfjs-layers';
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
});
