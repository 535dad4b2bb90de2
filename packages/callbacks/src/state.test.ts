import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { compressible, resetCompression } from '@tfjs-compress/layers';
import { countWeights, MemoryHandler, printedBy, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INQScheduler, SurgeryCallback } from './index.js';

const epochs = 6;
const fitArgs = { epochs, batchSize: 16, shuffle: false, verbose: 0 as const };
let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const inq = (args = {}) => new INQScheduler({ steps: [0.5, 0.75, 1], verbose: 0, ...args });
const surgery = (args = {}) => new SurgeryCallback({ targetSparsity: 0.5, verbose: 0, ...args });
const keep = { whenStopped: 'keep' as const };
const makers: [string, (args?: object) => tfl.CustomCallback][] = [
  ['INQScheduler', inq],
  ['SurgeryCallback', surgery],
];
const at = (epoch: number, act: () => void) =>
  new tfl.CustomCallback({ onEpochEnd: (e) => (e === epoch ? act() : undefined) });
const stopAt = (model: tfl.LayersModel, epoch: number) =>
  at(epoch, () => {
    model.stopTraining = true;
  });
const failure = new Error('disk full');
const fail = (epoch: number) =>
  at(epoch, () => {
    throw failure;
  });
const metadataOf = (model: tfl.LayersModel) => model.getUserDefinedMetadata() as Record<string, any> | undefined;
const compile = (model: tfl.LayersModel) =>
  model.compile({ optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy' });

describe('a fit that failed', () => {
  for (const [name, make] of makers) {
    for (const whenStopped of ['finish', 'keep'] as const) {
      it(`leaves nothing that a later one would take for its own: ${name}, ${whenStopped}`, async () => {
        const model = smallModel();
        const fresh = model.getWeights().map((weight) => weight.clone());
        const before = weightsOf(model);
        const failing = model.fit(x, y, { ...fitArgs, callbacks: [make({ whenStopped }), fail(3)] });
        await expect(failing).rejects.toThrow('disk full');
        expect(metadataOf(model)?.tfjsCompress?.progress).toBeUndefined();
        model.setWeights(fresh);
        tf.dispose(fresh);
        const reference = smallModel();
        compile(reference);
        compile(model);
        const histories = [];
        for (const each of [model, reference]) {
          const { history } = await each.fit(x, y, { ...fitArgs, callbacks: make({ whenStopped }) });
          histories.push(history);
        }
        expect(histories[0]).toEqual(histories[1]);
        expect(weightsOf(model)).toEqual(weightsOf(reference));
        expect(weightsOf(model)[0]).not.toEqual(before[0]);
        for (const each of [model, reference]) each.dispose();
      });
    }
  }

  it('does not tie the model to its options', async () => {
    const model = smallModel();
    await expect(model.fit(x, y, { ...fitArgs, callbacks: [inq(keep), fail(3)] })).rejects.toThrow('disk full');
    await model.fit(x, y, { ...fitArgs, callbacks: inq({ steps: [0.3, 1], bits: 3 }) });
    for (const { levels, weights } of countWeights(model).values()) expect(levels).toBe(weights);
    model.dispose();
  });
});

describe('a run that was kept', () => {
  for (const [name, make] of makers) {
    for (const change of ['setWeights', 'a plain fit'] as const) {
      it(`belongs to its weights: after ${change} it starts anew and says so, or refuses: ${name}`, async () => {
        const model = smallModel();
        await model.fit(x, y, { ...fitArgs, callbacks: [make(keep), stopAt(model, 2)] });
        expect(metadataOf(model)?.tfjsCompress?.progress).toBeDefined();
        if (change === 'a plain fit') await model.fit(x, y, { ...fitArgs, epochs: 2 });
        else {
          const other = smallModel();
          other.setWeights(other.getWeights().map((weight) => tf.mul(weight, 1.1)));
          model.setWeights(other.getWeights());
        }
        const changed = weightsOf(model);
        let atBegin: Float32Array[] = [];
        let message = '';
        const look = {
          onTrainBegin: async () => {
            atBegin = weightsOf(model);
          },
        };
        const printed = await printedBy(async () => {
          try {
            await model.fit(x, y, { ...fitArgs, callbacks: [make(keep), look] as never });
          } catch (error) {
            message = (error as Error).message;
          }
        });
        expect(message + printed).toMatch(/weights/);
        if (message) expect(weightsOf(model)).toEqual(changed);
        else expect(atBegin.map((values) => [...values])).toEqual(changed.map((values) => [...values]));
        model.dispose();
      });
    }
  }

  const changes: [string, (args?: object) => tfl.CustomCallback, object, RegExp][] = [
    ['bits', inq, { bits: 2 }, /bits/],
    ['steps', inq, { steps: [0.3, 1] }, /steps/],
    ['perChannel', inq, { perChannel: true }, /perChannel/],
    ['partition', inq, { partition: 'random' }, /partition/],
    ['targetSparsity', surgery, { targetSparsity: 0.7 }, /targetSparsity/],
    ['rate for targetSparsity', surgery, { targetSparsity: undefined, rate: 0.2 }, /targetSparsity|rate/],
    ['endStep', surgery, { endStep: 30 }, /endStep/],
    ['the selection', surgery, { include: 'a' }, /include|a\/kernel|b\/kernel/],
    ['the selection', inq, { exclude: 'a' }, /exclude|include|a\/kernel|b\/kernel/],
  ];
  for (const [name, make, change, message] of changes) {
    it(`goes on with the options it began with, and names the other one: ${name}`, async () => {
      const model = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: [make(keep), stopAt(model, 1)] });
      const other = make({ ...keep, ...change });
      await expect(model.fit(x, y, { ...fitArgs, initialEpoch: 2, callbacks: other })).rejects.toThrow(message);
      // Refusing has cost nothing.
      await model.fit(x, y, { ...fitArgs, initialEpoch: 2, callbacks: make(keep) });
      model.dispose();
    });
  }

  it('is dropped by resetCompression, and the weights stay', async () => {
    for (const [, make] of makers) {
      const model = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: [make(keep), stopAt(model, 2)] });
      const before = weightsOf(model);
      resetCompression(model);
      expect(metadataOf(model)).toBeUndefined();
      expect(weightsOf(model)).toEqual(before);
      await model.fit(x, y, { ...fitArgs, epochs: 2 });
      const moved = weightsOf(model)[0].filter((value, i) => value !== before[0][i]).length;
      expect(moved).toBe(128);
      model.dispose();
    }
  });

  it('has epochInStep go on where it was', async () => {
    const epochsInStep = async (pause: number | undefined) => {
      const seen: number[] = [];
      const record = (callback: INQScheduler) =>
        new tfl.CustomCallback({ onEpochBegin: async () => void seen.push(callback.epochInStep) });
      const args = { ...fitArgs, epochs: 8 };
      const options = { steps: [0.3, 0.6, 1], ...keep };
      let model: tfl.LayersModel = smallModel();
      const first = inq(options);
      const stop = pause === undefined ? [] : [stopAt(model, pause)];
      await model.fit(x, y, { ...args, callbacks: [first, record(first), ...stop] });
      if (pause !== undefined) {
        const file = new MemoryHandler();
        await model.save(file);
        model = await tfl.loadLayersModel(file);
        compile(model);
        const second = inq(options);
        await model.fit(x, y, { ...args, initialEpoch: pause + 1, callbacks: [second, record(second)] });
      }
      return seen;
    };
    const whole = await epochsInStep(undefined);
    expect(whole).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    for (const pause of [0, 3, 5]) expect(await epochsInStep(pause), `paused after epoch ${pause + 1}`).toEqual(whole);
  });
});

