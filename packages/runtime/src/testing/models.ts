import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { seededTensor } from '@tfjs-compress/testing';

/** Random values in all of a model's weights; variances are positive. */
export function randomize(model: tfl.LayersModel, seed = 1): tfl.LayersModel {
  model.weights.forEach((weight, i) => {
    const values = tf.mul(seededTensor(weight.shape as number[], seed + i), 0.5);
    weight.write(weight.originalName.endsWith('variance') ? tf.add(tf.abs(values), 0.1) : values);
  });
  return model;
}

const { input, model, sequential, layers } = tfl;
type T = tfl.SymbolicTensor;

/** Models of every shape of topology that tfjs saves. */
export const topologies: Record<string, () => tfl.LayersModel> = {
  sequential: () =>
    sequential({
      layers: [
        layers.dense({ units: 4, inputShape: [3], activation: 'relu6' }),
        layers.batchNormalization({ scale: false }),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: 2, useBias: false, activation: 'hardSigmoid' }),
      ],
    }),
  'convolutions of every kind': () =>
    sequential({
      layers: [
        layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [8, 8, 2], padding: 'same' }),
        layers.depthwiseConv2d({ kernelSize: [3, 2], depthMultiplier: 2 }),
        layers.separableConv2d({ filters: 4, kernelSize: 2 }),
        layers.prelu({ sharedAxes: [1, 2] }),
        layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }),
        layers.reshape({ targetShape: [11, 13, 2, 1] }),
        layers.conv3d({ filters: 2, kernelSize: [2, 2, 1] }),
        layers.conv3dTranspose({ filters: 1, kernelSize: 2, strides: 1 }),
        layers.reshape({ targetShape: [-1, 3] }),
        layers.layerNormalization(),
        layers.conv1d({ filters: 2, kernelSize: 5, strides: 2 }),
      ] as any,
    }),
  'recurrent layers and wrappers': () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: 10, outputDim: 4, inputLength: 5 }),
        layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true }) as any, mergeMode: 'concat' }),
        layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
        layers.gru({ units: 3, returnSequences: true }),
        layers.simpleRNN({ units: 4, returnSequences: true, goBackwards: true }),
        layers.rnn({ cell: layers.lstmCell({ units: 2 }) as any, returnSequences: true }),
        layers.lstm({ units: 2 }),
      ],
    }),
  'stacked cells': () =>
    sequential({
      layers: [
        layers.rnn({
          inputShape: [4, 3],
          cell: [layers.gruCell({ units: 2 }), layers.simpleRNNCell({ units: 3 })] as any,
        }),
      ],
    }),
  'a model in TimeDistributed': () => {
    const inner = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] }), layers.dense({ units: 2 })] });
    return sequential({ layers: [layers.timeDistributed({ layer: inner, inputShape: [4, 2] })] });
  },
  'several inputs and outputs, a state between layers': () => {
    const a = input({ shape: [4, 3] });
    const b = input({ shape: [2] });
    const [sequence, h, c] = layers.lstm({ units: 2, returnSequences: true, returnState: true }).apply(a) as T[];
    const next = layers.lstm({ units: 2 }).apply([sequence, h, c]) as T;
    const sum = layers.add().apply([next, b]) as T;
    return model({ inputs: [b, a], outputs: [layers.dense({ units: 3 }).apply(sum) as T, sum, b] });
  },
  'shared layers, also within each other': () => {
    const x = input({ shape: [3] });
    const y = input({ shape: [3] });
    const one = layers.dense({ units: 3, activation: 'tanh' });
    const two = layers.dense({ units: 3, activation: 'sigmoid' });
    const f = (from: T) => two.apply(one.apply(two.apply(one.apply(from)))) as T;
    const outputs = layers.concatenate().apply([f(x), f(y), one.apply(y) as T]) as T;
    return model({ inputs: [x, y], outputs });
  },
  'nested and shared models': () => {
    const a = input({ shape: [3] });
    const b = input({ shape: [2] });
    const da = layers.dense({ units: 2 }).apply(a) as T;
    const pair = model({ inputs: [a, b], outputs: [layers.add().apply([da, b]) as T, da] });
    const chain = sequential({
      layers: [layers.dense({ units: 3, inputShape: [2] }), layers.activation({ activation: 'relu' })] as any,
    });
    const x = input({ shape: [3] });
    const y = input({ shape: [2] });
    const [s, d] = pair.apply([x, y]) as T[];
    const [s2, d2] = pair.apply([chain.apply(s) as T, d]) as T[];
    return model({ inputs: [x, y], outputs: layers.concatenate().apply([s2, d2, chain.apply(d2) as T]) as T });
  },
  'a Sequential that begins with models': () => {
    const first = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
    const second = sequential({ layers: [first, layers.dense({ units: 2 })] as any });
    return sequential({ layers: [second, layers.dense({ units: 1 })] as any });
  },
};
