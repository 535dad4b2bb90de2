import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { findSites, isMarkedPruned } from '@tfjs-compress/layers/internal';
import { codebookOf, countOnLevels, distinctLevels, roundToPowerOfTwo, sparsityOf } from '@tfjs-compress/math';
import { expectNoLeak, outputsOf } from '@tfjs-compress/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compressOnce } from './compressOnce.js';
import { correlated, difference, kernelsOf, smallNet } from './testing/smallNet.js';

afterEach(() => void vi.restoreAllMocks());

describe('compressOnce', () => {
  it('rounds to the levels of INQ, changes outputs less than rounding does, and leaves the model as it is', async () => {
    const [model, examples, test] = [smallNet(), correlated([64, 8, 8, 3], 3), correlated([32, 8, 8, 3], 99)];
    const [before, wanted] = [kernelsOf(model), outputsOf(model, [test])];
    const seen: number[] = [];
    const result = await expectNoLeak(
      () => compressOnce(model, examples, { bits: 4, batchSize: 20, onProgress: (done) => void seen.push(done) }),
      model.weights.length,
    );
    expect(result).toMatchObject({ bits: 4, levels: 'powerOfTwo', notes: [] });
    expect(kernelsOf(model)).toEqual(before);
    for (const { values } of kernelsOf(result.model))
      expect(countOnLevels(values, codebookOf(values, 4))).toBe(values.length);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    const ours = difference(outputsOf(result.model, [test]), wanted);
    for (const { variable, role } of findSites(model)) {
      const values = variable.read().dataSync<'float32'>();
      const plain = roundToPowerOfTwo(values, codebookOf(values, 4));
      if (role === 'kernel') variable.write(tf.tensor(plain, variable.shape as number[]));
    }
    expect(ours).toBeLessThan(0.6 * difference(outputsOf(model, [test]), wanted));
  });

  it('rounds to equally spaced levels, few for a whole kernel', async () => {
    const [model, test] = [smallNet(), correlated([32, 8, 8, 3], 99)];
    const wanted = outputsOf(model, [test]);
    const { model: small } = await compressOnce(model, correlated([64, 8, 8, 3], 3), { bits: 8, levels: 'uniform' });
    for (const { values } of kernelsOf(small)) expect(distinctLevels(values)).toBeLessThanOrEqual(255);
    expect(difference(outputsOf(small, [test]), wanted)).toBeLessThan(0.02 * difference(wanted));
  });

  it('prunes the share of every kernel, and says so to the callbacks', async () => {
    const { model, sparsity } = await compressOnce(smallNet(), correlated([64, 8, 8, 3], 3), { targetSparsity: 0.5 });
    expect(sparsity).toBe(0.5);
    for (const { values } of kernelsOf(model)) expect(sparsityOf(values)).toBeCloseTo(0.5, 1);
    for (const site of findSites(model)) if (site.role === 'kernel') expect(isMarkedPruned(model, site)).toBe(true);
  });

  it('leaves pruned weights pruned when it rounds the others', async () => {
    const [examples, test] = [correlated([64, 8, 8, 3], 3), correlated([32, 8, 8, 3], 99)];
    const { model } = await compressOnce(smallNet(), examples, { targetSparsity: 0.6 });
    const wanted = outputsOf(model, [test]);
    const rounded = await compressOnce(model, examples, { bits: 5 });
    const results = kernelsOf(rounded.model);
    for (const [k, { values }] of kernelsOf(model).entries())
      for (const [i, value] of values.entries()) if (value === 0) expect(results[k].values[i]).toBe(0);
    expect(difference(outputsOf(rounded.model, [test]), wanted)).toBeLessThan(0.2 * difference(wanted));
  });

  it('finds the fewest bits that lose no more than asked', async () => {
    const [model, examples] = [smallNet(), correlated([64, 8, 8, 3], 3)];
    const found = await expectNoLeak(() => compressOnce(model, examples, { maxLoss: 0.05 }), model.weights.length);
    expect(found.loss).toBeLessThanOrEqual(0.05);
    let trials = 0;
    const evaluate = (each: tfl.LayersModel) => (each === model ? 1 : 0.1 * ++trials);
    const last = await compressOnce(model, examples, { maxLoss: 0.2, evaluate });
    expect(trials).toBe(5);
    expect(last).toMatchObject({ bits: 8, levels: 'uniform', loss: 0.5 });
    expect(last.notes).toEqual(['No levels lose at most 0.2: these lose 0.5.']);
  });

  it('leaves nothing behind where evaluate throws', async () => {
    const [model, examples] = [smallNet(), correlated([32, 8, 8, 3], 3)];
    const evaluate = (each: tfl.LayersModel) => {
      if (each !== model) throw new Error('no validation data');
      return 1;
    };
    await expectNoLeak(() =>
      expect(compressOnce(model, examples, { maxLoss: 0.2, evaluate })).rejects.toThrow('no validation data'),
    );
  });

  it('stops when it is asked to, with nothing left', async () => {
    const [model, examples] = [smallNet(), correlated([64, 8, 8, 3], 3)];
    const controller = new AbortController();
    const onProgress = (done: number) => void (done > 0.4 && controller.abort(new Error('enough')));
    await expectNoLeak(() =>
      expect(
        compressOnce(model, examples, { bits: 5, batchSize: 8, signal: controller.signal, onProgress }),
      ).rejects.toThrow('enough'),
    );
    await expect(compressOnce(model, examples, { bits: 5, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });

  it('lets timers run meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => void turns++, 1);
    await compressOnce(smallNet(), correlated([64, 8, 8, 3], 3), { bits: 5, batchSize: 4 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it('corrects biases: the mean of the outputs stays', async () => {
    const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 6, inputShape: [10] })] });
    const examples = tf.tidy(() => tf.add(correlated([200, 10], 5), 3));
    const mean = (each: tfl.LayersModel) => tf.tidy(() => tf.mean(each.predict(examples) as tf.Tensor, 0).dataSync());
    const { model: small } = await compressOnce(model, examples, { bits: 2 });
    const wanted = mean(model);
    for (const [i, value] of mean(small).entries()) expect(value).toBeCloseTo(wanted[i], 4);
  });

  it('says so where a layer never fires, and warns of a single example', async () => {
    const dead = tfl.layers.dense({ units: 4, inputShape: [3], activation: 'relu', name: 'dead' });
    const model = tfl.sequential({ layers: [dead, tfl.layers.dense({ units: 2, name: 'after' })] });
    dead.setWeights([tf.zeros([3, 4]), tf.fill([4], -1)]);
    const { notes } = await compressOnce(model, correlated([20, 3], 1), { bits: 4 });
    expect(notes).toEqual(['after/kernel: all its inputs are 0 for these examples; it was compressed by itself.']);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const one = await compressOnce(model, correlated([1, 3], 1), { bits: 4 });
    expect(one.notes[0]).toMatch(/one example only/);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/one example only/));
  });

  it('takes inputs that do not change, or hardly', async () => {
    const model = smallNet();
    const constant = tf.tidy(() => tf.add(tf.mul(correlated([32, 8, 8, 3], 3), 1e-4), 1000));
    for (const options of [{ bits: 4 }, { targetSparsity: 0.5 }]) {
      const { model: small } = await compressOnce(model, constant, options);
      for (const { values } of kernelsOf(small)) expect(values.every(Number.isFinite)).toBe(true);
    }
  });

  it('takes out what is excluded', async () => {
    const model = smallNet();
    const before = kernelsOf(model);
    const { model: small } = await compressOnce(model, correlated([16, 8, 8, 3], 3), { bits: 4, exclude: 'conv' });
    const after = kernelsOf(small);
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
  });

  it('gives some layers other bits, whether fitted or rounded by themselves', async () => {
    const [model, examples] = [smallNet(), correlated([100, 8, 8, 3], 3)];
    const overrides = { '*': { bits: 4 }, conv: { bits: 8 }, depthwise: { skip: true } };
    for (const each of [examples, tf.slice(examples, 0, 12)]) {
      const { model: small } = await compressOnce(model, each, { bits: 3, levels: 'uniform', overrides });
      const [conv, depthwise, ...others] = kernelsOf(small).map(({ values }) => distinctLevels(values));
      expect(conv).toBeGreaterThan(64);
      // Not rounded at all.
      expect(depthwise).toBe(8 * 9);
      for (const count of others) {
        // Of 3 bits there are 7.
        expect(count).toBeGreaterThan(7);
        expect(count).toBeLessThanOrEqual(15);
      }
    }
    // The first layer gets the same inputs in both.
    const { model: mixed } = await compressOnce(model, examples, { bits: 4, overrides: { conv: { bits: 5 } } });
    const { model: five } = await compressOnce(model, examples, { bits: 5 });
    expect(kernelsOf(mixed)[0]).toEqual(kernelsOf(five)[0]);
    expect(kernelsOf(mixed)[1]).not.toEqual(kernelsOf(five)[1]);
  });
});
