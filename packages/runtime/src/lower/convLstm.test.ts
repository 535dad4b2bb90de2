import * as tfl from '@tensorflow/tfjs-layers';
import { seededTensor } from '@tfjs-compress/testing';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { randomize } from '../testing/compare.js';
import { expectEqual } from '../testing/expectEqual.js';

const { layers, sequential } = tfl;

describe('ConvLSTM2D', () => {
  it('matches tfjs with any options', async () => {
    const one = fc.integer({ min: 1, max: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          filters: one,
          kernelSize: fc.tuple(one, one),
          padding: fc.constantFrom('same' as const, 'valid' as const),
          returnSequences: fc.boolean(),
          goBackwards: fc.boolean(),
          useBias: fc.boolean(),
          activation: fc.constantFrom('tanh', 'relu', 'softmax') as fc.Arbitrary<any>,
          recurrentActivation: fc.constantFrom('hardSigmoid', 'sigmoid') as fc.Arbitrary<any>,
        }),
        fc.constantFrom<[strides: number, dilationRate: number]>([1, 1], [2, 1], [1, 2]),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        async (options, [strides, dilationRate], batch, steps) => {
          const layer = layers.convLstm2d({ ...options, strides, dilationRate, inputShape: [steps, 7, 6, 2] });
          const model = sequential({ layers: [layer as any] });
          randomize(model, batch + 5 * steps);
          await expectEqual(model, [[seededTensor([batch, steps, 7, 6, 2], 1)]]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('returns its states, and takes them', async () => {
    const x = tfl.input({ shape: [3, 5, 4, 2] });
    const options = { filters: 3, kernelSize: 3, padding: 'same' as const, returnState: true };
    const first = layers.convLstm2d({ ...options, returnSequences: true }).apply(x) as tfl.SymbolicTensor[];
    const model = tfl.model({ inputs: x, outputs: first });
    randomize(model, 1);
    await expectEqual(model, [[seededTensor([1, 3, 5, 4, 2], 1)], [seededTensor([2, 3, 5, 4, 2], 1)]]);
  });

  it('matches tfjs with the channels first, and both ways', async () => {
    const first = layers.convLstm2d({
      filters: 3,
      kernelSize: 3,
      dataFormat: 'channelsFirst',
      returnSequences: true,
      inputShape: [2, 2, 5, 4],
    });
    const both = layers.bidirectional({
      layer: layers.convLstm2d({ filters: 2, kernelSize: 3, padding: 'same', returnSequences: true }) as any,
      mergeMode: 'concat',
      inputShape: [3, 5, 4, 2],
    });
    for (const [layer, shape] of [
      [first, [2, 2, 5, 4]],
      [both, [3, 5, 4, 2]],
    ] as [any, number[]][]) {
      const model = sequential({ layers: [layer] });
      randomize(model, 1);
      await expectEqual(model, [[seededTensor([1, ...shape], 1)], [seededTensor([2, ...shape], 1)]]);
    }
  });
});
