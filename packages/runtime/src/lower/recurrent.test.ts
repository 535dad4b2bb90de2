import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { seededTensor } from '@tfjs-compress/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomize } from '../testing/compare.js';
import { expectEqual, inRuntime, predictionOf, runtimeFrom } from '../testing/expectEqual.js';

const { layers, sequential } = tfl;
const makers = { SimpleRNN: layers.simpleRNN, GRU: layers.gru, LSTM: layers.lstm } as Record<string, any>;

const inputs = (sizes: number[][], features: number): tf.Tensor[][] =>
  sizes.map(([batch, steps], i) => [seededTensor([batch, steps, features], i + 1)]);

describe.each(Object.keys(makers))('%s', (name) => {
  for (const sparsity of [0, 0.9]) {
    for (const returnSequences of [false, true]) {
      for (const goBackwards of [false, true]) {
        it(`matches tfjs at sparsity ${sparsity}, ${JSON.stringify({ returnSequences, goBackwards })}`, async () => {
          const layer = makers[name]({ units: 9, inputShape: [null, 6], returnSequences, goBackwards });
          const model = sequential({ layers: [layer] });
          randomize(model, 5, sparsity);
          const sizes = [1, 2, 3, 8].flatMap((batch) => [1, 2, 7].map((steps) => [batch, steps]));
          await expectEqual(model, inputs(sizes, 6));
        });
      }
    }
  }

  it('matches tfjs with any options', async () => {
    const activation = fc.constantFrom('tanh', 'relu', 'linear', 'softmax', 'elu', 'softsign', 'sigmoid');
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          units: fc.integer({ min: 1, max: 6 }),
          useBias: fc.boolean(),
          activation,
          // Bounded: with others the states grow beyond all floats.
          recurrentActivation: fc.constantFrom('hardSigmoid', 'sigmoid', 'softmax', 'tanh'),
          returnSequences: fc.boolean(),
          goBackwards: fc.boolean(),
          unitForgetBias: fc.boolean(),
          implementation: fc.constantFrom(1, 2),
        }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (options, batch, steps, features, isUnrolled) => {
          const warn = console.warn;
          console.warn = () => undefined;
          const layer = makers[name]({ ...options, unroll: isUnrolled, inputShape: [steps, features] });
          const model = sequential({ layers: [layer] });
          randomize(model, batch + 10 * steps);
          await expectEqual(model, inputs([[batch, steps]], features));
          console.warn = warn;
        },
      ),
      { numRuns: 30 },
    );
  });

  it('returns its states and takes them from other layers', async () => {
    const x = tfl.input({ shape: [null, 4] as number[] });
    const y = tfl.input({ shape: [null, 3] as number[] });
    const encoder = makers[name]({ units: 5, returnState: true }).apply(x) as tfl.SymbolicTensor[];
    const decoder = makers[name]({ units: 5, returnState: true, returnSequences: true });
    const decoded = decoder.apply([y, ...encoder.slice(1)]) as tfl.SymbolicTensor[];
    const model = tfl.model({ inputs: [x, y], outputs: [...encoder, ...decoded] });
    randomize(model, 1);
    const sizes = [
      [1, 3, 2],
      [3, 2, 5],
    ];
    await expectEqual(
      model,
      sizes.map(([batch, n, m]) => [seededTensor([batch, n, 4], 1), seededTensor([batch, m, 3], 2)]),
    );
  });

  it('takes initial states as inputs of the model', async () => {
    const states = name === 'LSTM' ? 2 : 1;
    const x = tfl.input({ shape: [3, 2] });
    const initial = Array.from({ length: states }, () => tfl.input({ shape: [4] }));
    const outputs = makers[name]({ units: 4, returnState: true }).apply([x, ...initial]);
    const model = tfl.model({ inputs: [x, ...initial], outputs });
    randomize(model, 1);
    await expectEqual(
      model,
      [1, 3].map((batch) => [
        seededTensor([batch, 3, 2], 1),
        ...initial.map((_, i) => seededTensor([batch, 4], 2 + i)),
      ]),
    );
  });

  it('keeps its states from one prediction to the next if it is stateful, until they are reset', async () => {
    for (const returnSequences of [false, true]) {
      const layer = makers[name]({ units: 3, stateful: true, returnSequences, batchInputShape: [2, null, 4] });
      const model = sequential({
        layers: [layer, layers.simpleRNN({ units: 3, stateful: true, returnSequences: true })].slice(
          0,
          returnSequences ? 2 : 1,
        ),
      });
      randomize(model, 2);
      const runtime = await inRuntime(model);
      const expectSameNow = (steps: number, seed: number) => {
        const x = seededTensor([2, steps, 4], seed);
        const expected = (model.predict(x) as tf.Tensor).dataSync();
        const [received] = predictionOf(runtime, [x]);
        expect([...received].map((value, i) => Math.abs(value - expected[i])).every((d) => d < 1e-5)).toBe(true);
        return [...expected];
      };
      const first = expectSameNow(3, 1);
      const second = expectSameNow(3, 1);
      expect(second).not.toEqual(first);
      expectSameNow(5, 2);
      runtime.resetStates();
      model.resetStates();
      expect(expectSameNow(3, 1)).toEqual(first);
    }
  });

  it('is refused where tfjs would run it once for each output', async () => {
    const x = tfl.input({ batchShape: [2, 3, 4] });
    const outputs = makers[name]({ units: 3, name: 'kept', stateful: true, returnState: true }).apply(x);
    await expect(inRuntime(tfl.model({ inputs: x, outputs }))).rejects.toThrow(`layer 'kept' (${name}): stateful with`);
  });

  it('is stacked, and feeds a Dense layer', async () => {
    const model = sequential({
      layers: [
        makers[name]({ units: 5, returnSequences: true, inputShape: [6, 3] }),
        layers.dropout({ rate: 0.5 }),
        makers[name]({ units: 4, returnSequences: true, goBackwards: true }),
        layers.dense({ units: 3, activation: 'relu' }),
        makers[name]({ units: 4 }),
        layers.dense({ units: 2, activation: 'softmax' }),
      ],
    });
    randomize(model, 3);
    await expectEqual(
      model,
      inputs(
        [
          [1, 6],
          [3, 6],
          [16, 6],
        ],
        3,
      ),
    );
  });
});

