import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expectNoLeak } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { probeKernels } from './probeKernels.js';

it('says what the smallest quarter of a kernel is worth, and nothing of a kernel without weights', async () => {
  const model = sequential({
    layers: [
      layers.dense({ name: 'full', units: 4, inputShape: [1], useBias: false }),
      layers.dense({ name: 'empty', units: 2, useBias: false }),
    ],
  });
  model.setWeights([tf.tensor2d([[1, 2, 4, 8]]), tf.zeros([4, 2])]);
  const sum = (net: typeof model) => tf.tidy(() => tf.sum(tf.abs(net.getWeights()[0])).dataSync()[0]);
  const found = await expectNoLeak(() => probeKernels(model, (net) => sum(net as typeof model)));
  expect(found).toEqual({ 'full/kernel': 1, 'empty/kernel': 0 });
  expect([...model.getWeights()[0].dataSync()]).toEqual([1, 2, 4, 8]);
  model.dispose();
});
