import { layers } from '@tensorflow/tfjs-layers';
import { describe, it } from 'vitest';
import { expectLayers } from '../testing/compare.js';

describe('transposed convolutions', () => {
  for (const padding of ['valid', 'same'] as const) {
    for (const [kernelSize, strides] of [
      [3, 1],
      [3, 2],
      [2, 2],
      [2, 3],
      [5, 3],
      [1, 2],
    ]) {
      it(`Conv2DTranspose, ${padding}, kernel ${kernelSize}, stride ${strides}`, async () => {
        const shape = { inputShape: [5, 4, 3], filters: 4 };
        await expectLayers([layers.conv2dTranspose({ ...shape, kernelSize, strides, padding, activation: 'elu' })]);
      });
      it(`Conv3DTranspose, ${padding}, kernel ${kernelSize}, stride ${strides}`, async () => {
        const shape = { inputShape: [3, 4, 2, 3], filters: 2 };
        await expectLayers([layers.conv3dTranspose({ ...shape, kernelSize, strides, padding })], { batches: [1, 2] });
      });
    }
  }

  it('channelsFirst', async () => {
    await expectLayers([
      layers.conv2dTranspose({
        ...{ inputShape: [3, 5, 4], filters: 4, kernelSize: 3, strides: 2 },
        ...{ dataFormat: 'channelsFirst', activation: 'softmax' },
      }),
    ]);
  });
});
