import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { bitsOf, expectNoLeak, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AveragedWeights } from './AveragedWeights.js';
import { ClipGradients } from './ClipGradients.js';
import type { NamedTensor } from './hookUpdates.js';
import { learningRateOf, setLearningRate } from './optimizerState.js';
import { WarmUp } from './WarmUp.js';

let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const fitArgs = { epochs: 3, batchSize: 16, shuffle: false, verbose: 0 as const };

/**
 * What an optimizer is given at each step of a fit, and the learning rate it then has.
 */
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
    const stock = model.optimizer.applyGradients;
    await model.fit(x, y, { ...fitArgs, callbacks: callbacks() });
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
