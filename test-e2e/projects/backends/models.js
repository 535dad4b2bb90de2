import * as tf from '@tensorflow/tfjs';
import {
  maskedConv1d,
  maskedConv2d,
  maskedConv2dTranspose,
  maskedDense,
  maskedDepthwiseConv2d,
  maskedSeparableConv2d,
  powerOfTwoConv1d,
  powerOfTwoConv2d,
  powerOfTwoConv2dTranspose,
  powerOfTwoDense,
  powerOfTwoDepthwiseConv2d,
  powerOfTwoSeparableConv2d,
} from 'tfjs-compress';

const { layers } = tf;
const tanh = { activation: 'tanh' };
const filters = { filters: 3, kernelSize: 3, ...tanh };
const image = { inputShape: [5, 5, 2] };
const sequence = { inputShape: [2, 2] };
const volume = { inputShape: [4, 4, 4, 1] };

/**
 * The layer or layers that a model is about, by the name of the class. All kernels have
 * an even number of weights: half of them is a whole number.
 */
const stock = {
  Dense: () => layers.dense({ units: 8, inputShape: [6], ...tanh }),
  Conv1D: () => layers.conv1d({ ...filters, inputShape: [8, 2] }),
  Conv2D: () => layers.conv2d({ ...filters, ...image }),
  Conv2DTranspose: () => layers.conv2dTranspose({ ...filters, ...image }),
  DepthwiseConv2D: () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, ...tanh, ...image }),
  SeparableConv2D: () => layers.separableConv2d({ ...filters, ...image }),
  Conv3D: () => layers.conv3d({ filters: 2, kernelSize: 2, ...tanh, ...volume }),
  Conv3DTranspose: () => layers.conv3dTranspose({ filters: 2, kernelSize: 2, ...tanh, ...volume }),
  Embedding: () => layers.embedding({ inputDim: 8, outputDim: 3, inputLength: 5 }),
  SimpleRNN: () => layers.simpleRNN({ units: 4, ...sequence }),
  GRU: () => layers.gru({ units: 2, ...sequence }),
  LSTM: () => layers.lstm({ units: 2, ...sequence }),
  'SimpleRNN behind Masking': () => [layers.masking({ maskValue: 0, ...sequence }), layers.simpleRNN({ units: 4 })],
  ConvLSTM2D: () => layers.convLstm2d({ filters: 1, kernelSize: 2, inputShape: [2, 3, 3, 1] }),
  Bidirectional: () =>
    layers.bidirectional({ layer: layers.simpleRNN({ units: 2 }), mergeMode: 'concat', ...sequence }),
  TimeDistributed: () => layers.timeDistributed({ layer: layers.dense({ units: 4, ...tanh }), ...sequence }),
  'nested model': () =>
    tf.sequential({ layers: [layers.dense({ units: 5, inputShape: [6], ...tanh }), layers.dense({ units: 4 })] }),
};

const masked = [
  maskedDense,
  maskedConv1d,
  maskedConv2d,
  maskedConv2dTranspose,
  maskedDepthwiseConv2d,
  maskedSeparableConv2d,
];
const powerOfTwo = [
  powerOfTwoDense,
  powerOfTwoConv1d,
  powerOfTwoConv2d,
  powerOfTwoConv2dTranspose,
  powerOfTwoDepthwiseConv2d,
  powerOfTwoSeparableConv2d,
];

/** Our layers, given the factories in this order. */
const ownLayers = (family, [dense, conv1d, conv2d, conv2dTranspose, depthwiseConv2d, separableConv2d]) => ({
  [`${family}Dense`]: () => dense({ units: 8, inputShape: [6], ...tanh }),
  [`${family}Conv1D`]: () => conv1d({ ...filters, inputShape: [8, 2] }),
  [`${family}Conv2D`]: () => conv2d({ ...filters, ...image }),
  [`${family}Conv2DTranspose`]: () => conv2dTranspose({ ...filters, ...image }),
  [`${family}DepthwiseConv2D`]: () => depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, ...tanh, ...image }),
  [`${family}SeparableConv2D`]: () => separableConv2d({ ...filters, ...image }),
});

const kinds = { ...stock, ...ownLayers('Masked', masked), ...ownLayers('PowerOfTwo', powerOfTwo) };

export const layerNames = Object.keys(kinds);

/**
 * A small model around the layer, with weights that depend on its shapes alone, not
 * compiled.
 */
export function makeModel(name) {
  const model = tf.sequential({ layers: [kinds[name]()].flat() });
  if (model.outputs[0].shape.length > 2) model.add(layers.flatten());
  model.add(layers.dense({ units: 2 }));
  const trained = new Set(model.trainableWeights);
  model.weights.forEach((weight, i) => {
    // States of our layers begin as they are.
    if (!trained.has(weight)) return;
    const scale = weight.shape.length > 1 ? 0.6 : 0.1;
    const tensor = tf.tensor(
      noise(tf.util.sizeFromShape(weight.shape), 100 + i).map((v) => v * scale),
      weight.shape,
    );
    weight.write(tensor);
    tensor.dispose();
  });
  return model;
}

/**
 * 8 inputs and what the model is to make of them, which is never exactly what it makes.
 */
export function data(name, model) {
  const shape = [8, ...model.inputs[0].shape.slice(1)];
  const values = noise(tf.util.sizeFromShape(shape), 1);
  const tokens = values.map((value) => Math.floor((value + 1) * 4));
  return { xs: tf.tensor(name === 'Embedding' ? tokens : values, shape), ys: tf.tensor(noise(16, 2), [8, 2]) };
}

/** Uniform in [-1, 1), from a seed: the same on every backend (mulberry32). */
function noise(length, seed) {
  let state = seed * 0x9e3779b9;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}
