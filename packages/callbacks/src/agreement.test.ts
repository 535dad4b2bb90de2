import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { compressible, effectiveWeights, strip } from '@tfjs-compress/layers';
import { countWeights, MemoryHandler, printedBy, smallModel, smallProblem } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BestWeights, INQScheduler, SurgeryCallback } from './index.js';

const epochs = 6;
const fitArgs = { epochs, batchSize: 16, shuffle: false, verbose: 0 as const };
let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const inq = (args = {}) => new INQScheduler({ steps: [0.5, 0.75, 1], verbose: 0, ...args });
const surgery = (args = {}) => new SurgeryCallback({ targetSparsity: 0.6, verbose: 0, ...args } as never);
const outputOf = (model: tfl.LayersModel, input = x) =>
  tf.tidy(() => Float32Array.from((model.predict(input) as tf.Tensor).dataSync()));
const compile = (model: tfl.LayersModel) =>
  model.compile({ optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
const quantizedOf = (model: tfl.LayersModel) =>
  [...countWeights(model).values()].map(({ levels, weights }) => levels / weights);

/** Goes uphill from an epoch on: later ones are worse. */
const spoil = (model: tfl.LayersModel, from: number) =>
  new tfl.CustomCallback({
    onEpochBegin: async (epoch) => {
      if (epoch >= from) (model.optimizer as any).learningRate = -0.1;
    },
  });

function recurrentModel(): tfl.Sequential {
  return tfl.sequential({
    layers: [
      tfl.layers.reshape({ inputShape: [8], targetShape: [4, 2] }),
      tfl.layers.lstm({ units: 4 }),
      tfl.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
}

describe('at every moment of training', () => {
  const models: Record<string, () => tfl.LayersModel> = {
    'stock layers': () => smallModel(),
    'Masked layers': () => compressible(smallModel()),
    'an LSTM': recurrentModel,
  };
  const makers: Record<string, () => tfl.CustomCallback[]> = {
    surgery: () => [surgery()],
    INQ: () => [inq()],
    both: () => [inq(), surgery()],
  };
  for (const [modelName, make] of Object.entries(models)) {
    for (const [name, callbacks] of Object.entries(makers)) {
      it(`predict, the saved file, strip and effectiveWeights agree: ${modelName}, ${name}`, async () => {
        const model = make();
        compile(model);
        const moments = { onBatchEnd: 0, onEpochEnd: 0, onTrainEnd: 0 };
        const compare = (moment: keyof typeof moments) => async () => {
          // A few batches are enough.
          if (moments[moment]++ % 5 !== 0 && moment === 'onBatchEnd') return;
          const expected = outputOf(model);
          const stripped = strip(model);
          expect(outputOf(stripped), `strip, ${moment}`).toEqual(expected);
          const effective = effectiveWeights(model);
          stripped.setWeights(stripped.getWeights().map((weight) => tf.zerosLike(weight)));
          stripped.setWeights(effective);
          expect(outputOf(stripped), `effectiveWeights, ${moment}`).toEqual(expected);
          const file = new MemoryHandler();
          await model.save(file);
          const loaded = await tfl.loadLayersModel(file);
          expect(outputOf(loaded), `the saved file, ${moment}`).toEqual(expected);
          tf.dispose(effective);
        };
        const hooks = Object.keys(moments).map((moment) => [moment, compare(moment as keyof typeof moments)]);
        const look = Object.fromEntries(hooks);
        await model.fit(x, y, { ...fitArgs, callbacks: [...callbacks(), look] as never });
        expect(moments).toEqual({ onBatchEnd: 36, onEpochEnd: 6, onTrainEnd: 1 });
        await compare('onTrainEnd')();
      });
    }
  }
});

describe('weights that others write', () => {
  for (const place of ['before', 'after']) {
    it(`do not undo the quantization: best weights restored by hand, ${place} ours`, async () => {
      const model = smallModel();
      let best: tf.Tensor[] = [];
      let least = Number.POSITIVE_INFINITY;
      const restore = new tfl.CustomCallback({
        onEpochEnd: async (_, logs) => {
          if (logs!.val_loss > least) return;
          least = logs!.val_loss;
          best = model.getWeights().map((weight) => weight.clone());
        },
        onTrainEnd: async () => model.setWeights(best),
      });
      const callbacks = place === 'before' ? [restore, inq()] : [inq(), restore];
      // Trained too hard at the end: an earlier epoch was better.
      const printed = await printedBy(async () => {
        await model.fit(x, y, { ...fitArgs, validationSplit: 0.25, callbacks: [spoil(model, 5), ...callbacks] });
      });
      expect(quantizedOf(model)).toEqual([1, 1]);
      expect(printed).toMatch(/written/);
      model.dispose();
    });
  }

  it('during surgery count in predict as in the saved file', async () => {
    const model = smallModel();
    let start: tf.Tensor[] = [];
    const write = {
      onEpochBegin: async (epoch: number) => {
        if (epoch === 0) start = model.getWeights().map((weight) => weight.clone());
        if (epoch === 4) model.setWeights(start);
      },
      onEpochEnd: async (epoch: number) => {
        if (epoch < 4) return;
        const file = new MemoryHandler();
        await model.save(file);
        expect(outputOf(await tfl.loadLayersModel(file))).toEqual(outputOf(model));
      },
    };
    await model.fit(x, y, { ...fitArgs, callbacks: [surgery({ endStep: 4 }), write] as never });
    for (const { zeros, weights } of countWeights(model).values())
      expect(Math.abs(zeros - 0.6 * weights)).toBeLessThanOrEqual(1);
  });
});

describe('BestWeights', () => {
  const plans: Record<string, () => tfl.CustomCallback[]> = {
    surgery: () => [surgery({ endStep: 24 })],
    INQ: () => [inq({ epochsPerStep: 2 })],
    both: () => [inq({ epochsPerStep: 1 }), surgery({ endStep: 12 })],
    'neither of ours': () => [],
  };
  for (const [name, callbacks] of Object.entries(plans)) {
    for (const place of ['before', 'after']) {
      it(`gives back the best of the finished models: ${name}, ${place} the others`, async () => {
        const model = smallModel();
        const best = new BestWeights({ monitor: 'val_loss', verbose: 0 } as never);
        const ours = place === 'before' ? [best, ...callbacks()] : [...callbacks(), best];
        const validation = { validationData: [x, y] as [tf.Tensor, tf.Tensor] };
        const { history } = await model.fit(x, y, {
          ...fitArgs,
          epochs: 10,
          ...validation,
          callbacks: [...ours, spoil(model, 7)] as never,
        });
        const isFinished = (epoch: number) => {
          if (name === 'surgery') return (history.sparsity[epoch] as number) >= 0.59;
          return name === 'neither of ours' || history.quantized[epoch] === 1;
        };
        const losses = (history.val_loss as number[]).filter((_, epoch) => isFinished(epoch));
        const [loss] = model.evaluate(x, y, { batchSize: 16 }) as tf.Scalar[];
        expect(loss.dataSync()[0]).toBeCloseTo(Math.min(...losses), 5);
        expect(Math.min(...losses)).toBeLessThan(history.val_loss.at(-1) as number);
        for (const { levels, zeros, weights } of countWeights(model).values()) {
          if (/INQ|both/.test(name)) expect(levels).toBe(weights);
          if (/surgery|both/.test(name)) expect(zeros).toBeGreaterThanOrEqual(0.6 * weights - 1);
        }
        model.dispose();
      });
    }
  }

  it('stops after `patience` epochs without a better one, and refuses what is not logged', async () => {
    const model = smallModel();
    const best = new BestWeights({ patience: 2, verbose: 0 } as never);
    const validation = { validationData: [x, y] as [tf.Tensor, tf.Tensor] };
    const { epoch } = await model.fit(x, y, {
      ...fitArgs,
      epochs: 30,
      ...validation,
      callbacks: [surgery({ endStep: 12 }), best, spoil(model, 5)],
    });
    expect(epoch.length).toBeLessThan(30);
    expect(epoch.length).toBeGreaterThan(5);
    const other = model.fit(x, y, { ...fitArgs, callbacks: new BestWeights({ monitor: 'val_lost' } as never) });
    await expect(other).rejects.toThrow('val_lost');
    model.dispose();
  });

  it('says so when no epoch had a finished model', async () => {
    const model = smallModel();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const validation = { validationData: [x, y] as [tf.Tensor, tf.Tensor] };
    const plan = inq({ whenStopped: 'keep', steps: [0.5, 1], epochsPerStep: 20 });
    await model.fit(x, y, { ...fitArgs, ...validation, callbacks: [plan, new BestWeights()] });
    expect(warn.mock.calls.flat().join()).toContain('BestWeights: no epoch had a finished model');
    warn.mockRestore();
    model.dispose();
  });
});
