import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { compressible, powerOfTwoDense } from '@tfjs-compress/layers';
import { findSites, kernelAt } from '@tfjs-compress/layers/internal';
import { FROZEN, isPowerOfTwoOrZero, powerOfTwoLevels, powerOfTwoRange, sparsityOf } from '@tfjs-compress/math';
import { bitsOf, expectNoLeak, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { INQScheduler } from './INQScheduler.js';
import type { INQSchedulerArgs } from './inqArgs.js';
import { SurgeryCallback } from './SurgeryCallback.js';

const steps = [0.5, 0.75, 0.875, 1];
let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const fitArgs = { epochs: 6, batchSize: 16, verbose: 0 as const };
const scheduler = (args: Partial<INQSchedulerArgs> = {}) => new INQScheduler({ steps, verbose: 0, ...args });
const kernelsOf = (model: tfl.LayersModel) => {
  const sites = findSites(model).filter((site) => site.role === 'kernel');
  return sites.map((site) => Float32Array.from(site.variable.read().dataSync()));
};
/** Calls `look` at the end of every epoch. */
const watch = (look: (epoch: number, logs: tfl.Logs) => void) =>
  new tfl.CustomCallback({ onEpochEnd: (epoch, logs) => look(epoch, logs!) });

describe('INQScheduler, as the one line in fit', () => {
  it('leaves a stock model in which every kernel weight is 0 or a level, and biases are trained', async () => {
    await expectNoLeak(async () => {
      const model = smallModel();
      const before = weightsOf(model);
      const ranges = kernelsOf(model).map((values) => powerOfTwoRange(Math.max(...values.map(Math.abs)), 5));
      await model.fit(x, y, { ...fitArgs, callbacks: scheduler() });
      kernelsOf(model).forEach((values, i) => {
        // The levels come from the weights before the first step.
        const levels = powerOfTwoLevels(ranges[i]);
        for (const value of values) expect(levels).toContain(value);
      });
      expect(weightsOf(model)[1]).not.toEqual(before[1]);
      expect(findSites(model).map(kernelAt)).toEqual([undefined, undefined, undefined, undefined]);
      model.dispose();
      model.optimizer.dispose();
    });
  });

  it('trains the rest after each step, and freezes exactly the fraction of each kernel', async () => {
    const model = smallModel();
    const seen: { frozen: number[]; values: Float32Array[] }[] = [];
    await model.fit(x, y, {
      ...fitArgs,
      callbacks: [
        scheduler(),
        watch(() => {
          const kernels = findSites(model).flatMap((site) => kernelAt(site) ?? []);
          seen.push({
            frozen: kernels.map((kernel) => kernel.states.filter((state) => state === FROZEN).length),
            values: kernelsOf(model),
          });
        }),
      ],
    });
    const fractions = [0.5, 0.5, 0.75, 0.75, 0.875, 1];
    expect(seen.map(({ frozen }) => frozen)).toEqual(fractions.map((p) => [128 * p, 48 * p]));
    const powers = (values: Float32Array) => values.filter(isPowerOfTwoOrZero).length;
    expect(powers(seen[0].values[0])).toBeLessThan(70);
    expect(powers(seen[5].values[0])).toBe(128);
    model.dispose();
  });

  it("gives the last epoch's validation the quantized model, in fit and fitDataset", async () => {
    for (const way of ['arrays', 'dataset']) {
      const model = smallModel();
      const config = { epochs: 3, verbose: 0 as const, validationData: [x, y] as never, callbacks: scheduler() };
      const history =
        way === 'arrays'
          ? await model.fit(x, y, { ...config, batchSize: 16 })
          : await model.fitDataset(dataset(6), { ...config, validationBatches: 1 });
      const loss = (model.evaluate(x, y, { batchSize: 32 }) as tf.Scalar[])[0].dataSync()[0];
      expect(history.history.val_loss.at(-1), way).toBeCloseTo(loss, 5);
      for (const values of kernelsOf(model)) expect(values.every(isPowerOfTwoOrZero), way).toBe(true);
      model.dispose();
    }
  });

  it('writes its figures into the logs, for History', async () => {
    const model = smallModel();
    const { history } = await model.fit(x, y, { ...fitArgs, callbacks: scheduler() });
    expect(history.inq_step).toEqual([1, 1, 2, 2, 3, 4]);
    expect(history.quantized).toEqual([0.5, 0.5, 0.75, 0.75, 0.875, 1]);
    model.dispose();
  });

  it('reports a line an epoch and a table, or nothing', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const model = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: scheduler() });
      expect(log).not.toHaveBeenCalled();
      await model.fit(x, y, { ...fitArgs, callbacks: scheduler({ verbose: 1 }) });
      const lines = log.mock.calls.map(([line]) => line as string);
      expect(lines.length).toBe(7);
      expect(lines[2]).toMatch(
        /^INQScheduler: epoch 3\/6 {2}\[#{10}-{10}] {2}step 2\/4, 75\.0% quantized {2}loss .* s left$/,
      );
      expect(lines[6]).toMatch(/^kernel .*\n-.*\na\/kernel +128 .*\nb\/kernel +48 .*\ntotal +176/);
      model.dispose();
    } finally {
      log.mockRestore();
    }
  });

  it('takes bits, levels per channel and layers to skip, for all or by layer', async () => {
    const model = smallModel();
    await model.fit(x, y, { ...fitArgs, callbacks: scheduler({ bits: 2, overrides: { b: { skip: true } } }) });
    const [a, b] = kernelsOf(model);
    expect(new Set(a.map(Math.abs)).size).toBeLessThanOrEqual(2);
    expect(b.every(isPowerOfTwoOrZero)).toBe(false);
    await model.fit(x, y, { ...fitArgs, callbacks: scheduler({ include: 'b', bits: 2, perChannel: true }) });
    const [aLater, channels] = kernelsOf(model);
    expect(aLater).not.toEqual(a);
    for (let c = 0; c < 3; c++) {
      expect(new Set(channels.filter((_, i) => i % 3 === c).map(Math.abs)).size).toBeLessThanOrEqual(2);
    }
    model.dispose();
  });

  it('trains zeros that nobody pruned', async () => {
    const model = smallModel();
    tf.tidy(() => model.layers[1].setWeights([tf.zeros([16, 3]), tf.zeros([3])]));
    await model.fit(x, y, { ...fitArgs, callbacks: [scheduler()] });
    expect(sparsityOf(kernelsOf(model)[1])).toBeLessThan(0.9);
    model.dispose();
  });

  it('keeps the zeros of a pruned kernel where asked, and counts fractions of the others', async () => {
    const model = smallModel();
    tf.tidy(() => {
      const [kernel, ...others] = model.getWeights();
      const values = kernel.dataSync().map((value, i) => (i % 4 === 0 ? value : 0));
      model.setWeights([tf.tensor(values, kernel.shape), ...others]);
    });
    const frozen: number[] = [];
    const look = watch(() => frozen.push(kernelAt(findSites(model)[0])!.states.filter((s) => s === FROZEN).length));
    await model.fit(x, y, { ...fitArgs, callbacks: [scheduler({ keepZeros: true }), look] });
    expect(frozen.slice(0, 5)).toEqual([16, 16, 24, 24, 28]);
    kernelsOf(model)[0].forEach((value, i) => {
      if (i % 4 !== 0) expect(Object.is(value, 0)).toBe(true);
    });
    model.dispose();
  });

  it('sets the learning rate back at every step where asked', async () => {
    for (const resetLearningRate of [true, false]) {
      const optimizer = tf.train.momentum(0.1, 0.9);
      const model = smallModel(optimizer);
      const rates: number[] = [];
      const decay = watch(() => {
        rates.push((optimizer as unknown as { learningRate: number }).learningRate);
        optimizer.setLearningRate(rates[rates.length - 1] / 10);
      });
      await model.fit(x, y, { ...fitArgs, callbacks: [decay, scheduler({ resetLearningRate })] });
      const rounded = rates.map((rate) => +rate.toPrecision(3));
      if (resetLearningRate) expect(rounded).toEqual([0.1, 0.01, 0.1, 0.01, 0.1, 0.01]);
      else expect(rounded[5]).toBe(1e-6);
      model.dispose();
    }
  });

  it('quantizes only the layers of ours where a model has any', async () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.dense({ units: 4, inputShape: [8] }),
        powerOfTwoDense({ units: 3, bits: 2, activation: 'softmax' }),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
    await model.fit(x, y, { ...fitArgs, callbacks: scheduler() });
    const [stock, ours] = kernelsOf(model);
    expect(stock.some((value) => !isPowerOfTwoOrZero(value))).toBe(true);
    expect(new Set(ours.map(Math.abs)).size).toBeLessThanOrEqual(2);
    model.dispose();
  });

  it('does the same to stock layers and to compressible() ones', async () => {
    const results = [smallModel(), compressible(smallModel(), { family: 'powerOfTwo' })].map(async (model) => {
      model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'categoricalCrossentropy' });
      await model.fit(x, y, { ...fitArgs, shuffle: false, callbacks: scheduler() });
      return kernelsOf(model).map(bitsOf);
    });
    expect(await results[0]).toEqual(await results[1]);
  });
});

