import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { isPowerOfTwoOrZero, sparsityOf } from '@tfjs-compress/math';
import { bitsOf, expectNoLeak, MemoryHandler, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AveragedWeights } from './AveragedWeights.js';
import { BestWeights } from './BestWeights.js';
import { ClipGradients } from './ClipGradients.js';
import type { NamedTensor } from './hookUpdates.js';
import { INQScheduler } from './INQScheduler.js';
import { learningRateOf, setLearningRate } from './optimizerState.js';
import { SurgeryCallback } from './SurgeryCallback.js';
import { WarmUp } from './WarmUp.js';

let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const fitArgs = { epochs: 3, batchSize: 16, shuffle: false, verbose: 0 as const };

/** What an optimizer is given at each step of a fit, and the learning rate it then has. */
async function updatesOf(callbacks: tfl.CustomCallback[], args: object = {}) {
  const model = smallModel();
  const optimizer = model.optimizer as tf.Optimizer;
  const seen: { rate: number; norm: number }[] = [];
  const stock = optimizer.applyGradients;
  optimizer.applyGradients = (gradients) => {
    const list = gradients as NamedTensor[];
    const norm = Math.hypot(...list.flatMap(({ tensor }) => [...tensor.dataSync()]));
    seen.push({ rate: learningRateOf(optimizer)!, norm });
    stock.call(optimizer, gradients);
  };
  const { history } = await model.fit(x, y, { ...fitArgs, ...args, callbacks });
  return { seen, history: history as Record<string, number[]>, rate: learningRateOf(optimizer)! };
}

describe('WarmUp', () => {
  it('multiplies each rate as LinearLR does, whatever schedule is beside it, and leaves the schedule its rates', async () => {
    const { seen, rate: base } = await updatesOf([]);
    const stepsPerEpoch = seen.length / 3;
    /** Halves the rate after each epoch, so that what it reads must be what it wrote. */
    const halving = () => {
      let optimizer: tf.Optimizer;
      const callback = new tfl.CustomCallback({
        onEpochEnd: async () => setLearningRate(optimizer, learningRateOf(optimizer)! / 2),
      });
      callback.setModel = (model) => {
        optimizer = (model as tfl.LayersModel).optimizer;
      };
      return callback;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (steps, f) => {
          const { seen, rate } = await updatesOf([new WarmUp({ steps, startFactor: f }), halving()]);
          seen.forEach((each, t) => {
            const scheduled = base / 2 ** Math.floor(t / stepsPerEpoch);
            expect(each.rate).toBeCloseTo(scheduled * (t < steps ? f + ((1 - f) * t) / steps : 1), 12);
          });
          expect(rate).toBe(base / 8);
        },
      ),
      { numRuns: 5 },
    );
    const late = await updatesOf([new WarmUp({ steps: stepsPerEpoch + 2, startFactor: 0 })], { initialEpoch: 1 });
    expect(late.seen[0].rate / base).toBeCloseTo(stepsPerEpoch / (stepsPerEpoch + 2));
    expect(late.seen[2].rate).toBe(base);
  });

  it('refuses what it cannot do before any work', () => {
    expect(() => new WarmUp({} as never)).toThrow('steps: expected an integer ≥ 1, received undefined.');
    expect(() => new WarmUp({ steps: 3, startFactor: 2 })).toThrow('startFactor: expected a number from 0 to 1');
    expect(() => new WarmUp({ step: 3 } as never)).toThrow("WarmUp has no option 'step'. Did you mean 'steps'?");
  });
});

