import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { compressible, maskedDense } from '@tfjs-compress/layers';
import { findSites, kernelAt } from '@tfjs-compress/layers/internal';
import { isPowerOfTwoOrZero, PRUNED, sparsityOf } from '@tfjs-compress/math';
import { bitsOf, expectNoLeak, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { INQScheduler } from './INQScheduler.js';
import { SurgeryCallback } from './SurgeryCallback.js';
import type { SurgeryCallbackArgs } from './surgeryArgs.js';

let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

/** 36 steps. */
const fitArgs = { epochs: 6, batchSize: 16, verbose: 0 as const };
const surgery = (args: SurgeryCallbackArgs) => new SurgeryCallback({ verbose: 0, ...args });
const kernelsOf = (model: tfl.LayersModel) => {
  const sites = findSites(model).filter((site) => site.role === 'kernel');
  return sites.map((site) => Float32Array.from(site.variable.read().dataSync()));
};
const sparsities = (model: tfl.LayersModel) => kernelsOf(model).map(sparsityOf);
/** Calls `look` after every step, with the number of steps done. */
const watchSteps = (look: (steps: number) => void) => {
  let steps = 0;
  return new tfl.CustomCallback({ onBatchEnd: () => look(++steps) });
};
const maskOf = (model: tfl.LayersModel, path: string) => {
  const kernel = kernelAt(findSites(model).find((site) => site.path === path)!)!;
  return Uint8Array.from(kernel.states, (state) => (state === PRUNED ? 0 : 1));
};

describe('SurgeryCallback with targetSparsity', () => {
  it('leaves a stock model with exactly that sparsity in each kernel', async () => {
    await expectNoLeak(async () => {
      const model = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.75 }) });
      expect(sparsities(model)).toEqual([0.75, 0.75]);
      expect(findSites(model).map(kernelAt)).toEqual([undefined, undefined, undefined, undefined]);
      model.dispose();
      model.optimizer.dispose();
    });
  });

  it('follows the cubic schedule and trains on with fixed masks', async () => {
    const model = smallModel();
    const masks: Uint8Array[] = [];
    const look = watchSteps(() => masks.push(maskOf(model, 'a/kernel')));
    const args = { targetSparsity: 0.8, beginStep: 6, endStep: 30, frequency: 1, gamma: 0, hysteresis: 0 };
    const { history } = await model.fit(x, y, { ...fitArgs, callbacks: [surgery(args), look] });
    const sparsity = masks.map((mask) => mask.filter((m) => m === 0).length / mask.length);
    expect(sparsity.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
    for (let step = 6; step < 30; step++) {
      const expected = 0.8 - 0.8 * (1 - (step - 6) / 24) ** 3;
      expect(Math.abs(sparsity[step] - expected), `step ${step}`).toBeLessThan(1 / 128);
    }
    for (let step = 30; step < 36; step++) expect(masks[step]).toEqual(masks[30]);
    expect(history.sparsity.at(-1)).toBeCloseTo(0.8, 2);
    expect((history.pruned as number[]).reduce((a, b) => a + b)).toBeGreaterThanOrEqual(140);
    model.dispose();
  });

  it('splices: what was pruned comes back when it matters', async () => {
    const model = smallModel(tf.train.momentum(0.3, 0.9));
    const { history } = await model.fit(x, y, {
      ...fitArgs,
      epochs: 12,
      callbacks: surgery({ targetSparsity: 0.8, frequency: 1, gamma: 0 }),
    });
    expect((history.spliced as number[]).reduce((a, b) => a + b)).toBeGreaterThan(5);
    model.dispose();
  });

  it('takes another target for a layer, skips layers, and takes what layers say of themselves', async () => {
    const model = smallModel();
    const overrides = { b: { targetSparsity: 0.25 } };
    await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.5, overrides }) });
    expect(sparsities(model)).toEqual([0.5, 0.25]);
    const skipping = smallModel();
    await skipping.fit(x, y, {
      ...fitArgs,
      callbacks: surgery({ targetSparsity: 0.5, overrides: { b: { skip: true } } }),
    });
    expect(sparsities(skipping)).toEqual([0.5, 0]);
    const ours = tfl.sequential({
      layers: [
        maskedDense({
          units: 16,
          inputShape: [8],
          targetSparsity: 0.75,
          kernelInitializer: tfl.initializers.glorotNormal({ seed: 1 }),
        }),
        tfl.layers.dense({
          units: 3,
          activation: 'softmax',
          kernelInitializer: tfl.initializers.glorotNormal({ seed: 2 }),
        }),
      ],
    });
    ours.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
    await ours.fit(x, y, { ...fitArgs, callbacks: surgery({}) });
    expect(sparsities(ours)).toEqual([0.75, 0]);
  });

  it('goes on from a model that was pruned before', async () => {
    const model = smallModel();
    await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.5 }) });
    const seen: number[] = [];
    const look = watchSteps(() => seen.push(maskOf(model, 'a/kernel').filter((m) => m === 0).length / 128));
    await model.fit(x, y, { ...fitArgs, callbacks: [surgery({ targetSparsity: 0.75, frequency: 1 }), look] });
    expect(Math.min(...seen)).toBeGreaterThan(0.4);
    expect(sparsities(model)).toEqual([0.75, 0.75]);
  });

  it('prunes biases with their kernel where asked', async () => {
    const model = smallModel(tf.train.momentum(0.1, 0.9));
    await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.75, pruneBias: true }) });
    const [, biasA] = weightsOf(model);
    expect(sparsityOf(biasA)).toBeGreaterThan(0);
    expect(sparsities(model)).toEqual([0.75, 0.75]);
  });
});

