import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { seededTensor } from '@tfjs-compress/testing';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { randomize } from '../testing/compare.js';
import { expectEqual } from '../testing/expectEqual.js';

const { layers, sequential } = tfl;
const makers = { simpleRNN: layers.simpleRNN, gru: layers.gru, lstm: layers.lstm } as Record<string, any>;

describe('Bidirectional', () => {
  it('matches tfjs with any options', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(makers)),
        fc.constantFrom('concat', 'sum', 'mul', 'ave', null),
        fc.record({
          // The state of a single unit can be so near 0 that rounding is large beside it.
          units: fc.integer({ min: 2, max: 6 }),
          returnSequences: fc.boolean(),
          returnState: fc.boolean(),
          goBackwards: fc.boolean(),
        }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (name, mergeMode, options, batch, steps) => {
          const x = tfl.input({ shape: [null, 3] as number[] });
          const wrapped = layers.bidirectional({ layer: makers[name](options), mergeMode: mergeMode as 'sum' });
          const model = tfl.model({ inputs: x, outputs: wrapped.apply(x) as tfl.SymbolicTensor[] });
          randomize(model, batch + 5 * steps);
          await expectEqual(model, [[seededTensor([batch, steps, 3], 1)]]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes the initial states of both directions', async () => {
    const x = tfl.input({ shape: [3, 2] });
    const states = [0, 1, 2, 3].map(() => tfl.input({ shape: [4] }));
    const layer = layers.bidirectional({
      layer: layers.lstm({ units: 4, returnSequences: true }) as any,
      mergeMode: 'concat',
    });
    const model = tfl.model({ inputs: [x, ...states], outputs: layer.apply([x, ...states]) as tfl.SymbolicTensor });
    randomize(model, 1);
    const inputs = (batch: number) => [
      seededTensor([batch, 3, 2], 1),
      ...states.map((_, i) => seededTensor([batch, 4], 2 + i)),
    ];
    await expectEqual(model, [inputs(1), inputs(3)]);
  });

  it('is stacked', async () => {
    const model = sequential({
      layers: [
        layers.bidirectional({
          layer: layers.gru({ units: 3, returnSequences: true }) as any,
          mergeMode: 'concat',
          inputShape: [5, 4],
        }),
        layers.bidirectional({ layer: layers.lstm({ units: 3 }) as any, mergeMode: 'concat' }),
        layers.dense({ units: 2 }),
      ],
    });
    randomize(model, 3, 0.8);
    await expectEqual(model, [[seededTensor([1, 5, 4], 1)], [seededTensor([4, 5, 4], 1)]]);
  });
});

describe('TimeDistributed', () => {
  const cases: Record<string, [shape: number[], layer: () => any]> = {
    Dense: [[3, 4], () => layers.dense({ units: 5, activation: 'relu' })],
    'Dense, softmax': [[2, 3, 4], () => layers.dense({ units: 5, activation: 'softmax' })],
    Conv1D: [[3, 6, 4], () => layers.conv1d({ filters: 2, kernelSize: 3 })],
    Conv2D: [[3, 6, 5, 2], () => layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', strides: 2 })],
    LSTM: [[3, 4, 2], () => layers.lstm({ units: 3 })],
    'LSTM, returnSequences': [[3, 4, 2], () => layers.lstm({ units: 3, returnSequences: true })],
    Bidirectional: [
      [2, 4, 2],
      () => layers.bidirectional({ layer: layers.gru({ units: 3 }) as any, mergeMode: 'sum' }),
    ],
    TimeDistributed: [[2, 3, 2, 4], () => layers.timeDistributed({ layer: layers.dense({ units: 2 }) })],
    'a Sequential': [
      [3, 6, 6, 2],
      () =>
        sequential({
          layers: [
            layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [6, 6, 2] }),
            layers.conv2d({ filters: 2, kernelSize: 4 }),
          ],
        }),
    ],
  };
  for (const [name, [shape, make]] of Object.entries(cases)) {
    it(`matches tfjs around ${name}`, async () => {
      const model = sequential({ layers: [layers.timeDistributed({ layer: make(), inputShape: shape })] });
      randomize(model, 2);
      const inputs: tf.Tensor[][] = [1, 3].map((batch) => [seededTensor([batch, ...shape], batch)]);
      await expectEqual(model, inputs);
    });
  }

  it('stands between recurrent layers', async () => {
    const model = sequential({
      layers: [
        layers.lstm({ units: 4, returnSequences: true, inputShape: [null, 3] }),
        layers.timeDistributed({ layer: layers.dense({ units: 3, activation: 'tanh' }) }),
        layers.gru({ units: 4, returnSequences: true }),
        layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
      ],
    });
    randomize(model, 2);
    await expectEqual(model, [
      [seededTensor([1, 4, 3], 1)],
      [seededTensor([3, 2, 3], 1)],
      [seededTensor([2, 1, 3], 1)],
    ]);
  });
});
