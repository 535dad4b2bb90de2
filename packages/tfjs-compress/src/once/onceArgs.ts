import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Selection } from '@tfjs-compress/layers';
import { check, checkInteger, checkOneOf, checkSignal, resolveOptions } from '@tfjs-compress/math/internal';
import type { Levels } from './grids.js';
import { inputNamesOf } from './inputNamesOf.js';
import type { Goal } from './runOnce.js';

/**
 * One tensor for a model of one input; for more a list, or an object by the inputs'
 * names. Examples along the first axis.
 */
export type Examples = tf.Tensor | tf.Tensor[] | Record<string, tf.Tensor>;

/** What `overrides` may say of some layers. */
export interface OnceOverride {
  /** 2 to 8. */
  bits?: number;
}

export interface CompressOnceOptions extends Pick<Selection<OnceOverride>, 'include' | 'exclude'> {
  /**
   * Bits a weight, 2 to 8, on `levels`. One of bits, targetSparsity and maxLoss has to be
   * given.
   */
  bits?: number;
  /**
   * With bits: 'powerOfTwo' (0 and ±2^k, INQ's levels, default) or 'uniform' (equally
   * spaced levels around 0; at 8 bits what is called int8 or uint8 elsewhere).
   */
  levels?: Levels;
  /**
   * With bits: other numbers of them for some of the layers, by selector, such as `{
   * 'DepthwiseConv2D': { bits: 8 } }`; or `{ skip: true }`. A later entry wins over an
   * earlier one.
   */
  overrides?: Selection<OnceOverride>['overrides'];
  /** The share of every kernel's weights that becomes 0, from above 0 to below 1. */
  targetSparsity?: number;
  /**
   * The smallest model is looked for whose score is lower by so much at most: powers of
   * two in 3, 4 and 5 bits, then 6 and 8 bits of 'uniform', each compressed anew from the
   * given model until one is good enough. So it takes up to five times as long as `bits`.
   */
  maxLoss?: number;
  /**
   * With maxLoss: a model's score, higher is better. Default: on a fifth of the examples,
   * which are then not compressed with (all, where there are fewer than ten), how often
   * the model decides as the given one does (classes: the largest output), or for other
   * outputs the share of their variance that it keeps; at most 1.
   */
  evaluate?: (model: LayersModel) => number | Promise<number>;
  /** How many examples are computed at a time, default 32. Memory grows with it. */
  batchSize?: number;
  /**
   * Ends the work: the promise rejects with the signal's reason, and nothing is left
   * behind.
   */
  signal?: AbortSignal;
  /** Gets how much is done, from 0 to 1. */
  onProgress?: (fraction: number) => void;
}

const defaults: CompressOnceOptions = {
  bits: undefined,
  levels: undefined,
  targetSparsity: undefined,
  maxLoss: undefined,
  evaluate: undefined,
  include: undefined,
  exclude: undefined,
  overrides: undefined,
  batchSize: 32,
  signal: undefined,
  onProgress: undefined,
};

/** @throws ArgumentError, or Error for an option that is not known. */
export function checkOnceArgs(given: CompressOnceOptions): CompressOnceOptions & { goal?: Goal } {
  const options = resolveOptions('compressOnce()', given ?? {}, defaults);
  const { bits, levels, targetSparsity, maxLoss, evaluate, overrides, batchSize, signal, onProgress } = options;
  const goals = Object.entries({ bits, targetSparsity, maxLoss }).filter(([, value]) => value !== undefined);
  const received = goals.length === 0 ? 'none of them' : goals.map(([name]) => name).join(' and ');
  check(goals.length === 1, 'compressOnce()', 'options with one of bits, targetSparsity and maxLoss', received);
  if (bits !== undefined) checkInteger(bits, 'bits', 2, 8);
  if (levels !== undefined) checkOneOf(levels, ['powerOfTwo', 'uniform'], 'levels');
  check(levels === undefined || bits !== undefined, 'levels', 'nothing without bits', levels);
  check(overrides === undefined || bits !== undefined, 'overrides', 'nothing without bits', overrides);
  for (const [selector, own] of Object.entries(overrides ?? {}))
    if (own?.bits !== undefined) checkInteger(own.bits, `overrides['${selector}']: bits`, 2, 8);
  const isShare = (value: number) => value > 0 && value < 1;
  check(
    targetSparsity === undefined || isShare(targetSparsity),
    'targetSparsity',
    'a share above 0 and below 1',
    targetSparsity,
  );
  check(maxLoss === undefined || (Number.isFinite(maxLoss) && maxLoss >= 0), 'maxLoss', 'a number ≥ 0', maxLoss);
  check(evaluate === undefined || typeof evaluate === 'function', 'evaluate', 'a function', evaluate);
  check(evaluate === undefined || maxLoss !== undefined, 'evaluate', 'nothing without maxLoss', evaluate);
  checkInteger(batchSize, 'batchSize', 1);
  checkSignal(signal);
  check(onProgress === undefined || typeof onProgress === 'function', 'onProgress', 'a function', onProgress);
  if (bits !== undefined) return { ...options, goal: { levels: levels ?? 'powerOfTwo', bits } };
  return targetSparsity !== undefined ? { ...options, goal: { sparsity: targetSparsity } } : options;
}

