import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { countWeights, printedBy, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INQScheduler, SurgeryCallback } from './index.js';

/** Six epochs of six steps. */
const epochs = 6;
const fitArgs = { epochs, batchSize: 16, shuffle: false, verbose: 0 as const };
let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const inq = (args = {}) => new INQScheduler({ steps: [0.5, 0.75, 1], verbose: 0, ...args });
const surgery = (args = {}) => new SurgeryCallback({ targetSparsity: 0.8, verbose: 0, ...args } as never);
const rated = (args = {}) => new SurgeryCallback({ rate: 0.2, verbose: 0, ...args });
const zerosOf = (model: tfl.LayersModel) =>
  [...countWeights(model).values()].map(({ zeros, weights }) => zeros / weights);
const stopIf = (model: tfl.LayersModel, isDue: boolean) => {
  if (isDue) model.stopTraining = true;
};
const isKept = (model: tfl.LayersModel) =>
  (model.getUserDefinedMetadata() as { tfjsCompress?: { progress?: object } } | undefined)?.tfjsCompress?.progress !==
  undefined;

describe('a plan that the fit cannot fulfil', () => {
  const plans: Record<string, { callbacks: () => tfl.CustomCallback[]; message: RegExp }> = {
    'more stages than epochs': {
      callbacks: () => [inq({ steps: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1] })],
      message: /epochs/,
    },
    'epochsPerStep too long': { callbacks: () => [inq({ epochsPerStep: 5 })], message: /epochsPerStep/ },
    'endStep beyond the fit': { callbacks: () => [surgery({ endStep: 5000 })], message: /endStep/ },
    'endStep beyond the fit, with rate': { callbacks: () => [rated({ endStep: 5000 })], message: /endStep/ },
    'beginStep beyond the fit': { callbacks: () => [surgery({ beginStep: 5000 })], message: /beginStep/ },
    'beginStep beyond the fit, with rate': { callbacks: () => [rated({ beginStep: 1000 })], message: /beginStep/ },
    'a phase beyond the fit': {
      callbacks: () => [surgery({ phases: [{ include: 'a', beginStep: 100, endStep: 200 }] })],
      message: /Step/,
    },
    'both, and surgery ends in the last epoch': {
      callbacks: () => [surgery({ endStep: 34 }), inq()],
      message: /endStep|epochs/,
    },
    'both, in the other order': { callbacks: () => [inq(), surgery({ endStep: 34 })], message: /endStep|epochs/ },
    'both, with an epoch for each stage but none for surgery': {
      callbacks: () => [inq({ steps: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1] }), surgery()],
      message: /epochs/,
    },
  };

  for (const [name, { callbacks, message }] of Object.entries(plans)) {
    it(`is an error before the first batch: ${name}`, async () => {
      for (const place of ['before', 'after']) {
        const model = smallModel();
        const before = weightsOf(model);
        let batches = 0;
        const counter = new tfl.CustomCallback({ onBatchBegin: () => void batches++ });
        const all = place === 'before' ? [counter, ...callbacks()] : [...callbacks(), counter];
        await expect(model.fit(x, y, { ...fitArgs, callbacks: all })).rejects.toThrow(message);
        expect(batches).toBe(0);
        expect(weightsOf(model)).toEqual(before);
        expect(isKept(model)).toBe(false);
        // Nothing of it is left: the next fit trains every weight.
        await model.fit(x, y, { ...fitArgs, epochs: 1 });
        expect(weightsOf(model)[0].filter((value, i) => value === before[0][i])).toEqual(new Float32Array());
        model.dispose();
      }
    });
  }

  it('goes on over several fits with whenStopped keep: surgery', async () => {
    const model = smallModel();
    const callbacks = () => surgery({ endStep: 60, whenStopped: 'keep' });
    const first = await model.fit(x, y, { ...fitArgs, callbacks: callbacks() });
    const halfway = zerosOf(model);
    expect(first.history.sparsity.at(-1)).toBeLessThan(0.79);
    for (const zeros of halfway) expect(zeros).toBeLessThan(0.79);
    expect(isKept(model)).toBe(true);
    const second = await model.fit(x, y, { ...fitArgs, callbacks: callbacks() });
    for (const { zeros, weights } of countWeights(model).values())
      expect(Math.abs(zeros - 0.8 * weights)).toBeLessThanOrEqual(1);
    expect(second.history.sparsity[0]).toBeGreaterThanOrEqual(first.history.sparsity.at(-1) as number);
    expect(isKept(model)).toBe(false);
    model.dispose();
  });

  it('goes on over several fits with whenStopped keep: INQ', async () => {
    const model = smallModel();
    const callbacks = () => inq({ steps: [0.25, 0.5, 0.75, 1], epochsPerStep: 4, whenStopped: 'keep' });
    const first = await model.fit(x, y, { ...fitArgs, callbacks: callbacks() });
    expect(first.history.inq_step).toEqual([1, 1, 1, 1, 2, 2]);
    expect(isKept(model)).toBe(true);
    const second = await model.fit(x, y, { ...fitArgs, callbacks: callbacks() });
    expect(second.history.inq_step).toEqual([2, 2, 3, 3, 3, 4]);
    for (const { levels, weights } of countWeights(model).values()) expect(levels).toBe(weights);
    expect(isKept(model)).toBe(false);
    model.dispose();
  });
});

it('prunes by rate, or says that nothing was pruned, when training stops before beginStep', async () => {
  const model = smallModel();
  const stop = new tfl.CustomCallback({ onEpochEnd: (epoch) => stopIf(model, epoch === 1) });
  const printed = await printedBy(async () => {
    await model.fit(x, y, { ...fitArgs, callbacks: [rated({ beginStep: 20, verbose: 1 }), stop] });
  });
  const pruned = zerosOf(model).some((zeros) => zeros > 0);
  expect(pruned || /nothing (was|is) pruned|no weight/i.test(printed), printed).toBe(true);
  model.dispose();
});