describe('RNN', () => {
  const cells: Record<string, () => any> = {
    'one cell': () => layers.lstmCell({ units: 3 }),
    'two cells': () => [layers.lstmCell({ units: 3 }), layers.lstmCell({ units: 2, recurrentActivation: 'sigmoid' })],
    'three different cells': () => [
      layers.gruCell({ units: 2 }),
      layers.simpleRNNCell({ units: 4, activation: 'relu' }),
      layers.lstmCell({ units: 3, useBias: false }),
    ],
    StackedRNNCells: () =>
      layers.stackedRNNCells({ cells: [layers.gruCell({ units: 2 }), layers.gruCell({ units: 3 })] }),
  };
  for (const [what, make] of Object.entries(cells)) {
    for (const returnSequences of [false, true]) {
      it(`matches tfjs with ${what}, returnSequences ${returnSequences}`, async () => {
        const x = tfl.input({ shape: [4, 3] });
        // tfjs takes the wrong sizes for the states of stacked cells: only the first
        // output is of use.
        const rnn = layers.rnn({ cell: make(), returnSequences, returnState: true, goBackwards: returnSequences });
        const outputs = rnn.apply(x) as tfl.SymbolicTensor[];
        const model = tfl.model({ inputs: x, outputs });
        randomize(model, 4);
        await expectEqual(
          model,
          inputs(
            [
              [1, 4],
              [3, 4],
            ],
            3,
          ),
        );
      });
    }
  }

  it('refuses a GRU of Keras with resetAfter, which tfjs cannot load either', async () => {
    const model = sequential({ layers: [layers.gru({ name: 'gru', units: 2, useBias: false, inputShape: [3, 2] })] });
    const artifacts = JSON.parse(
      JSON.stringify(await artifactsOf(model)).replace('"reset_after":false', '"reset_after":true'),
    );
    const { weightData } = await artifactsOf(model);
    expect(() => runtimeFrom({ ...artifacts, weightData })).toThrow(
      "layer 'gru' (GRU): resetAfter is not supported, as in tfjs.",
    );
  });
});
