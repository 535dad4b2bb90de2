import { image, type Tensor4D } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { relativeError, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { expectLayers, runtimeOf } from '../testing/compare.js';

/**
 * A layer on the input, and on what a convolution gives, which lies in memory in another
 * order.
 */
async function check(make: (options: { inputShape?: number[] }) => layers.Layer): Promise<void> {
  await expectLayers([make({ inputShape: [4, 6, 3] })]);
  await expectLayers([layers.conv2d({ inputShape: [6, 8, 2], filters: 3, kernelSize: 3 }), make({})]);
  await expectLayers([
    layers.conv2d({ inputShape: [6, 8, 2], filters: 3, kernelSize: 3 }),
    make({}),
    layers.dense({ units: 4 }),
  ]);
}

describe('shapes', () => {
  it('Flatten', async () => {
    await check((options) => layers.flatten(options));
    await check((options) => layers.flatten({ ...options, dataFormat: 'channelsFirst' }));
  });

  it('Reshape', async () => {
    await check((options) => layers.reshape({ ...options, targetShape: [8, 9] }));
    await check((options) => layers.reshape({ ...options, targetShape: [2, -1, 3] }));
  });

  it('Permute', async () => {
    await check((options) => layers.permute({ ...options, dims: [3, 1, 2] }));
    await check((options) => layers.permute({ ...options, dims: [2, 1, 3] }));
  });

  it('RepeatVector', async () => {
    await expectLayers([
      layers.dense({ inputShape: [5], units: 4 }),
      layers.repeatVector({ n: 3 }),
      layers.dense({ units: 2 }),
    ]);
  });

  for (const dataFormat of ['channelsFirst', 'channelsLast'] as const) {
    it(`Cropping2D, ${dataFormat}`, async () => {
      const cropping: [[number, number], [number, number]] = [
        [1, 0],
        [0, 1],
      ];
      await check((options) => layers.cropping2D({ ...options, cropping, dataFormat }));
      await check((options) => layers.cropping2D({ ...options, cropping: 1, dataFormat }));
    });

    it(`ZeroPadding2D, ${dataFormat}`, async () => {
      const padding: [[number, number], [number, number]] = [
        [1, 0],
        [2, 3],
      ];
      await check((options) => layers.zeroPadding2d({ ...options, padding, dataFormat }));
    });

    for (const interpolation of ['nearest', 'bilinear'] as const) {
      it(`UpSampling2D, ${dataFormat}, ${interpolation}`, async () => {
        await check((options) => layers.upSampling2d({ ...options, size: [2, 3], interpolation, dataFormat }));
      });
    }
  }

  for (const interpolation of ['nearest', 'bilinear'] as const) {
    for (const cropToAspectRatio of [false, true]) {
      // In a model of tfjs, Resizing throws: it hands on a list of tensors where one is
      // expected.
      it(`Resizing, ${interpolation}, cropToAspectRatio ${cropToAspectRatio}`, async () => {
        for (const size of [
          [7, 4],
          [2, 11],
          [1, 1],
        ] as [number, number][]) {
          const layer = layers.resizing({
            ...{ inputShape: [4, 6, 3], height: size[0], width: size[1], interpolation, cropToAspectRatio },
          } as never);
          const runtime = await runtimeOf(sequential({ layers: [layer] }));
          const x = seededTensor([2, 4, 6, 3], 1) as Tensor4D;
          const resize = interpolation === 'nearest' ? image.resizeNearestNeighbor : image.resizeBilinear;
          const expected = resize(x, size, !cropToAspectRatio);
          const received = runtime.predict(x.dataSync());
          expect(relativeError(received, expected.dataSync())).toBeLessThanOrEqual(1e-6);
        }
      });
    }
  }

  it('Rescaling', async () => {
    await check((options) => layers.rescaling({ ...options, scale: 1 / 255, offset: -0.5 }));
  });
});
