import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { FREE, FROZEN, PRUNED } from '@tfjs-compress/math';
import { bitsOf, expectNoLeak, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { attach } from './attach.js';
import { maskedDense } from './factories.js';
import { findSites } from './sites.js';

const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.05, 0.9),
  nesterov: () => tf.train.momentum(0.05, 0.9, true),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(1),
  adam: () => tf.train.adam(0.05),
  adamax: () => tf.train.adamax(0.05),
  rmsprop: () => tf.train.rmsprop(0.01),
  // tfjs subtracts epsilon here, and a gradient that changes little gives NaN: so a
  // negative one.
  'rmsprop, centered, with momentum': () => tf.train.rmsprop(0.01, 0.9, 0.9, -1e-7, true),
};
const glorot = tfl.initializers.glorotUniform({ seed: 3 });
const layerKinds = { 'a layer of ours': maskedDense, 'a stock layer': tfl.layers.dense };

for (const [kind, makeLayer] of Object.entries(layerKinds)) {
  describe(`${kind}, over 100 steps`, () => {
    for (const [name, makeOptimizer] of Object.entries(optimizers)) {
      it(`of ${name}`, async () => {
        const model = tfl.sequential({
          layers: [makeLayer({ units: 3, inputShape: [4], kernelInitializer: glorot } as never) as tfl.layers.Layer],
        });
        const optimizer = makeOptimizer();
        model.compile({ optimizer, loss: 'meanSquaredError' });
        const batches = Array.from({ length: 10 }, (_, i) => [seededTensor([16, 4], i), seededTensor([16, 3], 20 + i)]);
        const train = async (steps: number) => {
          for (let i = 0; i < steps; i++) await model.trainOnBatch(batches[i % 10][0], batches[i % 10][1]);
        };
        // Slots that are full of momentum when weights freeze.
        await train(5);
        const { kernels, detach } = await attach(model, findSites(model).slice(0, 1), {
          slot: 'test',
          progress: async () => ({}),
        });
        const [kernel] = kernels;
        kernel.splicing = true;
        kernel.setStates(Uint8Array.from({ length: 12 }, (_, i) => [PRUNED, FREE, FROZEN][i % 3]));
        const before = await kernel.values();
        await expectNoLeak(() => train(100));
        const after = await kernel.values();
        const effective = tf.tidy(() => kernel.effective().dataSync());
        const read = tf.tidy(() => kernel.read().dataSync());
        const changed = (state: number) => [...after.keys()].filter((i) => i % 3 === state && after[i] !== before[i]);
        const frozen = (values: ArrayLike<number>) => bitsOf(Array.from(values).filter((_, i) => i % 3 === FROZEN));
        expect(frozen(after)).toEqual(frozen(before));
        expect(frozen(read)).toEqual(frozen(before));
        for (let i = 0; i < 12; i += 3) expect([effective[i], read[i]].map(Math.abs)).toEqual([0, 0]);
        expect(changed(FREE).length).toBe(4);
        // Trained under the mask, so that surgery can bring them back.
        expect(changed(PRUNED).length).toBe(4);
        kernel.setStates(kernel.states.map((state) => (state === PRUNED ? FREE : state)));
        expect(bitsOf(tf.tidy(() => kernel.read().dataSync()))).toEqual(bitsOf(after));
        // Without splicing they stay exactly 0.
        kernel.setStates(kernel.states.map((_, i) => [PRUNED, FREE, FROZEN][i % 3]));
        kernel.splicing = false;
        await train(20);
        const last = await kernel.values();
        expect(frozen(last)).toEqual(frozen(before));
        for (let i = 0; i < 12; i += 3) expect(Object.is(last[i], 0)).toBe(true);
        await detach();
        tf.dispose(batches);
        model.dispose();
      });
    }
  });
}
