import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { compressible, resetCompression } from '@tfjs-compress/layers';
import { findSites, kernelAt } from '@tfjs-compress/layers/internal';
import { bitsOf, MemoryHandler, seededTensor, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CompressionCallback } from './CompressionCallback.js';
import { INQScheduler } from './INQScheduler.js';
import { SurgeryCallback } from './SurgeryCallback.js';

const epochs = 6;
let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const steps = [0.5, 0.75, 0.875, 1];
const makers: Record<string, () => CompressionCallback<never>[]> = {
  INQScheduler: () => [new INQScheduler({ steps, verbose: 0, whenStopped: 'keep', resetLearningRate: true }) as never],
  'INQScheduler, random partition': () => [
    new INQScheduler({ steps, partition: 'random', seed: 7, verbose: 0, whenStopped: 'keep' }) as never,
  ],
  'INQScheduler that saves bits': () => [
    new INQScheduler({ steps, saveBits: 0.3, verbose: 0, whenStopped: 'keep' }) as never,
  ],
  'SurgeryCallback with targetSparsity': () => [
    new SurgeryCallback({ targetSparsity: 0.7, frequency: 2, verbose: 0, whenStopped: 'keep' }) as never,
  ],
  'SurgeryCallback with rate': () => [
    new SurgeryCallback({ rate: 0.3, gamma: 0.1, endStep: 30, seed: 3, verbose: 0, whenStopped: 'keep' }) as never,
  ],
};
const optimizers: Record<string, () => tf.Optimizer> = {
  adam: () => tf.train.adam(0.02),
  momentum: () => tf.train.momentum(0.05, 0.9),
};
const models = { stock: (m: tfl.Sequential) => m, ours: (m: tfl.Sequential) => compressible(m) };

async function train(
  model: tfl.LayersModel,
  callbacks: CompressionCallback<never>[],
  from: number,
  stopAfter = epochs,
) {
  const stop = new tfl.CustomCallback({
    onEpochEnd: (epoch) => {
      if (epoch + 1 === stopAfter) model.stopTraining = true;
    },
  });
  const config = { epochs, initialEpoch: from, batchSize: 16, shuffle: false, verbose: 0 as const };
  await model.fit(x, y, { ...config, callbacks: [...callbacks, stop] });
}

function runOf(model: tfl.LayersModel): unknown {
  return (model.getUserDefinedMetadata() as { tfjsCompress?: { progress?: unknown } } | undefined)?.tfjsCompress
    ?.progress;
}

async function saveAndLoad(model: tfl.LayersModel): Promise<tfl.LayersModel> {
  const file = new MemoryHandler();
  await model.save(file, { includeOptimizer: true });
  return tfl.loadLayersModel(file);
}

