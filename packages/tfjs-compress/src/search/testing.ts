import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { random } from '@tfjs-compress/math/internal';
import { estimatesOf } from './choices.js';
import { normal } from './normal.js';
import type { Baseline, SearchJob, TrialSpec } from './types.js';

/**
 * Three classes of points on a plane, told apart by a small net that is trained already.
 */
export interface TinyProblem {
  model: tfl.LayersModel;
  train: SearchJob['train'];
  evaluate: SearchJob['evaluate'];
  /** 1 for each right answer, 0 for a wrong one. */
  evaluateEach: (model: tfl.LayersModel) => Uint8Array;
  dispose(): void;
}

export async function tinyProblem(): Promise<TinyProblem> {
  const [x, y] = points(192, 1);
  const [valX, valY, valLabels] = points(200, 2);
  valY.dispose();
  const seeded = (seed: number) => ({ kernelInitializer: tfl.initializers.glorotUniform({ seed }) });
  const model = tfl.sequential({
    layers: [
      tfl.layers.dense({ name: 'hidden', units: 24, inputShape: [2], activation: 'relu', ...seeded(1) }),
      tfl.layers.dense({ name: 'middle', units: 24, activation: 'relu', ...seeded(2) }),
      tfl.layers.dense({ name: 'out', units: 3, activation: 'softmax', ...seeded(3) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
  await model.fit(x, y, { epochs: 25, batchSize: 32, shuffle: false, verbose: 0 });
  const evaluateEach: TinyProblem['evaluateEach'] = (given) => {
    const found = tf.tidy(() => tf.argMax(given.predict(valX) as tf.Tensor, 1).dataSync());
    return valLabels.map((label, i) => Number(label === found[i]));
  };
  const evaluate: TinyProblem['evaluate'] = (given) => {
    const right = evaluateEach(given).reduce((sum, each) => sum + each, 0);
    return { score: right / valLabels.length, examples: valLabels.length };
  };
  return {
    model,
    evaluate,
    evaluateEach,
    train: (given, { epochs, callbacks }) => given.fit(x, y, { epochs, callbacks, batchSize: 32, verbose: 0 }),
    dispose() {
      tf.dispose([x, y, valX]);
      model.dispose();
      model.optimizer.dispose();
    },
  };
}

function points(count: number, seed: number): [tf.Tensor2D, tf.Tensor2D, Uint8Array] {
  const xs = Float32Array.from({ length: 2 * count }, (_, i) => 4 * random(seed, i) - 2);
  const labels = Uint8Array.from({ length: count }, (_, i) => {
    const radius = Math.hypot(xs[2 * i], xs[2 * i + 1]);
    return radius < 0.9 ? 0 : xs[2 * i] > 0 ? 1 : 2;
  });
  const hot = Float32Array.from({ length: 3 * count }, (_, i) => Number(labels[Math.floor(i / 3)] === i % 3));
  return [tf.tensor2d(xs, [count, 2]), tf.tensor2d(hot, [count, 3]), labels];
}

/**
 * Normally distributed, without a tensor: no backend is there before a test file's tests
 * run.
 */
export function normalValues(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => normal(random(seed, i, 0), random(seed, i, 1)));
}

/**
 * Kernels of so many weights by their paths; the loss of a choice is its distortion times
 * `factorOf`.
 */
export function kernelsOfSizes(
  sizes: Record<string, number>,
  factorOf: (index: number) => number = () => 1,
): Baseline['kernels'] {
  const kernels = Object.entries(sizes).map(([path, weights], i) => {
    const choices = estimatesOf(normalValues(weights, i)).map(({ distortion, ...rest }) => ({
      ...rest,
      loss: factorOf(i) * distortion,
    }));
    return [path, { weights, positions: 1, choices }];
  });
  return Object.fromEntries(kernels);
}

/**
 * A made-up law instead of a training: the fewer weights, bits and epochs, the more is
 * lost.
 *
 * @param epochs Since the given model; more than 60 change nothing.
 */
export function madeUpTrial(baseline: Baseline, { plan, saveBits = 0 }: TrialSpec, epochs: number) {
  const kernels = Object.entries(plan).map(([path, { sparsity, bits }], i) => {
    const { weights } = baseline.kernels[path];
    const nonZeros = Math.max(1, Math.round((1 - saveBits) * (1 - sparsity) * weights));
    const loss =
      (i + 1) * 0.0015 * ((0.03 * weights) / nonZeros) ** 1.5 * (24 / Math.min(60, epochs)) ** 0.5 + 0.005 / bits ** 2;
    const sizeBytes = (nonZeros * (6 + bits)) / 8;
    return { path, loss, weights, nonZeros, levels: 2 ** (bits - 1), sizeBytes, probe: loss };
  });
  const sum = (pick: (kernel: (typeof kernels)[0]) => number) => kernels.reduce((total, each) => total + pick(each), 0);
  return {
    loss: sum(({ loss }) => loss),
    sizeBytes: Math.round(100 + sum((each) => each.sizeBytes)),
    kernels: Object.fromEntries(kernels.map(({ path, loss: _, ...figures }) => [path, figures])),
  };
}
