import { layers } from '@tensorflow/tfjs-layers';
import { describe, it } from 'vitest';
import { expectLayers } from '../testing/compare.js';

const windows: [kernel: [number, number], strides: [number, number]][] = [
  [
    [3, 3],
    [1, 1],
  ],
  [
    [3, 3],
    [2, 2],
  ],
  [
    [2, 5],
    [3, 1],
  ],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [6, 4],
    [2, 3],
  ],
];

for (const padding of ['valid', 'same'] as const) {
  for (const [size, strides] of windows) {
    describe(`${padding}, window ${size}, strides ${strides}`, () => {
      it('DepthwiseConv2D', async () => {
        const options = { kernelSize: size, strides, padding, depthMultiplier: 2, activation: 'relu6' } as const;
        await expectLayers([layers.depthwiseConv2d({ inputShape: [9, 10, 3], ...options })]);
        await expectLayers([layers.depthwiseConv2d({ inputShape: [9, 7, 1], ...options, useBias: false })]);
      });

      it('DepthwiseConv2D behind a convolution, and a pooling behind it', async () => {
        const options = { kernelSize: size, strides, padding, activation: 'swish' } as never;
        await expectLayers([
          layers.conv2d({ inputShape: [12, 13, 2], filters: 5, kernelSize: 3 }),
          layers.depthwiseConv2d(options),
          layers.globalAveragePooling2d({}),
        ]);
      });

      it('SeparableConv2D', async () => {
        await expectLayers([
          layers.separableConv2d({
            ...{ inputShape: [9, 10, 3], kernelSize: size, filters: 7, depthMultiplier: 2 },
            ...(strides[0] === strides[1] && { strides, padding, activation: 'sigmoid' }),
          }),
        ]);
      });

      it('pooling 2D', async () => {
        const options = { inputShape: [9, 10, 3], poolSize: size, strides, padding };
        await expectLayers([layers.maxPooling2d(options)]);
        await expectLayers([layers.averagePooling2d(options)]);
        const dataFormat = 'channelsFirst' as const;
        const first = { ...options, inputShape: [2, 9, 10], dataFormat };
        await expectLayers([layers.maxPooling2d(first)]);
      });

      it('pooling 1D', async () => {
        const options = { inputShape: [11, 3], poolSize: size[1], strides: strides[1], padding };
        await expectLayers([layers.maxPooling1d(options)]);
        await expectLayers([layers.averagePooling1d(options)]);
      });

      it('pooling 3D', async () => {
        const options = {
          ...{ inputShape: [7, 8, 9, 2], padding },
          ...{
            poolSize: [2, ...size] as [number, number, number],
            strides: [2, ...strides] as [number, number, number],
          },
        };
        await expectLayers([layers.maxPooling3d(options)], { batches: [1, 2] });
        await expectLayers([layers.averagePooling3d(options)], { batches: [1, 2] });
      });
    });
  }
}

describe('global pooling', () => {
  for (const dataFormat of ['channelsFirst', 'channelsLast'] as const) {
    it(`2D, ${dataFormat}`, async () => {
      await expectLayers([layers.globalAveragePooling2d({ inputShape: [5, 6, 7], dataFormat } as never)]);
      await expectLayers([layers.globalMaxPooling2d({ inputShape: [5, 6, 7], dataFormat } as never)]);
    });
  }

  it('1D', async () => {
    await expectLayers([layers.globalAveragePooling1d({ inputShape: [5, 6] } as never)]);
    await expectLayers([layers.globalMaxPooling1d({ inputShape: [5, 6] } as never)]);
  });
});
