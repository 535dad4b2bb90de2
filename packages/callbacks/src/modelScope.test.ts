import * as tf from '@tensorflow/tfjs-core';
import { CustomCallback, loadLayersModel } from '@tensorflow/tfjs-layers';
import { expectNoLeak, MemoryHandler, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SurgeryCallback } from './SurgeryCallback.js';

let x: tf.Tensor;
let y: tf.Tensor;
beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const surgery = (args: object = {}) =>
  new SurgeryCallback({ targetSparsity: 0.8, scope: 'model', verbose: 0, ...args });
const zerosOf = (model: { getWeights(): tf.Tensor[] }) =>
  [0, 2].map((i) => weightsOf(model as never)[i].filter((value) => value === 0).length);

/** Of both kernels together, less one weight. */
const zerosShare = (zeros: number) => (zeros - 1) / (128 + 48);

describe("scope 'model'", () => {
  it('meets the target over all kernels together, to one weight, and shares it out unevenly', async () => {
    await expectNoLeak(async () => {
      const model = smallModel();
      const { history } = await model.fit(x, y, { epochs: 6, batchSize: 16, verbose: 0, callbacks: surgery() });
      const zeros = zerosOf(model);
      expect(zeros[0] + zeros[1]).toBe(Math.round(0.8 * (128 + 48)));
      expect(zeros[0] / 128).not.toBeCloseTo(zeros[1] / 48, 2);
      expect(history.sparsity.at(-1)).toBe((zeros[0] + zeros[1]) / 176);
      model.dispose();
      model.optimizer.dispose();
    });
  });

  it('leaves each kernel at least one weight', async () => {
    const model = smallModel();
    tf.tidy(() => {
      const [kernel, ...others] = model.layers[1].getWeights();
      // One large weight makes the scale, all others are tiny beside it.
      const values = Float32Array.from({ length: 48 }, (_, i) => (i === 7 ? 1 : 1e-6));
      model.layers[1].setWeights([tf.tensor(values, kernel.shape), ...others]);
    });
    await model.fit(x, y, { epochs: 4, verbose: 0, callbacks: surgery({ targetSparsity: 0.99 }) });
    const zeros = zerosOf(model);
    expect(zeros[0]).toBeLessThan(128);
    expect(zeros[1]).toBeLessThan(48);
    expect(zeros[0] + zeros[1]).toBe(Math.round(0.99 * 176));
  });

  it('begins with what is pruned already, in whichever kernel', async () => {
    const model = smallModel();
    const args = { epochs: 6, batchSize: 16, verbose: 0 as const };
    const { name } = model.layers[1];
    await model.fit(x, y, {
      ...args,
      callbacks: new SurgeryCallback({ targetSparsity: 0.75, include: name, verbose: 0 }),
    });
    const { history } = await model.fit(x, y, { ...args, callbacks: surgery() });
    expect(history.spliced[0]).toBeLessThan(12);
    expect(Math.min(...(history.sparsity as number[]))).toBeGreaterThan(zerosShare(36));
  });

  it('goes on after a pause to the same weights', async () => {
    const args = { epochs: 6, batchSize: 16, shuffle: false, verbose: 0 as const };
    const keep = { whenStopped: 'keep', frequency: 2 };
    const whole = smallModel(tf.train.momentum(0.05, 0.9));
    await whole.fit(x, y, { ...args, callbacks: surgery(keep) });
    const first = smallModel(tf.train.momentum(0.05, 0.9));
    const stop = new CustomCallback({
      onEpochEnd: (epoch) => {
        first.stopTraining = epoch === 2;
      },
    });
    await first.fit(x, y, { ...args, callbacks: [surgery(keep), stop] });
    const file = new MemoryHandler();
    await first.save(file, { includeOptimizer: true });
    const second = await loadLayersModel(file);
    await second.fit(x, y, { ...args, initialEpoch: 3, callbacks: surgery(keep) });
    expect(weightsOf(second)).toEqual(weightsOf(whole));
  });
});
