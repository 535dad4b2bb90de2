import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { RecentStatistics } from './RecentStatistics.js';

const count = 96;

/**
 * The moving averages after a fit on values of mean 3, which begin with a mean of 0; the
 * normalization stands in a model inside the model.
 */
async function averagesOf(epochs: number, batchSize: number, callbacks: tfl.CustomCallback[]) {
  const normalization = tfl.layers.batchNormalization({ inputShape: [2], momentum: 0.99 });
  const inner = tfl.sequential({ layers: [normalization] });
  const model = tfl.sequential({ layers: [inner, tfl.layers.dense({ units: 1 })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const x = tf.randomNormal([count, 2], 3, 1, 'float32', 1);
  const y = tf.zeros([count, 1]);
  await model.fit(x, y, { epochs, batchSize, verbose: 0, callbacks });
  const [mean, wanted] = [normalization.getWeights()[2].dataSync(), tf.mean(x, 0).dataSync()];
  const { momentum } = normalization.getConfig();
  model.dispose();
  tf.dispose([x, y]);
  return { mean: [...mean], wanted: [...wanted].map((value) => expect.closeTo(value, 4)), momentum };
}

it('averages the last epoch alone, and gives the momentum back', async () => {
  const { mean, wanted, momentum } = await averagesOf(2, 8, [new RecentStatistics()]);
  expect(mean).toEqual(wanted);
  expect(momentum).toBe(0.99);
  const without = await averagesOf(2, 8, []);
  expect(without.mean[0]).toBeLessThan(1);
});

/** What the momentum of a normalization is at each batch of a fit. */
async function momentaOf(momentum: number, epochs: number, batchSize: number) {
  const layer = tfl.layers.batchNormalization({ inputShape: [2], momentum });
  const model = tfl.sequential({ layers: [layer, tfl.layers.dense({ units: 1 })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const momenta: number[] = [];
  const watch = new tfl.CustomCallback({
    onBatchBegin: async () => {
      momenta.push((layer as unknown as { momentum: number }).momentum);
    },
  });
  const [x, y] = [tf.ones([count, 2]), tf.zeros([count, 1])];
  await model.fit(x, y, { epochs, batchSize, verbose: 0, callbacks: [new RecentStatistics(), watch] });
  model.dispose();
  tf.dispose([x, y]);
  return momenta;
}

it('averages the last ten steps where an epoch has fewer', async () => {
  const averaged = Array.from({ length: 9 }, (_, i) => i / (i + 1));
  expect(await momentaOf(0.99, 5, 32)).toEqual([...Array(6).fill(0.99), ...averaged]);
});

it('keeps a momentum that forgets faster', async () => {
  expect(await momentaOf(0.5, 1, 24)).toEqual([0, 0.5, 0.5, 0.5]);
});

it('gives the momentum back when the fit fails, and serves another fit', async () => {
  const layer = tfl.layers.batchNormalization({ inputShape: [2] });
  const model = tfl.sequential({ layers: [layer, tfl.layers.dense({ units: 1 })] });
  const optimizer = tf.train.sgd(0.01);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const [x, y] = [tf.ones([count, 2]), tf.zeros([count, 1])];
  const statistics = new RecentStatistics();
  const momentum = () => (layer as unknown as { momentum: number }).momentum;
  const failing = new tfl.CustomCallback({
    onBatchEnd: async () => {
      expect(momentum()).toBe(0);
      throw new Error('a failure of the user');
    },
  });
  const fit = (callbacks: tfl.CustomCallback[]) => model.fit(x, y, { batchSize: 8, epochs: 1, verbose: 0, callbacks });
  await expect(fit([statistics, failing])).rejects.toThrow('a failure of the user');
  expect(momentum()).toBe(0.99);
  // A fit of tfjs that fails keeps a batch.
  const tensors = tf.memory().numTensors;
  await model.fit(x, y, { batchSize: 8, epochs: 1, verbose: 0, callbacks: [statistics] });
  expect(momentum()).toBe(0.99);
  expect(layer.getWeights()[2].dataSync()[0]).toBeCloseTo(1, 5);
  expect(tf.memory().numTensors).toBe(tensors);
  model.dispose();
  optimizer.dispose();
  tf.dispose([x, y]);
});

it('finds layers in wrappers, and leaves alone those that are frozen, alone or with the model around them', async () => {
  const make = (name: string, trainable = true) => tfl.layers.batchNormalization({ name, trainable, momentum: 0.99 });
  const inner = tfl.sequential({
    layers: [tfl.layers.reshape({ targetShape: [2], inputShape: [1, 2] }), make('inside')],
  });
  inner.trainable = false;
  const wrapped = tfl.layers.timeDistributed({ layer: make('wrapped'), inputShape: [1, 2] });
  const model = tfl.sequential({
    layers: [wrapped, inner, make('frozen', false), make('free'), tfl.layers.dense({ units: 1 })],
  });
  const optimizer = tf.train.sgd(0.01);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const [x, y] = [tf.ones([count, 1, 2]), tf.zeros([count, 1])];
  const layers = [wrapped.layer, inner.layers[1], model.layers[2], model.layers[3]] as unknown as {
    momentum: number;
  }[];
  const seen: number[][] = [];
  const watch = new tfl.CustomCallback({
    onBatchBegin: async () => {
      seen.push(layers.map(({ momentum }) => momentum));
    },
  });
  await model.fit(x, y, { batchSize: 48, epochs: 1, verbose: 0, callbacks: [new RecentStatistics(), watch] });
  expect(seen).toEqual([
    [0, 0.99, 0.99, 0],
    [0.5, 0.99, 0.99, 0.5],
  ]);
  expect(layers.map(({ momentum }) => momentum)).toEqual([0.99, 0.99, 0.99, 0.99]);
  model.dispose();
  optimizer.dispose();
  tf.dispose([x, y]);
});

it('has no options', () => {
  expect(() => new RecentStatistics({ epochs: 2 } as never)).toThrow('RecentStatistics: expected no options');
});
