import * as tfl from '@tensorflow/tfjs-layers';
import { describe, it } from 'vitest';
import { expectSame, randomize } from '../testing/compare.js';

describe('BatchNormalization', () => {
  it.each([
    [[5], 1],
    [[3, 4, 5], 3],
    [[3, 4, 5], 1],
  ])('matches tfjs for [%s] where the axis is a list of %i, as Keras writes it', async (shape, axis) => {
    const model = tfl.sequential({
      layers: [tfl.layers.batchNormalization({ axis: [axis] as any, inputShape: shape as number[] })],
    });
    randomize(model, 2);
    await expectSame(model, { batches: [1, 3] });
  });
});