it('says what it needs to know of a dataset of unknown size, before the first batch', async () => {
  let batches = 0;
  const dataset = {
    iterator: async () => ({
      next: async () => {
        batches++;
        return { done: false, value: { xs: tf.clone(x), ys: tf.clone(y) } };
      },
    }),
  };
  const model = smallModel();
  const fit = (callbacks: tfl.CustomCallback[]) =>
    model.fitDataset(dataset as never, { epochs: 4, verbose: 0, callbacks: callbacks as never });
  await expect(fit([surgery()])).rejects.toThrow(/endStep.*batchesPerEpoch/);
  await expect(fit([surgery({ endStep: 6 }), inq()])).rejects.toThrow(/batchesPerEpoch/);
  expect(batches).toBe(0);
  model.dispose();
});

it('changes no weight when it is the second callback that is wrong', async () => {
  const wrong = [
    inq({ include: 'c' }),
    inq({ steps: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1] }),
    surgery({ include: 'c' }),
  ];
  for (const second of wrong) {
    for (const first of [surgery({ frequency: 1, rate: 0.2, targetSparsity: undefined }), inq({ include: 'a' })]) {
      const model = smallModel();
      const before = weightsOf(model);
      await expect(model.fit(x, y, { ...fitArgs, callbacks: [first, second] })).rejects.toThrow(
        /matches no layer|epochs|already/,
      );
      expect(weightsOf(model)).toEqual(before);
      model.dispose();
    }
  }
});

describe('a weight that becomes NaN or infinite', () => {
  const makers = { INQScheduler: inq, 'surgery to a target': surgery, 'surgery by rate': rated };
  for (const [name, make] of Object.entries(makers)) {
    for (const epoch of [0, 2, epochs - 1]) {
      it(`stops the fit with the kernel's name: ${name}, epoch ${epoch + 1}`, async () => {
        for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const model = smallModel(tf.train.sgd(0));
          let current = 0;
          const spoil = new tfl.CustomCallback({
            onEpochBegin: (e) => {
              current = e;
            },
            onBatchEnd: (batch) => {
              if (current !== epoch || batch !== 4) return;
              const variable = model.trainableWeights.find(({ originalName }) => originalName === 'b/kernel')!;
              tf.tidy(() => (variable.read() as tf.Variable).assign(tf.fill([16, 3], value)));
            },
          });
          const fit = model.fit(x, y, { ...fitArgs, callbacks: [spoil, make({ include: 'b' })] });
          await expect(fit, `${value}`).rejects.toThrow(/^(INQScheduler|SurgeryCallback): b\/kernel.*(NaN|infinite)/);
          // Not a level, nor a zero: whoever looks sees what happened.
          const counted = countWeights(model).get('b/kernel')!;
          expect(counted.nonFinite).toBeGreaterThan(0);
          expect(isKept(model)).toBe(false);
          model.dispose();
        }
      });
    }
  }

  it('stops a fit that diverges by itself', async () => {
    for (const make of [inq, surgery]) {
      const model = smallModel();
      model.compile({ optimizer: tf.train.sgd(1e30), loss: 'meanSquaredError' });
      await expect(model.fit(x, y, { ...fitArgs, callbacks: make() })).rejects.toThrow(/[ab]\/kernel.*(NaN|infinite)/);
      model.dispose();
    }
  });
});

it('lets a checkpoint callback before ours save, in the last epoch, what is finished', async () => {
  const { MemoryHandler } = await import('@tfjs-compress/testing');
  for (const make of [() => [inq()], () => [surgery()], () => [inq(), surgery({ targetSparsity: 0.5 })]]) {
    const model = smallModel();
    const file = new MemoryHandler();
    let seen: tfl.Logs = {};
    const save = {
      onEpochEnd: async (_: number, logs?: tfl.Logs) => {
        seen = { ...logs };
        await model.save(file);
      },
    };
    const callbacks = [save, ...make()] as never;
    await model.fit(x, y, { ...fitArgs, callbacks });
    const loaded = await tfl.loadLayersModel(file);
    expect(weightsOf(loaded)).toEqual(weightsOf(model));
    expect(Object.keys(seen).some((key) => key === 'quantized' || key === 'sparsity')).toBe(true);
    for (const each of [model, loaded]) each.dispose();
  }
});

it('takes no more memory for the last step than the kernel twice over', async () => {
  const peakOf = async (callbacks: tfl.CustomCallback[]) => {
    const model = tfl.sequential({
      layers: [tfl.layers.dense({ units: 512, inputShape: [512], kernelInitializer: 'randomNormal', useBias: false })],
    });
    model.compile({ optimizer: tf.train.sgd(1e-4), loss: 'meanSquaredError' });
    const [input, target] = [tf.ones([2, 512]), tf.ones([2, 512])];
    const { peakBytes } = await tf.profile(async () => {
      await model.fit(input, target, { epochs: 2, verbose: 0, callbacks });
      return tf.scalar(0);
    });
    tf.dispose([input, target]);
    model.dispose();
    return peakBytes;
  };
  const kernelBytes = 4 * 512 * 512;
  const stock = await peakOf([]);
  for (const bits of [8, 3]) {
    const peak = await peakOf([inq({ steps: [0.5, 1], bits })]);
    expect((peak - stock) / kernelBytes, `${bits} bits`).toBeLessThan(3.1);
  }
});