/**
 * The examples as a tensor for each input.
 *
 * @throws ArgumentError when they do not fit the model, are none, or hold values that are
 *   not finite.
 */
export async function checkExamples(model: LayersModel, examples: Examples): Promise<tf.Tensor[]> {
  const names = inputNamesOf(model);
  const tensors = inInputOrder(names, examples);
  const [{ shape: first }] = tensors;
  for (const [i, tensor] of tensors.entries()) {
    const name = tensors.length === 1 ? 'examples' : `examples of input '${names[i]}'`;
    const expected = model.inputs[i].shape;
    const fits =
      tensor.rank === expected.length &&
      expected.slice(1).every((size, d) => size === null || size === tensor.shape[d + 1]);
    check(
      fits,
      name,
      `a tensor of shape ${shown(expected)}`,
      `one of shape ${shown(tensor.shape)}${hint(model, tensor, expected)}`,
    );
    check(tensor.shape[0] > 0, name, 'at least one example', 'none');
    check(
      tensor.shape[0] === first[0],
      name,
      `as many examples as input '${names[0]}' has, ${first[0]}`,
      tensor.shape[0],
    );
    const fixed = expected[0] ?? 1;
    check(
      tensor.shape[0] % fixed === 0,
      name,
      `a multiple of the model's batch size, ${fixed} examples`,
      tensor.shape[0],
    );
    if (tensor.dtype !== 'float32') continue;
    const values = await tensor.data();
    let sum = 0;
    // 0 for what is finite, else NaN.
    for (let v = 0; v < values.length; v++) sum += values[v] * 0;
    check(sum === 0, name, 'finite values', 'some that are NaN or infinite');
  }
  return tensors;
}

function inInputOrder(names: string[], examples: Examples): tf.Tensor[] {
  const expected =
    names.length === 1
      ? 'a tensor of examples'
      : `a tensor for each of the inputs '${names.join("', '")}', in a list or by name`;
  check(examples !== null && typeof examples === 'object', 'examples', expected, examples);
  let list: tf.Tensor[];
  if (examples instanceof tf.Tensor) list = [examples];
  else if (Array.isArray(examples)) list = examples;
  else {
    const byName: Record<string, tf.Tensor> = examples;
    const unknown = Object.keys(byName).find((name) => !names.includes(name));
    check(unknown === undefined, 'examples', expected, `one for '${unknown}', which is no input`);
    const missing = names.find((name) => byName[name] === undefined);
    check(missing === undefined, 'examples', expected, `none for '${missing}'`);
    list = names.map((name) => byName[name]);
  }
  const labels = list.length === 2 && names.length === 1 ? ' (the labels are not needed: give the inputs alone)' : '';
  check(list.length === names.length, 'examples', expected, `${list.length} tensors${labels}`);
  const odd = list.find((each) => !(each instanceof tf.Tensor));
  check(odd === undefined, 'examples', expected, odd);
  return list;
}

/** What may have been mixed up where a shape does not fit. */
function hint({ outputs }: LayersModel, { shape, rank }: tf.Tensor, expected: (number | null)[]): string {
  const last = outputs[0].shape[outputs[0].shape.length - 1];
  const isLabels = rank === 1 || (rank === 2 && shape[1] === last);
  if (isLabels && expected.length !== rank) return ' (are these the labels? The inputs are wanted)';
  const isSingle =
    rank === expected.length - 1 && expected.slice(1).every((size, d) => size === null || size === shape[d]);
  return isSingle ? ' (a single example? Put it into a batch with tf.expandDims)' : '';
}

function shown(shape: (number | null)[]): string {
  return `[${shape.map((size) => size ?? 'any').join(', ')}]`;
}
