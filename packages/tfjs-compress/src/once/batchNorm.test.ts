import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expectNoLeak, outputsOf, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { compressOnce } from './compressOnce.js';
import type { CompressOnceOptions } from './onceArgs.js';
import { correlated, difference } from './testing/smallNet.js';

const { layers } = tfl;
type T = tfl.SymbolicTensor;

/** A residual block; moving averages follow the last batch at once. */
function residualNet(): tfl.LayersModel {
  const conv = () => layers.conv2d({ filters: 6, kernelSize: 3, padding: 'same', useBias: false });
  const normalized = (x: T) => layers.batchNormalization({ momentum: 0 }).apply(x) as T;
  const input = tfl.input({ shape: [5, 5, 3] });
  const first = layers.reLU().apply(normalized(conv().apply(input) as T)) as T;
  const second = normalized(conv().apply(first) as T);
  const sum = layers.reLU().apply(layers.add().apply([first, second]) as T) as T;
  const third = layers.reLU().apply(normalized(conv().apply(sum) as T)) as T;
  const outputs = layers.dense({ units: 4 }).apply(layers.globalAveragePooling2d({}).apply(third) as T) as T;
  const model = tfl.model({ inputs: input, outputs });
  for (const [i, weight] of model.trainableWeights.entries()) {
    const shape = weight.shape as number[];
    const inputs = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    weight.write(tf.add(tf.mul(seededTensor(shape, i), inputs ** -0.5), shape.length === 1 ? 1 : 0));
  }
  return model;
}

/** The moving averages become those of all examples; nothing else changes. */
async function average(model: tfl.LayersModel, x: tf.Tensor): Promise<void> {
  const y = tf.zeros([x.shape[0], 4]);
  model.compile({ optimizer: tf.train.sgd(0), loss: 'meanSquaredError' });
  await model.fit(x, y, { batchSize: x.shape[0], epochs: 1, verbose: 0 });
  y.dispose();
}

describe('training a model of compressOnce()', () => {
  const goals: CompressOnceOptions[] = [{ bits: 2 }, { bits: 4 }, { targetSparsity: 0.7 }];
  it.each(goals)('normalizes as predict does: %o', async (goal) => {
    const x = correlated([50, 5, 5, 3], 1);
    const model = residualNet();
    await average(model, x);
    const { model: small } = await expectNoLeak(() => compressOnce(model, x, goal), model.weights.length);
    const before = outputsOf(small, [x]);
    await average(small, x);
    const change = difference(outputsOf(small, [x]), before);
    expect(change).toBeLessThan(0.01 * difference(before, outputsOf(model, [x])));
  });
});
