import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { seededTensor } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { freezeBatchNormalization } from './frozenBatchNormalization.js';

it('keeps the statistics of training, at any depth, and wraps a layer once', async () => {
  const inner = tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: [3] })] });
  const model = tfl.sequential();
  model.add(inner);
  model.add(tfl.layers.dense({ units: 2 }));
  model.add(tfl.layers.batchNormalization());
  freezeBatchNormalization(model);
  const layer = model.layers[2];
  const wrapped = layer.call;
  freezeBatchNormalization(model);
  expect(layer.call).toBe(wrapped);
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const statistics = () => model.nonTrainableWeights.map((weight) => Array.from(weight.read().dataSync()));
  const before = statistics();
  expect(before.length).toBe(4);
  await model.fit(seededTensor([16, 3], 1), seededTensor([16, 2], 2), { epochs: 2, verbose: 0 });
  expect(statistics()).toEqual(before);
  tf.dispose(model.weights.map((weight) => weight.read()));
});
