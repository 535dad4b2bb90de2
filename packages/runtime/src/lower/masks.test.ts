import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { seededTensor } from '@tfjs-compress/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomize } from '../testing/compare.js';
import { expectEqual, inRuntime } from '../testing/expectEqual.js';

const { layers, sequential } = tfl;
type T = tfl.SymbolicTensor;
const makers = { simpleRNN: layers.simpleRNN, gru: layers.gru, lstm: layers.lstm } as Record<string, any>;

/**
 * Steps of features, some of which are `value` throughout; the last example has no other.
 */
function masked(shape: number[], seed: number, value = 0): tf.Tensor {
  return tf.tidy(() => {
    const steps = tf.greater(seededTensor([...shape.slice(0, -1), 1], seed + 100), -0.2);
    const some = tf.logicalAnd(
      steps,
      tf.less(tf.reshape(tf.range(0, shape[0]), [-1, ...shape.slice(1).fill(1)]), Math.max(1, shape[0] - 1)),
    );
    return tf.where(tf.broadcastTo(some, shape), seededTensor(shape, seed), tf.fill(shape, value));
  });
}

const indexes = (shape: number[], seed: number): tf.Tensor =>
  tf.tidy(() => tf.floor(tf.abs(tf.mul(seededTensor(shape, seed), 1.5))));

async function expectMasked(model: tfl.LayersModel, shape: number[], value = 0): Promise<void> {
  randomize(model, 3);
  await expectEqual(
    model,
    [1, 4].map((batch) => [masked([batch, ...shape], batch, value)]),
  );
}

describe('Masking', () => {
  it('matches tfjs before recurrent layers with any options', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(makers)),
        fc.record({
          units: fc.integer({ min: 1, max: 5 }),
          returnSequences: fc.boolean(),
          returnState: fc.boolean(),
          goBackwards: fc.boolean(),
          activation: fc.constantFrom('tanh', 'softmax'),
        }),
        fc.constantFrom(0, -1, 0.1),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        async (name, options, maskValue, batch, steps) => {
          const x = tfl.input({ shape: [null, 3] as number[] });
          const outputs = makers[name](options).apply(layers.masking({ maskValue }).apply(x));
          const model = tfl.model({ inputs: x, outputs });
          randomize(model, steps);
          await expectEqual(model, [[masked([batch, steps, 3], 1, maskValue)]]);
        },
      ),
      { numRuns: 50 },
    );
  });

  const chains: Record<string, () => any[]> = {
    alone: () => [layers.masking({ inputShape: [5, 3] })],
    'layers that pass it on': () => [
      layers.masking({ inputShape: [5, 3] }),
      layers.dropout({ rate: 0.5 }),
      layers.batchNormalization(),
      layers.dense({ units: 4 }),
      layers.activation({ activation: 'tanh' }),
      layers.reLU(),
      layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
      layers.gru({ units: 3, returnSequences: true }),
      layers.simpleRNN({ units: 2 }),
    ],
    'a layer that drops it, which tfjs overlooks': () => [
      layers.masking({ inputShape: [5, 3] }),
      layers.conv1d({ filters: 3, kernelSize: 1 }),
      layers.lstm({ units: 3 }),
    ],
    'an encoder and a decoder, which tfjs masks too': () => [
      layers.masking({ inputShape: [5, 3] }),
      layers.lstm({ units: 3 }),
      layers.repeatVector({ n: 4 }),
      layers.lstm({ units: 3, returnSequences: true, goBackwards: true }),
      layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
    ],
    Bidirectional: () => [
      layers.masking({ inputShape: [5, 3] }),
      layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true }) as any, mergeMode: 'sum' }),
      layers.bidirectional({ layer: layers.gru({ units: 2 }) as any, mergeMode: 'concat' }),
    ],
    'stacked cells': () => [
      layers.masking({ inputShape: [5, 3] }),
      layers.rnn({ cell: [layers.lstmCell({ units: 2 }), layers.gruCell({ units: 3 })] as any }),
    ],
    'a Softmax layer over the steps': () => [
      layers.masking({ inputShape: [5, 3] }),
      layers.lstm({ units: 3, returnSequences: true }),
      layers.dense({ units: 1 }),
      layers.flatten(),
      layers.softmax(),
    ],
    'a model within': () => [
      layers.masking({ inputShape: [5, 3] }),
      sequential({
        layers: [layers.lstm({ units: 3, returnSequences: true, inputShape: [5, 3] }), layers.simpleRNN({ units: 3 })],
      }),
    ],
    'a model within that has a mask of its own': () => [
      layers.dense({ units: 3, activation: 'relu', inputShape: [5, 3] }),
      sequential({
        layers: [layers.masking({ inputShape: [5, 3] }), layers.lstm({ units: 3, returnSequences: true })],
      }),
      layers.gru({ units: 3 }),
    ],
  };
  for (const [name, make] of Object.entries(chains)) {
    it(`matches tfjs with ${name}`, () => expectMasked(sequential({ layers: make() }), [5, 3]));
  }

  it('matches tfjs before ConvLSTM2D: pixels are masked', async () => {
    const cell = layers.convLstm2d({ filters: 2, kernelSize: 3, padding: 'same', returnSequences: true });
    await expectMasked(
      sequential({ layers: [layers.masking({ inputShape: [3, 4, 4, 2] }), cell as any] }),
      [3, 4, 4, 2],
    );
  });

  it('keeps the states of a stateful layer where a step does not count', async () => {
    const layer = layers.lstm({ units: 3, stateful: true });
    const model = sequential({ layers: [layers.masking({ batchInputShape: [3, 4, 2] }), layer] });
    randomize(model, 1);
    await expectEqual(
      model,
      [1, 2, 3].map((seed) => [masked([3, 4, 2], seed)]),
    );
  });

  it.each([-1, 1])('matches tfjs where masked branches are concatenated along %i', async (axis) => {
    const [x, y] = [0, 1].map(() => tfl.input({ shape: [4, 3] }));
    const branches = [x, y].map((each) => layers.masking().apply(each) as T);
    const joined = layers.concatenate({ axis }).apply(branches) as T;
    const model = tfl.model({ inputs: [x, y], outputs: layers.lstm({ units: 3 }).apply(joined) as T });
    randomize(model, 1);
    await expectEqual(
      model,
      [1, 3].map((batch) => [masked([batch, 4, 3], 1), masked([batch, 4, 3], 2)]),
    );
  });

  it('matches tfjs where a masked branch is concatenated with another', async () => {
    const [x, y] = [0, 1].map(() => tfl.input({ shape: [4, 3] }));
    const joined = layers.concatenate().apply([layers.masking().apply(x) as T, y]) as T;
    const model = tfl.model({ inputs: [x, y], outputs: layers.gru({ units: 3 }).apply(joined) as T });
    randomize(model, 1);
    await expectEqual(
      model,
      [1, 3].map((batch) => [masked([batch, 4, 3], 1), masked([batch, 4, 3], 2)]),
    );
  });

  it('matches tfjs where masked branches are added, and refuses what tfjs cannot compute then', async () => {
    const [x, y] = [0, 1].map(() => tfl.input({ shape: [4, 3] }));
    const branches = [x, y].map((each) => layers.masking().apply(each) as T);
    const sum = layers.add().apply(branches) as T;
    const model = tfl.model({ inputs: [x, y], outputs: layers.dense({ units: 2 }).apply(sum) as T });
    randomize(model, 1);
    await expectEqual(
      model,
      [1, 3].map((batch) => [masked([batch, 4, 3], 1), masked([batch, 4, 3], 2)]),
    );
    const next = tfl.model({ inputs: [x, y], outputs: layers.gru({ units: 3, name: 'gru' }).apply(sum) as T });
    await expect(inRuntime(next)).rejects.toThrow("layer 'gru' (GRU): a mask of shape [1,1,4] does not fit");
  });

  it.each([
    [0, 1],
    [1, 0],
  ])('matches tfjs with a masked and another branch in the order %i, %i', async (...order) => {
    const inputs = [0, 1].map(() => tfl.input({ shape: [4, 3] }));
    const masked_ = layers.lstm({ units: 3 }).apply(layers.masking().apply(inputs[0])) as T;
    const other = layers.lstm({ units: 3 }).apply(inputs[1]) as T;
    const joined = layers.concatenate().apply(order.map((i) => [masked_, other][i])) as T;
    const model = tfl.model({ inputs, outputs: layers.dense({ units: 2 }).apply(joined) as T });
    randomize(model, 1);
    await expectEqual(
      model,
      [1, 3].map((batch) => [masked([batch, 4, 3], 1), masked([batch, 4, 3], 2)]),
    );
    const both = tfl.model({ inputs, outputs: order.map((i) => [masked_, other][i]) });
    await expectEqual(both, [[masked([3, 4, 3], 1), masked([3, 4, 3], 2)]]);
  });

  it('refuses steps for which tfjs has no mask', async () => {
    const model = sequential({
      layers: [
        layers.masking({ inputShape: [3, 2] }),
        layers.lstm({ units: 2 }),
        layers.repeatVector({ n: 4 }),
        layers.lstm({ units: 2, name: 'decoder' }),
      ],
    });
    await expect(inRuntime(model)).rejects.toThrow("layer 'decoder' (LSTM): a mask of shape [1,3] does not fit");
  });
});

