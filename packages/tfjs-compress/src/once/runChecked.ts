import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { strip } from '@tfjs-compress/layers';
import { outputsOf } from './agreement.js';
import { disposeModel } from './disposeModel.js';
import { part } from './part.js';
import { plainly } from './plainly.js';
import { type Goal, type Run, type RunOptions, runOnce } from './runOnce.js';

/** From so many examples on, they are taken to be enough. */
const many = 100;

const note =
  'So few examples would be fitted too closely: each weight was rounded or pruned by itself, which is likely to be nearer to the given model on other inputs.';

/**
 * What runOnce() makes of a model, or, of few examples, what it becomes without them,
 * if that is likely to be nearer to it on other inputs. Of that the error on the examples
 * tells too little, and the error on one half after compressing with the other too much.
 * Where p weights are fitted to n examples by least squares, the errors are
 * proportional to 1 - p / n and 1 + 2 p / n, and that on other inputs to 1 + p / n: a
 * third of the first and two thirds of the second.
 */
export async function runChecked(
  model: LayersModel,
  examples: tf.Tensor[],
  goal: Goal,
  options: RunOptions,
): Promise<Run> {
  const fixed = model.inputs[0].shape[0] ?? 1;
  const count = examples[0].shape[0];
  const half = fixed * Math.ceil(count / fixed / 2);
  if (count >= many || half === count) return runOnce(model, examples, goal, options);
  const halves = [part(examples, 0, half), part(examples, half, count - half)];
  const disposed: LayersModel[] = [];
  try {
    // Of the given model, stateful layers would keep something of what it is asked.
    const original = strip(model);
    disposed.push(original);
    const plain = plainly(model, goal, options.select);
    disposed.push(plain);
    const errorOn = (each: LayersModel, inputs: tf.Tensor[]) => errorOf(each, original, inputs, options.batchSize);
    let [own, plainError] = [0, 0];
    for (const [i, used] of halves.entries()) {
      const { model: small } = await runOnce(model, used, goal, within(options, i / 4, 1 / 4));
      disposed.push(small);
      own += (await errorOn(small, halves[1 - i])) / 3;
      plainError += (await errorOn(plain, halves[1 - i])) / 2;
    }
    const run = await runOnce(model, examples, goal, within(options, 1 / 2, 1 / 2));
    disposed.push(run.model);
    own += (await errorOn(run.model, examples)) / 3;
    const result = plainError < own ? { model: plain, notes: [...run.notes, note] } : run;
    disposed.splice(disposed.indexOf(result.model), 1);
    return result;
  } finally {
    for (const each of disposed) disposeModel(each);
    tf.dispose(halves);
  }
}

/** Options of a part of the work. */
function within(options: RunOptions, from: number, share: number): RunOptions {
  const { onProgress } = options;
  return { ...options, onProgress: onProgress && ((done) => onProgress(from + share * done)) };
}

/** The sum over the outputs of Σ (y - ŷ)² / Σ y². */
async function errorOf(
  model: LayersModel,
  original: LayersModel,
  inputs: tf.Tensor[],
  batchSize: number,
): Promise<number> {
  for (const each of [model, original]) each.resetStates();
  const [given, wanted] = [model, original].map((each) => outputsOf(each, inputs, batchSize));
  try {
    let sum = 0;
    for (const [i, output] of wanted.entries()) {
      const [error, power] = tf.tidy(() => [tf.sum(tf.squaredDifference(output, given[i])), tf.sum(tf.square(output))]);
      try {
        sum += (await error.data())[0] / Math.max((await power.data())[0], Number.MIN_VALUE);
      } finally {
        tf.dispose([error, power]);
      }
    }
    return sum;
  } finally {
    tf.dispose([given, wanted]);
    model.resetStates();
  }
}