describe('a run that is stopped, saved, loaded and continued', () => {
  for (const [name, make] of Object.entries(makers)) {
    for (const [optimizerName, optimizer] of Object.entries(optimizers)) {
      for (const [kind, convert] of Object.entries(models)) {
        it(`ends like the uninterrupted one: ${name}, ${optimizerName}, ${kind} layers`, async () => {
          const fresh = () => {
            const model = convert(smallModel());
            model.compile({ optimizer: optimizer(), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
            return model;
          };
          const whole = fresh();
          await train(whole, make(), 0);
          const expected = weightsOf(whole).map(bitsOf);
          for (const stopAfter of [1, 2, 4, 5]) {
            const first = fresh();
            await train(first, make(), 0, stopAfter);
            const second = await saveAndLoad(first);
            await train(second, make(), stopAfter);
            expect(weightsOf(second).map(bitsOf), `stopped after epoch ${stopAfter}`).toEqual(expected);
            expect(runOf(second), `run after epoch ${stopAfter}`).toBeUndefined();
          }
        });
      }
    }
  }

  it('goes on from a model saved in the middle of fit, as modelCheckpoint callbacks do', async () => {
    const make = makers['SurgeryCallback with targetSparsity'];
    const whole = smallModel(tf.train.momentum(0.05, 0.9));
    const file = new MemoryHandler();
    const save = new tfl.CustomCallback({
      onEpochEnd: async (epoch) => void (epoch === 2 && (await whole.save(file, { includeOptimizer: true }))),
    });
    await whole.fit(x, y, { epochs, batchSize: 16, shuffle: false, verbose: 0, callbacks: [...make(), save] });
    const second = await tfl.loadLayersModel(file);
    await train(second, make(), 3);
    expect(weightsOf(second).map(bitsOf)).toEqual(weightsOf(whole).map(bitsOf));
  });

  it('goes on in the same process, without saving', async () => {
    const make = makers.INQScheduler;
    const whole = smallModel(tf.train.momentum(0.05, 0.9));
    await train(whole, make(), 0);
    const model = smallModel(tf.train.momentum(0.05, 0.9));
    const [inq] = make();
    await train(model, [inq], 0, 3);
    await train(model, [inq], 3);
    expect(weightsOf(model).map(bitsOf)).toEqual(weightsOf(whole).map(bitsOf));
  });

  it('goes on with one kernel of a layer that is done and another that is not', async () => {
    const separable = () => {
      const layers = [
        tfl.layers.reshape({ targetShape: [x.shape[1]!, 1, 1], inputShape: [x.shape[1]!] }),
        tfl.layers.separableConv2d({ filters: 4, kernelSize: [3, 1], depthMultiplier: 3, name: 'sep' }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: y.shape[1]!, activation: 'softmax' }),
      ];
      const model = tfl.sequential({ layers });
      model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'categoricalCrossentropy' });
      model.setWeights(model.getWeights().map((weight, i) => seededTensor(weight.shape, 5 + i)));
      return model;
    };
    const phases = [
      { include: '*depthwiseKernel', beginStep: 0, endStep: 6 },
      { include: '*pointwiseKernel', beginStep: 0, endStep: 40 },
    ];
    const make = () => [
      new SurgeryCallback({ targetSparsity: 0.5, phases, frequency: 1, verbose: 0, whenStopped: 'keep' }) as never,
    ];
    const [whole, model] = [separable(), separable()];
    await train(whole, make(), 0);
    await train(model, make(), 0, 2);
    await train(model, make(), 2);
    expect(weightsOf(model).map(bitsOf)).toEqual(weightsOf(whole).map(bitsOf));
  });

  it('goes on in the same process with layers of ours inside a nested model', async () => {
    const nested = () => {
      const inner = compressible(smallModel());
      const model = tfl.sequential();
      model.add(inner);
      model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'categoricalCrossentropy' });
      return model;
    };
    const make = makers['SurgeryCallback with targetSparsity'];
    const [whole, model] = [nested(), nested()];
    await train(whole, make(), 0);
    await train(model, make(), 0, 3);
    await train(model, make(), 3);
    expect(weightsOf(model).map(bitsOf)).toEqual(weightsOf(whole).map(bitsOf));
  });

  it('leaves other metadata alone and the kept file is what the model computes', async () => {
    const model = smallModel();
    model.setUserDefinedMetadata({ mine: 1 });
    await train(model, makers['SurgeryCallback with targetSparsity'](), 0, 4);
    expect(Object.keys(model.getUserDefinedMetadata())).toEqual(['mine', 'tfjsCompress']);
    const loaded = await saveAndLoad(model);
    const [a, b] = [model, loaded].map((m) => tf.tidy(() => (m.predict(x) as tf.Tensor).dataSync()));
    expect(bitsOf(b)).toEqual(bitsOf(a));
    await train(loaded, makers['SurgeryCallback with targetSparsity'](), 4);
    expect(loaded.getUserDefinedMetadata()).toEqual({
      mine: 1,
      tfjsCompress: { version: 2, pruned: expect.any(Array) },
    });
  });

  it('refuses options other than it began with, and says the way out', async () => {
    const kept = { verbose: 0, whenStopped: 'keep' } as const;
    const model = smallModel();
    await train(model, makers.INQScheduler(), 0, 2);
    for (const [args, message] of [
      [{ steps: [0.3, 1] }, 'steps: expected [0.5,0.75,0.875,1]'],
      [{ steps, bits: 2 }, 'bits: expected'],
      [{ steps, partition: 'random' }, 'partition: expected "magnitude"'],
      [{ steps, range: 'leastError' }, 'range: expected "largest"'],
    ] as const) {
      const other = new INQScheduler({ ...args, ...kept, steps: [...args.steps] });
      await expect(train(model, [other as never], 2)).rejects.toThrow(message);
      await expect(train(model, [other as never], 2)).rejects.toThrow('resetCompression(model)');
    }
    resetCompression(model);
    await train(model, [new INQScheduler({ bits: 2, steps: [0.3, 1], verbose: 0 }) as never], 2);
    expect(
      new Set(
        weightsOf(model)
          .slice(0, 1)
          .flatMap((w) => [...w].map(Math.abs)),
      ).size,
    ).toBeLessThanOrEqual(3);
  });

  it('begins anew, and says so, where the weights are not those that were kept', async () => {
    const model = smallModel();
    await train(model, makers['SurgeryCallback with targetSparsity'](), 0, 3);
    await model.fit(x, y, { epochs: 1, verbose: 0 });
    const trained = weightsOf(model).map(bitsOf);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    let atBegin: unknown;
    const look = new tfl.CustomCallback({
      onBatchBegin: () => {
        atBegin ??= weightsOf(model).map(bitsOf);
      },
    });
    await train(model, [...makers['SurgeryCallback with targetSparsity'](), look as never], 3);
    expect(warn.mock.calls.flat().join()).toContain('have changed since');
    warn.mockRestore();
    expect(atBegin).toEqual(trained);
  });

  it('refuses a run that does not fit its model, and leaves the model as it was', async () => {
    const make = makers['SurgeryCallback with targetSparsity'];
    for (const forge of [{ states: 'AAAA' }, { hidden: 'AAAAAA==' }]) {
      const model = smallModel();
      await train(model, make(), 0, 2);
      const { kernels } = (
        model.getUserDefinedMetadata() as never as Record<string, { kernels: Record<string, object> }>
      ).tfjsCompress;
      Object.assign(kernels['b/kernel'], forge);
      const before = weightsOf(model).map(bitsOf);
      await expect(train(model, make(), 2)).rejects.toThrow('saved ');
      expect(weightsOf(model).map(bitsOf)).toEqual(before);
      expect(findSites(model).map(kernelAt)).toEqual([undefined, undefined, undefined, undefined]);
    }
  });

  it('keeps nothing of a fit that failed', async () => {
    for (const make of Object.values(makers)) {
      const model = smallModel();
      const fail = new tfl.CustomCallback({
        onEpochEnd: (epoch) => {
          if (epoch === 3) throw new Error('disk full');
        },
      });
      await expect(train(model, [...make(), fail as never], 0)).rejects.toThrow('disk full');
      expect(runOf(model)).toBeUndefined();
    }
  });
});