describe('INQScheduler, ways of training', () => {
  it('works with fitDataset of unknown size and with functional models of several outputs', async () => {
    const input = tfl.input({ shape: [8] });
    const hidden = tfl.layers.dense({ name: 'h', units: 4 }).apply(input) as tfl.SymbolicTensor;
    const outputs = ['p', 'q'].map((name) => tfl.layers.dense({ name, units: 3 }).apply(hidden) as tfl.SymbolicTensor);
    const model = tfl.model({ inputs: input, outputs });
    model.compile({ optimizer: 'adam', loss: ['meanSquaredError', 'meanSquaredError'] });
    await model.fitDataset(dataset(5, 2), { epochs: 3, callbacks: scheduler() });
    for (const values of kernelsOf(model)) expect(values.every(isPowerOfTwoOrZero)).toBe(true);
    model.dispose();
  });

  it('works in a loop of its own, over trainOnBatch or with an optimizer alone', async () => {
    for (const isCompiled of [true, false]) {
      const model = isCompiled
        ? smallModel()
        : tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [8] })] });
      const optimizer = tf.train.momentum(0.05, 0.9);
      const train = async () => {
        if (isCompiled) await model.trainOnBatch(x, y);
        else optimizer.minimize(() => tf.mean(tf.squaredDifference(model.apply(x) as tf.Tensor, y)) as tf.Scalar);
      };
      const inq = scheduler();
      await inq.begin(model, { epochs: 3, stepsPerEpoch: 4 });
      for (let epoch = 0; epoch < 3; epoch++) {
        for (let batch = 0; batch < 4; batch++) {
          await inq.step();
          await train();
        }
        const logs = await inq.endEpoch();
        expect(logs.inq_step).toBe([1, 2, 4][epoch]);
      }
      await inq.end();
      for (const values of kernelsOf(model)) expect(values.every(isPowerOfTwoOrZero)).toBe(true);
      model.dispose();
      optimizer.dispose();
    }
  });

  it('stands in one array with instances and plain objects, in any order', async () => {
    const plain = () => {
      const epochs: number[] = [];
      return { epochs, onEpochEnd: (epoch: number) => void epochs.push(epoch) };
    };
    const stopping = () => new tfl.CustomCallback({ onEpochEnd: () => {} });
    for (const order of ['first', 'last']) {
      const model = smallModel();
      const other = plain();
      const ours = [scheduler(), stopping()];
      const callbacks = (order === 'first' ? [other, ...ours] : [...ours, other]) as tfl.CustomCallback[];
      await model.fit(x, y, { ...fitArgs, callbacks });
      expect(other.epochs).toEqual([0, 1, 2, 3, 4, 5]);
      for (const values of kernelsOf(model)) expect(values.every(isPowerOfTwoOrZero)).toBe(true);
      model.dispose();
    }
  });

  it('lets the page respond while it runs', async () => {
    const model = smallModel();
    let turns = 0;
    let timer = setImmediate(function turn() {
      turns++;
      timer = setImmediate(turn);
    });
    await model.fit(x, y, { ...fitArgs, epochs: 12, batchSize: 4, yieldEvery: 'batch', callbacks: scheduler() });
    clearImmediate(timer);
    expect(turns).toBeGreaterThanOrEqual((12 * x.shape[0]) / 4);
    model.dispose();
  });

  it('finishes when training stops early, and says so', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const model = smallModel();
      const stop = watch((epoch) => {
        model.stopTraining = epoch === 1;
      });
      await model.fit(x, y, { ...fitArgs, callbacks: [scheduler({ verbose: 1 }), stop] });
      for (const values of kernelsOf(model)) expect(values.every(isPowerOfTwoOrZero)).toBe(true);
      const lines = log.mock.calls.map(([line]) => line as string);
      expect(lines.find((line) => line.includes('stopped'))).toBe(
        "INQScheduler: training stopped after epoch 2 of 6; finishing now, without re-training (whenStopped: 'finish').",
      );
      model.dispose();
    } finally {
      log.mockRestore();
    }
  });

  it('works beside earlyStopping', async () => {
    const model = smallModel(tf.train.sgd(0));
    const early = tfl.callbacks.earlyStopping({ monitor: 'loss', patience: 0 });
    const { epoch } = await model.fit(x, y, { ...fitArgs, epochs: 20, callbacks: [early, scheduler()] as never });
    expect(epoch.length).toBeLessThan(20);
    for (const values of kernelsOf(model)) expect(values.every(isPowerOfTwoOrZero)).toBe(true);
    model.dispose();
  });
});