describe('Embedding', () => {
  it('matches tfjs for indexes of any rank, fractions included', async () => {
    for (const shape of [[5], [3, 4], []]) {
      const layer = layers.embedding({ inputDim: 8, outputDim: 5, inputShape: shape });
      const model = sequential({ layers: [layer] });
      randomize(model, 1);
      const inputs = [1, 3].map((batch) => [tf.add(indexes([batch, ...shape], batch), 0.5)]);
      await expectEqual(model, inputs);
    }
  });

  it.each([undefined, 4])('matches tfjs with maskZero before recurrent layers, inputLength %s', async (inputLength) => {
    const model = sequential({
      layers: [
        layers.embedding({ inputDim: 8, outputDim: 5, maskZero: true, inputLength }),
        layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true }) as any, mergeMode: 'concat' }),
        layers.gru({ units: 4 }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
    });
    randomize(model, 2, 0.7);
    await expectEqual(
      model,
      [1, 3].map((batch) => [indexes([batch, 4], batch)]),
    );
  });

  it('ends the prediction for an index outside of the table, and goes on after that', async () => {
    const model = sequential({ layers: [layers.embedding({ inputDim: 4, outputDim: 2, inputLength: 3 })] });
    const runtime = await inRuntime(model);
    expect(() => runtime.predict([0, 4, 1])).toThrow('predict: an index is outside of the table of an Embedding.');
    expect(() => runtime.predict([0, -1, 1])).toThrow('outside of the table');
    expect(runtime.predict([0, 3, 1])).toEqual((model.predict(tf.tensor2d([[0, 3, 1]])) as tf.Tensor).dataSync());
  });

  it('refuses another length than inputLength', async () => {
    const model = sequential({
      layers: [layers.embedding({ inputDim: 4, outputDim: 2, inputLength: 3, batchInputShape: [null, null] as any })],
    });
    const runtime = await inRuntime(model).catch((error) => error);
    expect(runtime.message).toContain('inputLength: expected an input of [batch, 3], received [1,64].');
  });
});
