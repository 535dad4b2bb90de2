import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { isPowerOfTwoOrZero, sparsityOf } from '@tfjs-compress/math';
import { bitsOf, MemoryHandler, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AveragedWeights } from './AveragedWeights.js';
import { BestWeights } from './BestWeights.js';
import type { NamedTensor } from './hookUpdates.js';
import { INQScheduler } from './INQScheduler.js';
import { SurgeryCallback } from './SurgeryCallback.js';

let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const fitArgs = { epochs: 3, batchSize: 16, shuffle: false, verbose: 0 as const };

describe('AveragedWeights', () => {
  /** The optimizer's weights after each step of a fit without averaging. */
  async function trace(): Promise<Float32Array[][]> {
    const model = smallModel();
    const steps: Float32Array[][] = [];
    const onBatchEnd = async () => void steps.push(weightsOf(model));
    await model.fit(x, y, { ...fitArgs, callbacks: [new tfl.CustomCallback({ onBatchEnd })] });
    return steps;
  }

  it.each([
    ['Keras and PyTorch', { decay: 0.9, rampUp: false }, () => 0.9],
    ['TensorFlow, with num_updates', { decay: 0.9 }, (n: number) => Math.min(0.9, (1 + n) / (10 + n))],
    ['no average', { decay: 0 }, () => 0],
  ])('averages as %s, and the optimizer does not notice', async (_, args, decayAt) => {
    const steps = await trace();
    let average = steps[0].map((values) => Float64Array.from(values));
    const byEpoch: Float64Array[][] = [];
    steps.forEach((weights, n) => {
      const decay = decayAt(n);
      if (n > 0) average = average.map((each, k) => each.map((a, i) => decay * a + (1 - decay) * weights[k][i]));
      if ((n + 1) % (steps.length / 3) === 0) byEpoch.push(average);
    });
    const model = smallModel();
    const atEnds: Float32Array[][] = [];
    const onEpochEnd = async () => void atEnds.push(weightsOf(model));
    await model.fit(x, y, {
      ...fitArgs,
      callbacks: [new tfl.CustomCallback({ onEpochEnd }), new AveragedWeights(args)],
    });
    for (const [epoch, wanted] of byEpoch.entries()) {
      atEnds[epoch].forEach((values, k) => {
        expect(Math.max(...values.map((value, i) => Math.abs(value - wanted[k][i])))).toBeLessThan(1e-5);
      });
    }
    expect(weightsOf(model).map(bitsOf)).toEqual(atEnds[2].map(bitsOf));
  });

  /** Each way in which a fit may know how long an epoch is. */
  const ways = [
    'fit',
    'fitDataset of a size',
    'fitDataset of unknown size',
    'fitDataset with batchesPerEpoch',
  ] as const;

  async function fitIn(way: (typeof ways)[number], model: tfl.LayersModel, callbacks: tfl.CustomCallback[], args = {}) {
    const common = { ...fitArgs, ...args, callbacks };
    if (way === 'fit') return model.fit(x, y, { ...common, validationData: [x, y] });
    const isCounted = way === 'fitDataset with batchesPerEpoch';
    const iterator = async () => repeated(isCounted ? 6 * common.epochs : 6);
    const dataset = { size: way === 'fitDataset of a size' ? 6 : null, iterator, batchSize: null } as never;
    const { epochs, verbose } = common;
    const validationData = [x, y] as never;
    return model.fitDataset(dataset, {
      epochs,
      verbose,
      validationData,
      callbacks,
      ...(isCounted && { batchesPerEpoch: 6 }),
    });
  }

  it.each(ways)('%s validates the average, and BestWeights keeps it', async (way) => {
    const model = smallModel();
    const averaged = new AveragedWeights({ decay: 0.99 });
    const { history } = await fitIn(way, model, [new BestWeights({ verbose: 0 }), averaged]);
    const [loss] = [model.evaluate(x, y, { batchSize: 16 })].flat();
    expect(loss.dataSync()[0]).toBeCloseTo(Math.min(...(history.val_loss as number[])), 5);
  });

  it.each(ways)('%s takes the last step of INQ on the average', async (way) => {
    const inq = () => new INQScheduler({ steps: [1], verbose: 0 });
    const average = smallModel();
    await fitIn(way, average, [new AveragedWeights({ decay: 0.9 })]);
    average.compile({ optimizer: tf.train.sgd(0), loss: 'categoricalCrossentropy' });
    await average.fit(x, y, { ...fitArgs, epochs: 1, callbacks: [inq()] });
    const both = smallModel();
    await fitIn(way, both, [inq(), new AveragedWeights({ decay: 0.9 })]);
    expect(weightsOf(both).map(bitsOf)).toEqual(weightsOf(average).map(bitsOf));
    const alone = smallModel();
    await fitIn(way, alone, [inq()]);
    expect(weightsOf(both)[0]).not.toEqual(weightsOf(alone)[0]);
  });

  it('leaves the average when a fit is stopped within an epoch, and the own weights when it fails', async () => {
    /** After `batches`, with what the model then holds. */
    const endedAt = async (end: (model: tfl.LayersModel) => void, callbacks: tfl.CustomCallback[], hook: string) => {
      const model = smallModel();
      let calls = 0;
      const ending = async () => {
        if (++calls === 2) end(model);
      };
      await model
        .fit(x, y, { ...fitArgs, callbacks: [...callbacks, new tfl.CustomCallback({ [hook]: ending })] })
        .catch(({ message }) => expect(message).toBe('on purpose'));
      return weightsOf(model);
    };
    const stop = (model: tfl.LayersModel) => {
      model.stopTraining = true;
    };
    const [first, second] = await trace();
    const average = first.map((values, k) => values.map((value, i) => 0.5 * value + 0.5 * second[k][i]));
    const stopped = await endedAt(stop, [new AveragedWeights({ decay: 0.5, rampUp: false })], 'onBatchEnd');
    stopped.forEach((values, k) => {
      expect(Math.max(...values.map((value, i) => Math.abs(value - average[k][i])))).toBeLessThan(1e-6);
    });
    const fail = () => {
      throw new Error('on purpose');
    };
    const failed = await endedAt(fail, [new AveragedWeights()], 'onEpochEnd');
    expect(failed.map(bitsOf)).toEqual((await endedAt(fail, [], 'onEpochEnd')).map(bitsOf));
  });

  it('stays a number where an optimizer once made NaN of weights that come back later', async () => {
    const model = smallModel();
    model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'categoricalCrossentropy' });
    const raw = model.trainableWeights[0].read() as tf.Variable;
    let hidden: Float32Array | undefined;
    let step = 0;
    // Under the mask, as tfjs's centered RMSProp makes them, which subtracts moments that
    // come near to each other.
    const onBatchEnd = async () => {
      if (step++ !== 6) return;
      tf.tidy(() => {
        const effective = (model.layers[0] as unknown as { kernel: tfl.LayerVariable }).kernel.read();
        raw.assign(tf.where(tf.equal(effective, 0), tf.fill(raw.shape, Number.NaN), raw));
      });
      hidden = raw.dataSync().slice() as Float32Array;
    };
    const watch = new tfl.CustomCallback({ onBatchEnd });
    const surgery = new SurgeryCallback({ targetSparsity: 0.3, gamma: 0, frequency: 1, verbose: 0 });
    await model.fit(x, y, { ...fitArgs, epochs: 12, callbacks: [watch, surgery, new AveragedWeights({ decay: 0.9 })] });
    expect(weightsOf(model)[0].some((value, i) => value !== 0 && Number.isNaN(hidden![i]))).toBe(true);
    expect(weightsOf(model).every((values) => values.every(Number.isFinite))).toBe(true);
  });

  it('breaks neither masks nor levels, and ends in a quantized average', async () => {
    const model = smallModel();
    const surgery = () => new SurgeryCallback({ targetSparsity: 0.5, verbose: 0 });
    await model.fit(x, y, { ...fitArgs, callbacks: [new AveragedWeights({ decay: 0.9 }), surgery()] });
    const zeros = weightsOf(model)[0].map((w) => Number(w === 0));
    expect(sparsityOf(weightsOf(model)[0])).toBeCloseTo(0.5, 1);
    const epochs = 8;
    const inq = new INQScheduler({ epochsPerStep: 2, verbose: 0 });
    const levels: number[] = [];
    const onEpochEnd = async (_: number, logs?: tfl.Logs) => {
      // What is quantized stays so in the average, while the others are averaged.
      const kernel = weightsOf(model)[0];
      levels.push(kernel.filter(isPowerOfTwoOrZero).length / kernel.length - (logs!.quantized as number));
    };
    const watch = new tfl.CustomCallback({ onEpochEnd });
    const callbacks = [new AveragedWeights({ decay: 0.9 }), inq, watch, new BestWeights({ verbose: 0 })];
    await model.fit(x, y, { ...fitArgs, epochs, validationSplit: 0.25, callbacks });
    const kernel = weightsOf(model)[0];
    expect(kernel.every((w) => isPowerOfTwoOrZero(w))).toBe(true);
    expect(kernel.every((w, i) => !zeros[i] || w === 0)).toBe(true);
    expect(levels).toHaveLength(epochs);
    for (const beyondQuantized of levels) expect(beyondQuantized).toBeGreaterThan(-1e-6);
  });

  it.each([
    ['alone', () => []],
    ['beside INQ', () => [new INQScheduler({ steps: [0.5, 0.75, 0.875, 1], verbose: 0, whenStopped: 'keep' })]],
    ['beside surgery', () => [new SurgeryCallback({ targetSparsity: 0.5, verbose: 0, whenStopped: 'keep' })]],
    [
      'beside surgery that brings weights back',
      () => [new SurgeryCallback({ rate: 0.3, gamma: 0.1, endStep: 30, seed: 3, verbose: 0, whenStopped: 'keep' })],
    ],
  ])(
    'goes on %s after saving as if it had not been stopped, bit for bit',
    async (_, others: () => tfl.CustomCallback[]) => {
      const args = { ...fitArgs, epochs: 6 };
      const whole = smallModel();
      whole.compile({ optimizer: tf.train.momentum(0.02, 0.9), loss: 'meanSquaredError' });
      await whole.fit(x, y, { ...args, callbacks: [new AveragedWeights({ decay: 0.9 }), ...others()] });

      const first = smallModel();
      first.compile({ optimizer: tf.train.momentum(0.02, 0.9), loss: 'meanSquaredError' });
      const averaged = new AveragedWeights({ decay: 0.9 });
      let kept: NamedTensor[] = [];
      const file = new MemoryHandler();
      const onEpochEnd = async (epoch: number) => {
        if (epoch !== 2) return;
        kept = await averaged.getWeights();
        await first.save(file, { includeOptimizer: true });
        first.stopTraining = true;
      };
      await first.fit(x, y, { ...args, callbacks: [averaged, ...others(), new tfl.CustomCallback({ onEpochEnd })] });
      await expect(averaged.getWeights()).rejects.toThrow('getWeights() is for onEpochEnd');

      const second = await tfl.loadLayersModel(file);
      const later = new AveragedWeights({ decay: 0.9 });
      await later.setWeights(kept);
      await second.fit(x, y, { ...args, initialEpoch: 3, callbacks: [later, ...others()] });
      expect(weightsOf(second).map(bitsOf)).toEqual(weightsOf(whole).map(bitsOf));
    },
  );

  it('refuses what it cannot use', async () => {
    expect(() => new AveragedWeights({ decay: 1 })).toThrow('decay: expected a number from 0 to below 1, received 1.');
    const averaged = new AveragedWeights();
    await expect(averaged.setWeights([] as never)).rejects.toThrow('weights: expected what getWeights() gave');
    await averaged.setWeights([
      { name: 'iter', tensor: tf.scalar(3, 'int32') },
      { name: 'other', tensor: tf.zeros([2]) },
    ]);
    await expect(smallModel().fit(x, y, { ...fitArgs, callbacks: [averaged] })).rejects.toThrow(
      'setWeights: expected weights of shapes',
    );
  });
});

/** Batches of 16 examples, six of which are all there are, over and over. */
function repeated(count: number) {
  let at = 0;
  const next = async () => {
    if (at === count) return { done: true, value: undefined };
    const from = 16 * (at++ % 6);
    return { done: false, value: { xs: tf.slice(x, [from, 0], [16, -1]), ys: tf.slice(y, [from, 0], [16, -1]) } };
  };
  return { next };
}