describe('two callbacks of one kind in one fit', () => {
  const pairs: [string, () => tfl.CustomCallback[], string][] = [
    [
      'INQ',
      () => [inq({ ...keep, include: 'a' }), inq({ ...keep, include: 'b', steps: [0.3, 1], bits: 3 })],
      'quantized',
    ],
    [
      'surgery',
      () => [surgery({ ...keep, include: 'a' }), surgery({ ...keep, include: 'b', targetSparsity: 0.25 })],
      'sparsity',
    ],
  ];
  for (const [name, make, key] of pairs) {
    it(`have a slot each, in the logs and in what is kept: ${name}`, async () => {
      const whole = smallModel();
      const { history } = await whole.fit(x, y, { ...fitArgs, callbacks: make() });
      let model: tfl.LayersModel = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: [...make(), stopAt(model, 2)] });
      const file = new MemoryHandler();
      await model.save(file, { includeOptimizer: true });
      model = await tfl.loadLayersModel(file);
      await model.fit(x, y, { ...fitArgs, initialEpoch: 3, callbacks: make() });
      expect(weightsOf(model)).toEqual(weightsOf(whole));
      const [a, b] = [...countWeights(whole).values()];
      const share = (count: typeof a) => (key === 'quantized' ? count.levels : count.zeros) / count.weights;
      expect(history[key].at(-1)).toBeCloseTo(share(a), 6);
      expect(history[`${key}_2`].at(-1)).toBeCloseTo(share(b), 6);
    });
  }

  it('must not have the same kernel', async () => {
    for (const [, make] of makers) {
      const model = smallModel();
      const before = weightsOf(model);
      await expect(model.fit(x, y, { ...fitArgs, callbacks: [make(), make({ include: 'b' })] })).rejects.toThrow(
        'b/kernel',
      );
      expect(weightsOf(model)).toEqual(before);
      model.dispose();
    }
  });
});

