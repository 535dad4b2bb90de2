import type { Optimizer } from '@tensorflow/tfjs-core';
import type { Selection } from '@tfjs-compress/layers';
import { checkSelectors } from '@tfjs-compress/layers/internal';
import { check, checkInteger, checkKnownOptions, checkOneOf, checkSignal } from '@tfjs-compress/math/internal';

/** Options that both callbacks take. */
export interface CompressionCallbackArgs<Override> extends Selection<Override> {
  /**
   * What to do when training ends before the plan does (earlyStopping, stopTraining, a
   * plan for several fits): 'finish' it at once (default), or 'keep' what is done, on the
   * model, so that a later fit with the same options goes on from there.
   */
  whenStopped?: 'finish' | 'keep';
  /**
   * Take weights that are exactly 0 for pruned ones: for a model that something else has
   * pruned. Default false: zeros are pruned weights where SurgeryCallback, or the command
   * line, pruned them; others are trained.
   */
  keepZeros?: boolean;
  /**
   * For a stop button: when it is aborted, fit ends after the current batch, as with
   * `model.stopTraining = true`, and whenStopped decides what becomes of the plan.
   * Default none.
   */
  signal?: AbortSignal;
  /** Seed of all random choices. Default 0. */
  seed?: number;
  /**
   * 0 silent, 1 a line for every epoch and a table at the end (default), 2 a line for
   * every step of the method too.
   */
  verbose?: 0 | 1 | 2;
}

/** The options as they are used. */
export type CommonOptions = Required<
  Pick<CompressionCallbackArgs<object>, 'whenStopped' | 'keepZeros' | 'seed' | 'verbose'>
> &
  Pick<CompressionCallbackArgs<object>, 'signal'> &
  Selection<object>;

export const commonDefaults = {
  include: undefined,
  exclude: undefined,
  overrides: undefined,
  whenStopped: 'finish',
  keepZeros: false,
  signal: undefined,
  seed: 0,
  verbose: 1,
} as const;

/** @throws ArgumentError */
export function checkCommonOptions(options: CommonOptions): void {
  const { whenStopped, keepZeros, signal, seed, verbose, include, exclude, overrides } = options;
  checkOneOf(whenStopped, ['finish', 'keep'], 'whenStopped');
  check(typeof keepZeros === 'boolean', 'keepZeros', 'a boolean', keepZeros);
  checkSignal(signal);
  check(Number.isInteger(seed), 'seed', 'an integer', seed);
  checkOneOf(verbose, [0, 1, 2], 'verbose');
  if (include !== undefined) checkSelectors(include, 'include');
  if (exclude !== undefined) checkSelectors(exclude, 'exclude');
  const isMap = overrides !== null && typeof overrides === 'object' && !Array.isArray(overrides);
  check(overrides === undefined || isMap, 'overrides', 'an object with selectors as keys', overrides);
}

/** What a loop of one's own says of itself. */
export interface LoopParams {
  /** Epochs of the whole training, a positive integer. */
  epochs: number;
  /** Optimizer steps in an epoch. */
  stepsPerEpoch: number;
  /** The first epoch of this loop, when an earlier one was kept. Default 0. */
  initialEpoch?: number;
  /** For resetLearningRate: the optimizer, where the model is not compiled with it. */
  optimizer?: Optimizer;
}

/** @throws ArgumentError */
export function checkLoopParams(params: LoopParams): void {
  check(params !== null && typeof params === 'object', 'begin: params', '{ epochs, stepsPerEpoch }', params);
  checkKnownOptions(params, ['epochs', 'stepsPerEpoch', 'initialEpoch', 'optimizer'], 'begin()');
  checkInteger(params.epochs, 'begin: epochs', 1);
  checkInteger(params.stepsPerEpoch, 'begin: stepsPerEpoch', 1);
  checkInteger(params.initialEpoch ?? 0, 'begin: initialEpoch', 0, params.epochs - 1);
}
