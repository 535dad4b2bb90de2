import * as tfl from '@tensorflow/tfjs-layers';
import { describe, it } from 'vitest';
import { expectSame, randomize } from '../testing/compare.js';

const { layers } = tfl;

/** A model of one layer, with random weights of which a part is 0, against tfjs. */
async function check(layer: tfl.layers.Layer, sparsity: number, batches = [1, 2, 5]): Promise<void> {
  const model = tfl.sequential({ layers: [layer] });
  randomize(model, 11, sparsity);
  await expectSame(model, { batches });
  model.dispose();
}

const sparsities = [0, 0.9];

describe('Conv1D', () => {
  for (const padding of ['valid', 'same'] as const) {
    for (const [kernelSize, strides, dilationRate] of [
      [1, 1, 1],
      [1, 2, 1],
      [3, 1, 1],
      [4, 2, 1],
      [3, 1, 2],
      [2, 2, 1],
      [2, 3, 1],
    ]) {
      it(`${padding}, kernel ${kernelSize}, stride ${strides}, dilation ${dilationRate}`, async () => {
        for (const sparsity of sparsities) {
          await check(
            layers.conv1d({
              ...{ inputShape: [11, 3], filters: 5, kernelSize, strides, dilationRate, padding, activation: 'relu' },
            }),
            sparsity,
          );
        }
      });
    }
  }
});

describe('Conv2D', () => {
  for (const padding of ['valid', 'same'] as const) {
    for (const [kernelSize, strides, dilationRate] of [
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      [
        [1, 1],
        [2, 2],
        [1, 1],
      ],
      [
        [3, 3],
        [1, 1],
        [1, 1],
      ],
      [
        [3, 3],
        [2, 2],
        [1, 1],
      ],
      [
        [5, 2],
        [1, 3],
        [1, 1],
      ],
      [
        [3, 2],
        [1, 1],
        [2, 3],
      ],
      [
        [2, 2],
        [2, 2],
        [1, 1],
      ],
      [
        [7, 9],
        [1, 1],
        [1, 1],
      ],
      [
        [4, 4],
        [3, 2],
        [1, 1],
      ],
    ] as [number, number][][]) {
      it(`${padding}, kernel ${kernelSize}, strides ${strides}, dilation ${dilationRate}`, async () => {
        for (const sparsity of sparsities) {
          await check(
            layers.conv2d({
              ...{ inputShape: [9, 10, 3], filters: 6, kernelSize, strides, dilationRate, padding, activation: 'tanh' },
            }),
            sparsity,
          );
        }
      });
    }
  }
  it('channelsFirst, with softmax along the last dimension', async () => {
    await check(
      layers.conv2d({
        inputShape: [3, 7, 6],
        filters: 4,
        kernelSize: 3,
        dataFormat: 'channelsFirst',
        activation: 'softmax',
      }),
      0,
    );
  });
});
