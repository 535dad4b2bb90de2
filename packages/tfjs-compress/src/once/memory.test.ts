import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { compressOnce } from './compressOnce.js';

const { layers, sequential } = tfl;
const [examples, size, channels] = [100, 4, 4];

/** Equal layers, one after the other. */
function chain(depth: number): tfl.LayersModel {
  const conv = (i: number) =>
    layers.conv2d({
      filters: channels,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: tfl.initializers.glorotNormal({ seed: i }),
      ...(i === 0 ? { inputShape: [size, size, channels] } : {}),
    });
  return sequential({ layers: Array.from({ length: depth }, (_, i) => conv(i)) });
}

const bytesOf = (model: tfl.LayersModel) => 4 * model.countParams();

/**
 * The most bytes of tensors that there are at once during the call, beside what was there
 * before.
 */
async function peakOf(model: tfl.LayersModel, batchSize: number): Promise<number> {
  const x = seededTensor([examples, size, size, channels], 1);
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(async () => {
    const { model: small } = await compressOnce(model, x, { bits: 4, batchSize });
    small.dispose();
    return tf.scalar(0);
  });
  return peakBytes - before;
}

describe('compressOnce needs memory', () => {
  it('for two copies of the model, and beside these for its largest layer, not for all', async () => {
    const batchSize = 10;
    const besides: number[] = [];
    for (const depth of [3, 6]) {
      const model = chain(depth);
      besides.push((await peakOf(model, batchSize)) - 2 * bytesOf(model));
    }
    for (const beside of besides) expect(beside / besides[0]).toBeLessThan(1.02);
    // In float32: the values before and after a layer, of all examples in both models
    // (those of the first layer are slices of the examples); of a batch, the inputs of
    // the nine taps in both models, twice while they are put together, and their
    // transpose and difference; the sums of products.
    const values = 4 * examples * size * size * channels;
    const batch = (values * batchSize) / examples;
    const products = 4 * (9 * channels) ** 2;
    expect(besides[0]).toBeLessThan(2 * 2 * values + 9 * 8 * batch + 4 * products);
  });
});

describe('the model that is given', () => {
  it.each([{ bits: 4 }, { bits: 8, levels: 'uniform' }, { targetSparsity: 0.5 }, { maxLoss: 0.1 }] as const)(
    'keeps every weight bit for bit with %o',
    async (options) => {
      const model = sequential({
        layers: [
          layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [5, 5, 2] }),
          layers.batchNormalization(),
          layers.flatten(),
          layers.dense({ units: 3 }),
        ],
      });
      for (const [i, weight] of model.weights.entries())
        weight.write(tf.abs(seededTensor(weight.shape as number[], 20 + i)));
      const bits = () => model.weights.map((weight) => new Uint32Array(weight.read().dataSync().slice().buffer));
      const before = bits();
      expect(before.length).toBe(8);
      await compressOnce(model, seededTensor([100, 5, 5, 2], 1), options);
      expect(bits()).toEqual(before);
      expect(model.weights.every((weight) => !weight.read().isDisposed)).toBe(true);
    },
  );
});