/** Batches of the problem as what fitDataset takes, of a size that it cannot know. */
function dataset(batches: number, outputs = 1) {
  const size = x.shape[0] / batches;
  return {
    size: Number.NaN,
    async iterator() {
      let batch = 0;
      return {
        async next() {
          if (batch === batches) return { done: true, value: null };
          const [begin, count] = [Math.floor(batch++ * size), Math.floor(size)];
          const [xs, ys] = [x, y].map((t) => tf.slice(t, [begin, 0], [count, t.shape[1]!]));
          const all = outputs === 1 ? ys : [ys, tf.clone(ys)];
          return { done: false, value: { xs, ys: all } };
        },
      };
    },
  } as never;
}

describe('stopped early, beside surgery', () => {
  it('leaves figures in History that are those of the finished weights', async () => {
    const model = smallModel();
    const stop = new tfl.CustomCallback({
      onEpochEnd: (epoch) => {
        if (epoch === 1) model.stopTraining = true;
      },
    });
    const surgery = new SurgeryCallback({ targetSparsity: 0.5, verbose: 0 });
    const { history } = await model.fit(x, y, { ...fitArgs, callbacks: [scheduler(), surgery, stop] });
    const all = kernelsOf(model).flatMap((values) => [...values]);
    expect(history.sparsity.at(-1)).toBe(all.filter((value) => value === 0).length / all.length);
    expect([history.quantized.at(-1), history.inq_step.at(-1)]).toEqual([1, 4]);
    model.dispose();
  });
});