describe('ClipGradients', () => {
  it('makes all gradients smaller by one factor, so that their norm is at most globalNorm', async () => {
    const plain = await updatesOf([], { epochs: 1 });
    const largest = Math.max(...plain.seen.map(({ norm }) => norm));
    const loose = await updatesOf([new ClipGradients({ globalNorm: 2 * largest })], { epochs: 1 });
    expect(loose.seen).toEqual(plain.seen);
    expect(loose.history.gradients_clipped).toEqual([0]);
    const mean = plain.seen.reduce((sum, { norm }) => sum + norm, 0) / plain.seen.length;
    expect(loose.history.gradient_norm[0]).toBeCloseTo(mean, 4);
    const tight = await updatesOf([new ClipGradients({ globalNorm: 1e-2 })]);
    for (const { norm } of tight.seen) expect(norm).toBeCloseTo(1e-2, 6);
    expect(tight.history.gradients_clipped).toEqual([1, 1, 1]);
  });

  it('equals torch.nn.utils.clip_grad_norm_ and tf.clip_by_global_norm on gradients 3 and 4', async () => {
    // clip_grad_norm_([3, 4], 1) gives [.6, .8], and so does clip_by_global_norm.
    const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [2], useBias: false })] });
    model.compile({ optimizer: tf.train.sgd(1), loss: (_, given) => tf.sum(given) });
    const before = weightsOf(model)[0];
    const input = tf.tensor2d([[3, 4]]);
    await model.fit(input, tf.zeros([1, 1]), { verbose: 0, callbacks: [new ClipGradients({ globalNorm: 1 })] });
    const after = weightsOf(model)[0];
    expect(before[0] - after[0]).toBeCloseTo(0.6, 5);
    expect(before[1] - after[1]).toBeCloseTo(0.8, 5);
  });

  it('keeps what the optimizer knows of each weight, beside one without a gradient', async () => {
    /** Adds nothing; its weight never gets a gradient. */
    class Unused extends tfl.layers.Layer {
      static className = 'Unused';
      override build() {
        this.addWeight('unused', [5], 'float32', tfl.initializers.ones());
        this.built = true;
      }
      override call(inputs: tf.Tensor | tf.Tensor[]) {
        return [inputs].flat()[0];
      }
      override computeOutputShape = (shape: tfl.Shape | tfl.Shape[]) => shape;
    }
    const trained = async (callbacks: () => tfl.CustomCallback[]) => {
      const { layers, optimizer, loss } = smallModel();
      const model = tfl.sequential({ layers: [new Unused({ inputShape: [8] }), ...layers] });
      model.compile({ optimizer, loss });
      await model.fit(x, y, fitArgs);
      await model.fit(x, y, { ...fitArgs, callbacks: callbacks() });
      return weightsOf(model).map(bitsOf);
    };
    expect(await trained(() => [new ClipGradients({ globalNorm: 1e6 })])).toEqual(await trained(() => []));
  });

  it('leaves nothing behind, in a fit that fails neither', async () => {
    const model = smallModel();
    const callbacks = () => [new ClipGradients({ globalNorm: 1 }), new WarmUp({ steps: 3 }), new AveragedWeights()];
    await model.fit(x, y, { ...fitArgs, callbacks: callbacks() });
    const stock = model.optimizer.applyGradients;
    await expectNoLeak(async () => void (await model.fit(x, y, { ...fitArgs, callbacks: callbacks() })));
    const fails = new tfl.CustomCallback({
      onBatchEnd: () => {
        throw new Error('on purpose');
      },
    });
    const failingFit = async (...aids: tfl.CustomCallback[]) => {
      const before = tf.memory().numTensors;
      await expect(model.fit(x, y, { ...fitArgs, callbacks: [...aids, fails] })).rejects.toThrow('on purpose');
      return tf.memory().numTensors - before;
    };
    // fit itself leaves its batch behind.
    expect(await failingFit(...callbacks())).toBe(await failingFit());
    expect(model.optimizer.applyGradients).toBe(stock);
    expect(() => new ClipGradients({ globalNorm: 0 })).toThrow('globalNorm: expected a positive number, received 0.');
  });
});

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

  it.each(['fit', 'fitDataset'] as const)('%s validates the average, and BestWeights keeps it', async (method) => {
    const model = smallModel();
    const averaged = new AveragedWeights({ decay: 0.99 });
    const best = new BestWeights({ verbose: 0 });
    const callbacks = [best, averaged];
    const batch = { xs: x, ys: y };
    const dataset = { size: 4, iterator: async () => once(4, batch), batchSize: null } as never;
    const { history } =
      method === 'fit'
        ? await model.fit(x, y, { ...fitArgs, validationData: [x, y], callbacks })
        : await model.fitDataset(dataset, { epochs: 3, verbose: 0, validationData: [x, y] as never, callbacks });
    const [loss] = [model.evaluate(x, y, { batchSize: 16 })].flat();
    expect(loss.dataSync()[0]).toBeCloseTo(Math.min(...(history.val_loss as number[])), 5);
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

/** `count` times the same batch. */
function once(count: number, batch: { xs: tf.Tensor; ys: tf.Tensor }) {
  let left = count;
  const next = async () =>
    left-- > 0
      ? { done: false, value: { xs: tf.clone(batch.xs), ys: tf.clone(batch.ys) } }
      : { done: true, value: undefined };
  return { next };
}