describe("SurgeryCallback with rate, the paper's way", () => {
  it('fixes thresholds at the first step from kernel and bias pooled, and cuts there', async () => {
    for (const thresholdsFrom of ['kernelAndBias', 'kernel'] as const) {
      const model = smallModel('sgd');
      const [kernel] = weightsOf(model);
      const bias = Float32Array.from({ length: 16 }, (_, i) => 0.5 + i / 16);
      tf.tidy(() => model.layers[0].setWeights([tf.tensor(kernel, [8, 16]), tf.tensor(bias)]));
      const pool = (thresholdsFrom === 'kernel' ? [...kernel] : [...kernel, ...bias]).map(Math.abs);
      const mean = pool.reduce((a, b) => a + b) / pool.length;
      const std = Math.sqrt(pool.reduce((a, b) => a + (b - mean) ** 2, 0) / pool.length);
      const a = 0.9 * (mean + 0.5 * std);
      let mask: Uint8Array | undefined;
      const look = watchSteps(() => {
        mask ??= maskOf(model, 'a/kernel');
      });
      const callbacks = [surgery({ include: 'a', rate: 0.5, thresholdsFrom }), look];
      await model.fit(x, y, { ...fitArgs, epochs: 1, callbacks });
      expect(mask).toEqual(Uint8Array.from(kernel, (value) => (Math.abs(value) < a ? 0 : 1)));
    }
  });

  it('cuts hard at first and regrows', async () => {
    const model = smallModel(tf.train.momentum(0.3, 0.9));
    const remaining: number[] = [];
    const look = watchSteps(() => remaining.push(maskOf(model, 'a/kernel').filter((m) => m === 1).length));
    await model.fit(x, y, { ...fitArgs, epochs: 20, callbacks: [surgery({ rate: 1 }), look] });
    expect(remaining[0]).toBeLessThan(40);
    expect(remaining[remaining.length - 1]).toBeGreaterThan(remaining[0] * 1.3);
  });

  it('updates masks at random, ever more rarely, the same way for the same seed', async () => {
    const run = async (seed: number, gamma: number) => {
      const model = smallModel(tf.train.momentum(0.3, 0.9));
      let changes = 0;
      let last: string | undefined;
      const look = watchSteps(() => {
        const now = maskOf(model, 'a/kernel').join('');
        if (now !== last) changes++;
        last = now;
      });
      const callbacks = [surgery({ rate: 1, gamma, seed }), look];
      await model.fit(x, y, { ...fitArgs, epochs: 10, shuffle: false, callbacks });
      return { changes, weights: weightsOf(model).map(bitsOf) };
    };
    const [a, again, other, rare] = [await run(1, 0.1), await run(1, 0.1), await run(2, 0.1), await run(1, 100)];
    expect(a).toEqual(again);
    expect(a.weights).not.toEqual(other.weights);
    expect(rare.changes).toBeLessThan(a.changes);
  });

  it('says which layer a rate would empty', async () => {
    const model = smallModel();
    await expect(model.fit(x, y, { ...fitArgs, callbacks: surgery({ rate: 100 }) })).rejects.toThrow(
      'rate 100 prunes every weight of a/kernel; take a lower one for this layer.',
    );
    expect(findSites(model).map(kernelAt)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('SurgeryCallback, more ways', () => {
  it('prunes parts of the network in phases', async () => {
    const model = smallModel();
    const seen: [number, number][] = [];
    const count = (path: string) => maskOf(model, path).filter((m) => m === 0).length;
    const look = watchSteps(() => seen.push([count('a/kernel'), count('b/kernel')]));
    const phases = [
      { include: 'a', beginStep: 0, endStep: 10 },
      { include: 'b', beginStep: 10, endStep: 20 },
    ];
    await model.fit(x, y, { ...fitArgs, callbacks: [surgery({ targetSparsity: 0.5, phases, frequency: 1 }), look] });
    expect(seen[9][0]).toBeGreaterThan(40);
    expect(seen[9][1]).toBe(0);
    expect(seen[11]).toEqual([64, expect.any(Number)]);
    expect(seen[21]).toEqual([64, 24]);
  });

  it('prunes and quantizes in one fit', async () => {
    await expectNoLeak(async () => {
      const model = smallModel();
      const inq = new INQScheduler({ steps: [0.5, 1], epochsPerStep: 3, verbose: 0 });
      const callbacks = [surgery({ targetSparsity: 0.5, endStep: 18 }), inq];
      const { history } = await model.fit(x, y, { ...fitArgs, callbacks });
      for (const values of kernelsOf(model)) {
        expect(values.every(isPowerOfTwoOrZero)).toBe(true);
        expect(sparsityOf(values)).toBeGreaterThanOrEqual(0.5);
      }
      expect(Object.keys(history)).toEqual(expect.arrayContaining(['sparsity', 'quantized']));
      model.dispose();
      model.optimizer.dispose();
    });
  });

  it('does the same to stock layers and to compressible() ones', async () => {
    const results = [smallModel(), compressible(smallModel())].map(async (model) => {
      model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'categoricalCrossentropy' });
      await model.fit(x, y, { ...fitArgs, shuffle: false, callbacks: surgery({ targetSparsity: 0.5 }) });
      return kernelsOf(model).map(bitsOf);
    });
    expect(await results[0]).toEqual(await results[1]);
  });

  it('needs a endStep for a dataset of unknown size, and works with one', async () => {
    const batches = { size: Number.NaN, iterator: async () => iterate() } as never;
    const model = smallModel();
    const fit = (args: SurgeryCallbackArgs) =>
      model.fitDataset(batches, { epochs: 4, verbose: 0, callbacks: surgery(args) });
    await expect(fit({ targetSparsity: 0.5 })).rejects.toThrow('endStep is needed');
    await fit({ targetSparsity: 0.5, endStep: 8 });
    expect(sparsities(model)).toEqual([0.5, 0.5]);
  });

  it('treats a layer with a rate of its own as a callback with that rate does', async () => {
    const common = { include: 'a', gamma: 0, endStep: 30 };
    const fitted = async (args: SurgeryCallbackArgs) => {
      const model = smallModel(tf.train.momentum(0.3, 0.9));
      const config = { ...fitArgs, shuffle: false, callbacks: surgery({ ...common, ...args }) };
      const { history } = await model.fit(x, y, config);
      return { weights: kernelsOf(model), spliced: (history.spliced as number[]).reduce((a, b) => a + b) };
    };
    const wanted = await fitted({ rate: 1, hysteresis: 0 });
    expect(wanted.spliced).toBeGreaterThan(0);
    const given: SurgeryCallbackArgs['overrides'][] = [
      { a: { rate: 1 } },
      { '*': { targetSparsity: 0.7 }, a: { rate: 1 } },
    ];
    for (const overrides of given)
      expect(await fitted({ targetSparsity: 0.5, hysteresis: 0, frequency: 1, overrides })).toEqual(wanted);
  });

  it('says when the target is lower than the sparsity that is there', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const model = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.75, verbose: 1 }) });
      expect(log.mock.calls.flat().join()).not.toContain('come back');
      await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.5, verbose: 1 }) });
      const expected =
        'SurgeryCallback: a/kernel: 75.0% of its weights are pruned already; targetSparsity 0.5 lets some of them come back.';
      expect(log.mock.calls.flat()).toContain(expected);
      expect(sparsities(model)).toEqual([0.5, 0.5]);
    } finally {
      log.mockRestore();
    }
  });

  it('finishes when training stops before endStep', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const model = smallModel();
      const stop = new tfl.CustomCallback({
        onEpochEnd: () => {
          model.stopTraining = true;
        },
      });
      await model.fit(x, y, { ...fitArgs, callbacks: [surgery({ targetSparsity: 0.5, verbose: 2 }), stop] });
      expect(sparsities(model)).toEqual([0.5, 0.5]);
      const lines = log.mock.calls.map(([line]) => line as string);
      expect(lines[0]).toMatch(/^SurgeryCallback: epoch 1\/6 .*% sparse/);
      expect(lines[1]).toMatch(/stopped after epoch 1 of 6; finishing now/);
      expect(lines).toContain('SurgeryCallback: a/kernel: masks fixed at step 6');
    } finally {
      log.mockRestore();
    }
  });
});

function iterate() {
  let batch = 0;
  return {
    async next() {
      if (batch === 3) return { done: true, value: null };
      const begin = 32 * batch++;
      const [xs, ys] = [x, y].map((t) => tf.slice(t, [begin, 0], [32, t.shape[1]!]));
      return { done: false, value: { xs, ys } };
    },
  };
}

describe('a second fit that leaves out what was pruned', () => {
  it('warns of it, unless it is not trained or selected too', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      const model = smallModel();
      await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.5 }) });
      await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.6 }) });
      expect(warn).not.toHaveBeenCalled();
      await model.fit(x, y, { ...fitArgs, callbacks: surgery({ targetSparsity: 0.7, include: 'b' }) });
      expect(warn.mock.calls.flat().join()).toContain('a/kernel: pruned before and not selected now');
      model.dispose();
    } finally {
      warn.mockRestore();
    }
  });
});
