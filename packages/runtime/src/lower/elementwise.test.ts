import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { relativeError, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { expectLayers, expectSame, randomize, runtimeOf } from '../testing/compare.js';

const names = [
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'tanh', 'softplus', 'softsign', 'swish'],
  ...['mish', 'gelu', 'gelu_new', 'softmax', 'logSoftmax'],
] as never[];

describe('activations', () => {
  for (const activation of names) {
    it(activation, async () => {
      await expectLayers([layers.activation({ inputShape: [9], activation })], { batches: [1, 3, 5] });
      await expectLayers([layers.dense({ inputShape: [4, 3], units: 7, activation })]);
      await expectLayers([layers.conv2d({ inputShape: [6, 5, 2], filters: 3, kernelSize: 3, activation })]);
    });
  }

  it('advanced layers', async () => {
    const inputShape = [4, 3, 5];
    for (const layer of [
      layers.reLU({ inputShape }),
      layers.reLU({ inputShape, maxValue: 0.7 }),
      layers.leakyReLU({ inputShape, alpha: 0.2 }),
      layers.elu({ inputShape }),
      layers.thresholdedReLU({ inputShape, theta: 0.5 }),
      layers.softmax({ inputShape, axis: -1 }),
      layers.prelu({ inputShape }),
      layers.prelu({ inputShape, sharedAxes: [1, 2] }),
      layers.prelu({ inputShape, sharedAxes: 3 }),
    ]) {
      await expectLayers([layer]);
    }
  });

  it('PReLU behind a convolution', async () => {
    await expectLayers([
      layers.conv2d({ inputShape: [6, 5, 2], filters: 3, kernelSize: 3 }),
      layers.prelu({ sharedAxes: [1, 2] }),
    ]);
  });
});

describe('normalization', () => {
  it('BatchNormalization', async () => {
    await expectLayers([layers.batchNormalization({ inputShape: [4, 3, 5] })]);
    const convolution = layers.conv2d({ inputShape: [6, 5, 2], filters: 3, kernelSize: 3 });
    await expectLayers([convolution, layers.batchNormalization({ scale: false, epsilon: 0.01 })]);
  });

  for (const axis of [1, 2, 3]) {
    // tfjs's cpu backend takes the weights in turn whatever the axis is, so the truth is
    // the layer along the last axis.
    it(`BatchNormalization, axis ${axis}`, async () => {
      const order = [1, 2, 3].filter((one) => one !== axis).concat(axis);
      const back = [1, 2, 3].map((one) => order.indexOf(one) + 1);
      const along = sequential({ layers: [layers.batchNormalization({ inputShape: [4, 3, 5], axis })] });
      randomize(along, 3);
      const truth = sequential({
        layers: [
          layers.permute({ inputShape: [4, 3, 5], dims: order }),
          layers.batchNormalization(),
          layers.permute({ dims: back }),
        ],
      });
      truth.setWeights(along.getWeights());
      const x = seededTensor([2, 4, 3, 5], 1);
      const received = (await runtimeOf(along)).predict(x.dataSync());
      expect(relativeError(received, (truth.predict(x) as Tensor).dataSync())).toBeLessThanOrEqual(1e-6);
    });
  }

  it('BatchNormalization of vectors and sequences', async () => {
    await expectLayers([layers.batchNormalization({ inputShape: [7] })], { batches: [1, 2, 5, 32] });
    await expectLayers([layers.batchNormalization({ inputShape: [4, 7], center: false })]);
  });

  for (const axis of [-1, 1, [1, 2], [3, 1], [1, 2, 3]]) {
    it(`LayerNormalization, axis ${axis}`, async () => {
      await expectLayers([layers.layerNormalization({ inputShape: [4, 3, 5], axis })]);
      const convolution = layers.conv2d({ inputShape: [6, 5, 2], filters: 3, kernelSize: 3 });
      await expectLayers([convolution, layers.layerNormalization({ axis, center: false, epsilon: 0.01 })]);
    });
  }
});

type Merging = (inputs: SymbolicTensor[]) => SymbolicTensor;

/**
 * Merges inputs of these shapes, once as they are and once behind convolutions or dense
 * layers.
 */
async function merge(shapes: number[][], merging: Merging): Promise<void> {
  const inputs = shapes.map((shape) => input({ shape }));
  await expectSame(model({ inputs, outputs: merging(inputs) }), { batches: [1, 2, 5] });
  const deeper = inputs.map((one, i) => {
    const layer =
      shapes[i].length === 3
        ? layers.conv2d({ filters: shapes[i][2], kernelSize: 3, padding: 'same' })
        : layers.dense({ units: shapes[i].at(-1)! });
    return layer.apply(one) as SymbolicTensor;
  });
  const deep = model({ inputs, outputs: merging(deeper) });
  randomize(deep, 5);
  await expectSame(deep, { batches: [1, 2, 5] });
}

describe('merging', () => {
  for (const name of ['add', 'multiply', 'average', 'maximum', 'minimum'] as const) {
    it(name, async () => {
      const merging: Merging = (inputs) => layers[name]().apply(inputs) as SymbolicTensor;
      await merge([[7], [7]], merging);
      await merge(
        [
          [4, 3, 5],
          [4, 3, 5],
          [4, 3, 5],
        ],
        merging,
      );
      await merge(
        [
          [4, 3, 5],
          [1, 1, 5],
        ],
        merging,
      );
      await merge([[4, 5], [5]], merging);
    });
  }

  for (const axis of [-1, 1, 2, 3]) {
    it(`concatenate, axis ${axis}`, async () => {
      const merging: Merging = (inputs) => layers.concatenate({ axis }).apply(inputs) as SymbolicTensor;
      const shapes = [
        [4, 3, 5],
        [4, 3, 5],
        [4, 3, 5],
      ];
      const along = (axis + 3) % 4;
      shapes[1][axis < 0 ? 2 : along] = 2;
      await merge(shapes, merging);
    });
  }

  it('concatenate vectors', async () => {
    await merge([[4], [3]], (inputs) => layers.concatenate().apply(inputs) as SymbolicTensor);
  });
});
