import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isPowerOfTwoOrZero } from '@tfjs-compress/math';
import { weightBits } from '@tfjs-compress/math/internal';
import { expectNoLeak, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INQScheduler, SurgeryCallback } from './index.js';

const fitArgs = { epochs: 6, batchSize: 16, shuffle: false, verbose: 0 as const };
let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const inq = (args = {}) => new INQScheduler({ bits: 4, steps: [0.3, 0.5, 0.7, 0.85, 0.95, 1], verbose: 0, ...args });

/** The bits of both kernels in the file; format's tests say that they are right. */
function bitsOf(model: LayersModel): number {
  const kernels = model.getWeights().filter(({ shape }) => shape.length === 2);
  return kernels.reduce((sum, kernel) => sum + weightBits(kernel.dataSync() as Float32Array, kernel.shape).total, 0);
}

describe('saveBits', () => {
  it('makes the kernels in the file smaller by about that fraction, and leaves no tensors', async () => {
    const bits: number[] = [];
    for (const saveBits of [0, 0.3, 0.6]) {
      const model = smallModel();
      // The optimizer keeps two tensors for each weight, and two powers.
      await model.fit(x, y, { ...fitArgs, epochs: 1 });
      await expectNoLeak(() => model.fit(x, y, { ...fitArgs, validationData: [x, y], callbacks: inq({ saveBits }) }));
      for (const values of [0, 2].map((i) => weightsOf(model)[i])) expect(values.every(isPowerOfTwoOrZero)).toBe(true);
      bits.push(bitsOf(model));
      model.dispose();
    }
    expect(bits[1] / bits[0]).toBeGreaterThan(0.6);
    expect(bits[1] / bits[0]).toBeLessThan(0.8);
    expect(bits[2] / bits[0]).toBeGreaterThan(0.25);
    expect(bits[2] / bits[0]).toBeLessThan(0.5);
  });

  it('leaves every kernel a weight, however many bits are to be saved', async () => {
    const model = smallModel();
    await model.fit(x, y, { ...fitArgs, callbacks: inq({ saveBits: 0.99 }) });
    for (const values of [0, 2].map((i) => weightsOf(model)[i])) expect(values.some((value) => value !== 0)).toBe(true);
    model.dispose();
  });

  it('of 0 is what INQ does without it', async () => {
    const results = [];
    for (const args of [{}, { saveBits: 0 }]) {
      const model = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: inq(args) });
      results.push(weightsOf(model));
      model.dispose();
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('goes on from what surgery pruned, in a fit before or in the same one', async () => {
    for (const together of [false, true]) {
      const model = smallModel();
      const surgery = new SurgeryCallback({ targetSparsity: 0.4, verbose: 0 });
      if (!together) await model.fit(x, y, { ...fitArgs, callbacks: surgery });
      const callbacks = [...(together ? [surgery] : []), inq({ saveBits: 0.4 })];
      const { history } = await model.fit(x, y, { ...fitArgs, epochs: 12, callbacks });
      const kernels = [0, 2].map((i) => weightsOf(model)[i]);
      const zeros = kernels.reduce((sum, values) => sum + values.filter((value) => value === 0).length, 0);
      expect(zeros).toBeGreaterThan(0.55 * 176);
      expect(kernels.every((values) => values.every(isPowerOfTwoOrZero))).toBe(true);
      expect(history.quantized.at(-1)).toBe(1);
      model.dispose();
    }
  });

  it('keeps what it made 0, for a later fit as well', async () => {
    const model = smallModel();
    await model.fit(x, y, { ...fitArgs, callbacks: inq({ saveBits: 0.5 }) });
    const before = weightsOf(model)[0];
    const surgery = new SurgeryCallback({ targetSparsity: 0.9, endStep: 1, verbose: 0 });
    await model.fit(x, y, { ...fitArgs, callbacks: surgery });
    const after = weightsOf(model)[0];
    expect(before.every((value, i) => value !== 0 || after[i] === 0)).toBe(true);
    model.dispose();
  });
});
