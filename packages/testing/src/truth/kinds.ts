import * as tfl from '@tensorflow/tfjs-layers';
import type { Api } from './api.js';

/** Constraint and regularizer of a case, under the names that a layer has for them. */
type WeightArgs = (...prefixes: string[]) => object;

export interface Kind {
  /** Without the batch. */
  inputShape: number[];
  /** Inputs are numbers of words, not measurements. */
  words?: number;
  /** The layers before the head; the first one is given `inputShape`. */
  layers(first: { inputShape: number[] }, weightArgs: WeightArgs, api: Api): tfl.layers.Layer[];
  /** Applied to the whole model. */
  convert?(model: tfl.LayersModel, api: Api): tfl.LayersModel;
  /** The head must be of the same family, or it would not be selected. */
  head?: 'maskedDense' | 'powerOfTwoDense';
}

const { layers } = tfl;
const recurrent = { units: 4, recurrentInitializer: 'glorotNormal' as const };
const image = [5, 5, 2];
const series = [4, 3];

/** Every layer type that can be compressed, and the ways of this package to make one. */
export const kinds: Record<string, Kind> = {
  dense: {
    inputShape: [6],
    layers: (first, w) => [layers.dense({ ...first, units: 8, activation: 'tanh', ...w('kernel') })],
  },
  conv1d: {
    inputShape: [6, 3],
    layers: (first, w) => [layers.conv1d({ ...first, filters: 4, kernelSize: 3, ...w('kernel') }), layers.flatten()],
  },
  conv2d: {
    inputShape: image,
    layers: (first, w) => [layers.conv2d({ ...first, filters: 3, kernelSize: 3, ...w('kernel') }), layers.flatten()],
  },
  conv2dTranspose: {
    inputShape: [3, 3, 2],
    layers: (first, w) => [
      layers.conv2dTranspose({ ...first, filters: 3, kernelSize: 2, ...w('kernel') }),
      layers.flatten(),
    ],
  },
  depthwiseConv2d: {
    inputShape: image,
    layers: (first, w) => [
      layers.depthwiseConv2d({ ...first, kernelSize: 3, depthMultiplier: 2, ...w('depthwise') }),
      layers.flatten(),
    ],
  },
  separableConv2d: {
    inputShape: image,
    layers: (first, w) => [
      layers.separableConv2d({
        ...first,
        filters: 6,
        kernelSize: 3,
        ...w('depthwise', 'pointwise'),
      }),
      layers.flatten(),
    ],
  },
  conv3d: {
    inputShape: [3, 3, 3, 2],
    layers: (first, w) => [layers.conv3d({ ...first, filters: 3, kernelSize: 2, ...w('kernel') }), layers.flatten()],
  },
  convLstm2d: {
    inputShape: [2, 3, 3, 1],
    layers: (first, w) => [
      layers.convLstm2d({ ...first, filters: 2, kernelSize: 2, ...w('kernel', 'recurrent') } as never),
      layers.flatten(),
    ],
  },
  simpleRNN: {
    inputShape: series,
    layers: (first, w) => [layers.simpleRNN({ ...first, ...recurrent, ...w('kernel', 'recurrent') })],
  },
  gru: {
    inputShape: series,
    layers: (first, w) => [layers.gru({ ...first, ...recurrent, ...w('kernel', 'recurrent') })],
  },
  lstm: {
    inputShape: series,
    layers: (first, w) => [layers.lstm({ ...first, ...recurrent, ...w('kernel', 'recurrent') })],
  },
  stackedCells: {
    inputShape: series,
    layers: (first, w) => {
      const args = { ...recurrent, ...w('kernel', 'recurrent') };
      return [layers.rnn({ ...first, cell: [layers.simpleRNNCell(args), layers.lstmCell(args)] })];
    },
  },
  bidirectional: {
    inputShape: series,
    layers: (first, w) => [
      layers.bidirectional({
        ...first,
        layer: layers.gru({ ...recurrent, ...w('kernel', 'recurrent') }) as tfl.RNN,
        mergeMode: 'concat',
      }),
    ],
  },
  timeDistributed: {
    inputShape: series,
    layers: (first, w) => [
      layers.timeDistributed({ ...first, layer: layers.dense({ units: 8, ...w('kernel') }) }),
      layers.flatten(),
    ],
  },
  embedding: {
    inputShape: [5],
    words: 9,
    layers: (first, w) => [
      layers.embedding({ ...first, inputDim: 9, outputDim: 4, ...w('embeddings') }),
      layers.flatten(),
    ],
  },
  nested: {
    inputShape: [6],
    layers: (first, w) => [
      tfl.sequential({
        layers: [
          layers.dense({ ...first, units: 6, activation: 'tanh', ...w('kernel') }),
          tfl.sequential({ layers: [layers.dense({ inputShape: [6], units: 5, ...w('kernel') })] }),
        ],
      }),
    ],
  },
  maskedDense: {
    inputShape: [6],
    head: 'maskedDense',
    layers: (first, w, api) => [api.maskedDense({ ...first, units: 8, activation: 'tanh', ...w('kernel') })],
  },
  maskedConv2d: {
    inputShape: image,
    head: 'maskedDense',
    layers: (first, w, api) => [
      api.maskedConv2d({ ...first, filters: 3, kernelSize: 3, ...w('kernel') }),
      layers.flatten(),
    ],
  },
  powerOfTwoDense: {
    inputShape: [6],
    head: 'powerOfTwoDense',
    layers: (first, w, api) => [api.powerOfTwoDense({ ...first, units: 8, activation: 'tanh', ...w('kernel') })],
  },
  powerOfTwoSeparableConv2d: {
    inputShape: image,
    head: 'powerOfTwoDense',
    layers: (first, w, api) => [
      api.powerOfTwoSeparableConv2d({ ...first, filters: 6, kernelSize: 3, ...w('depthwise', 'pointwise') }),
      layers.flatten(),
    ],
  },
  compressibleConv: {
    inputShape: image,
    layers: (first, w) => [
      layers.conv2d({ ...first, filters: 3, kernelSize: 3, ...w('kernel') }),
      layers.batchNormalization(),
      layers.flatten(),
    ],
    convert: (model, api) => api.compressible(model),
  },
  // compressible() leaves the recurrent layer as it is; the callbacks take it all the
  // same.
  compressibleRecurrent: {
    inputShape: series,
    layers: (first, w) => [layers.lstm({ ...first, ...recurrent, ...w('kernel', 'recurrent') })],
    convert: (model, api) => api.compressible(model),
  },
};