describe('a second run on the same model', () => {
  const conversions: [string, (model: tfl.Sequential) => tfl.LayersModel][] = [
    ['stock layers', (model) => model],
    ['Masked layers', (model) => compressible(model)],
    ['PowerOfTwo layers', (model) => compressible(model, { family: 'powerOfTwo' })],
  ];
  for (const [name, convert] of conversions) {
    const fresh = () => {
      const model = convert(smallModel());
      compile(model);
      return model;
    };

    it(`quantizes again with fewer bits, training what is not yet frozen: ${name}`, async () => {
      const model = fresh();
      await model.fit(x, y, { ...fitArgs, callbacks: inq({ bits: 5 }) });
      const first = [...countWeights(model).values()];
      const start = model.trainableWeights.map((weight) => Float32Array.from(weight.read().dataSync()));
      let moved = 0;
      const look = at(epochs - 2, () => {
        const now = model.trainableWeights.map((weight) => weight.read().dataSync());
        moved = start[0].filter((value, i) => value !== now[0][i]).length;
      });
      const { history } = await model.fit(x, y, { ...fitArgs, callbacks: [inq({ bits: 3 }), look] });
      expect(moved).toBeGreaterThan(20);
      expect(history.quantized[0]).toBeLessThan(1);
      [...countWeights(model).values()].forEach(({ levels, weights, distinct }, i) => {
        expect(levels).toBe(weights);
        expect(distinct).toBeLessThanOrEqual(4);
        expect(first[i].distinct).toBeGreaterThan(4);
      });
      model.dispose();
    });

    it(`prunes what is quantized: ${name}`, async () => {
      const model = fresh();
      await model.fit(x, y, { ...fitArgs, callbacks: inq() });
      const { history } = await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.7 }) });
      const counts = [...countWeights(model).values()];
      for (const { zeros, weights } of counts) expect(Math.abs(zeros - 0.7 * weights)).toBeLessThanOrEqual(1);
      // Along the schedule, not all at the end.
      expect(history.sparsity[2]).toBeGreaterThan(0.3);
      // What is left has been trained.
      expect(counts[0].levels).toBeLessThan(counts[0].weights);
      model.dispose();
    });
  }
});

describe('metadata of the user’s own, set as a whole', () => {
  it('leaves what was pruned, in the file too', async () => {
    const [model, file] = [smallModel(), new MemoryHandler()];
    await model.fit(x, y, { ...fitArgs, callbacks: surgery() });
    model.setUserDefinedMetadata({ labels: ['a', 'b'] });
    await model.save(file);
    const loaded = await tfl.loadLayersModel(file);
    expect(Object.keys(metadataOf(loaded)!)).toEqual(['labels', 'tfjsCompress']);
    compile(loaded);
    await loaded.fit(x, y, { ...fitArgs, callbacks: inq() });
    for (const { zeros, weights } of countWeights(loaded).values())
      expect(Math.abs(zeros - 0.5 * weights)).toBeLessThanOrEqual(1);
    resetCompression(loaded);
    expect(metadataOf(loaded)).toEqual({ labels: ['a', 'b'] });
    for (const each of [model, loaded]) each.dispose();
  });

  for (const [name, make] of makers) {
    it(`leaves a kept run: ${name}`, async () => {
      const model = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: [make(keep), stopAt(model, 2)] });
      const run = metadataOf(model)!.tfjsCompress;
      model.setUserDefinedMetadata({ labels: ['a', 'b'] });
      expect(metadataOf(model)).toEqual({ labels: ['a', 'b'], tfjsCompress: run });
      // What is given back as it was read is taken as it is.
      model.setUserDefinedMetadata({ ...metadataOf(model), more: 1 });
      expect(metadataOf(model)).toEqual({ labels: ['a', 'b'], more: 1, tfjsCompress: run });
      model.dispose();
    });
  }
});
