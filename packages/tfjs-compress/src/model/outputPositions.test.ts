import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { outputPositions } from './outputPositions.js';

const positions = (given: unknown) => Object.fromEntries(outputPositions(given));

it('counts where channels come first, in time, and in every use of a shared layer', () => {
  const one = { filters: 2, kernelSize: 1, name: 'conv' };
  const first = sequential({ layers: [layers.conv2d({ ...one, dataFormat: 'channelsFirst', inputShape: [3, 5, 7] })] });
  expect(positions(first)).toEqual({ 'conv/kernel': 35 });
  const timed = sequential({
    layers: [
      layers.timeDistributed({ layer: layers.dense({ units: 2 }), name: 'td', inputShape: [6, 3] }),
      layers.simpleRNN({ units: 2, name: 'rnn' }),
    ],
  });
  expect(positions(timed)).toEqual({ 'td/kernel': 6, 'rnn/kernel': 6, 'rnn/recurrent_kernel': 6 });
  const shared = layers.dense({ units: 2, name: 'shared' });
  const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
  const outputs = layers.add().apply([shared.apply(a), shared.apply(b)] as SymbolicTensor[]) as SymbolicTensor;
  expect(positions(model({ inputs: [a, b], outputs }))).toEqual({ 'shared/kernel': 2 });
});

it('leaves out what is open, and embeddings', () => {
  const open = sequential({
    layers: [
      layers.embedding({ inputDim: 5, outputDim: 2, name: 'embedding', batchInputShape: [null, null] }),
      layers.conv1d({ filters: 2, kernelSize: 1, name: 'conv' }),
      layers.globalAveragePooling1d({}),
      layers.dense({ units: 1, name: 'dense' }),
    ],
  });
  expect(positions(open)).toEqual({ 'dense/kernel': 1 });
});
