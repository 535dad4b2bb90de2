import { check, checkInteger, resolveOptions } from '@tfjs-compress/math/internal';

/** Options of a search that decide its result, as plain JSON. */
export interface SearchOptions {
  /**
   * How much of the given model's score, on `evaluate`, may be lost. The smallest file
   * within it is looked for. Where chance is known (see `evaluate`), the loss has to be
   * lower by three quarters of a standard error, at most by half of maxLoss. With a
   * negative one, the score has to be higher by so much. Default .005, unless one of the
   * other two is given.
   */
  maxLoss?: number;
  /** Bytes of the file. The highest score within them is looked for. */
  maxBytes?: number;
  /**
   * Multiplications for one example by weights that are not 0: the highest score within
   * them.
   */
  maxMultiplyAdds?: number;
  /**
   * Ends the search with what it has by then. A search that is stopped and gone on with
   * counts the time of its finished trials. Default: no limit.
   */
  minutes?: number;
  /**
   * How many trials. Default 14 with a width of 6, and in proportion with another; with
   * `minutes` as many as there is time for.
   */
  trials?: number;
  /**
   * Epochs of a long trial, pruning and quantization together; first ones are shorter.
   * Default 18, fewer where an epoch has more than 165 steps: then some 3,000 steps, at
   * least 4 epochs. With `minutes` such that some ten long trials have time.
   */
  epochs?: number;
  /**
   * Trials of the first generation; the second has a third of that, the others a sixth. A
   * generation can keep so many workers busy. Default 6.
   */
  width?: number;
  /** Of all random choices. Default 0. */
  seed?: number;
}

/**
 * What is to be small, and what it is to be within. `margin` is that for chance, in
 * standard errors; undefined is what a result needs.
 */
export type Goal =
  | { within: 'score'; maxLoss: number; margin?: number; cost: 'sizeBytes' }
  | { within: 'cost'; limit: number; cost: 'sizeBytes' | 'multiplyAdds' };

/** The options as they are used. */
export interface ResolvedSearch {
  goal: Goal;
  minutes: number | undefined;
  trials: number | undefined;
  epochs: number | undefined;
  width: number;
  seed: number;
}

const defaultTrials = 14;
export const defaultWidth = 6;

/** Of which a search has one. */
const goalNames = ['maxLoss', 'maxBytes', 'maxMultiplyAdds'] as const;

const defaults: Record<keyof SearchOptions, any> = {
  maxLoss: undefined,
  maxBytes: undefined,
  maxMultiplyAdds: undefined,
  minutes: undefined,
  trials: undefined,
  epochs: undefined,
  width: defaultWidth,
  seed: 0,
};

/** Names of the options, for those who hand on a part of others. */
export const searchOptionNames = Object.keys(defaults) as (keyof SearchOptions)[];

/**
 * Options with others in their place; a goal that is given takes the place of every other
 * goal.
 */
export function replaceOptions(options: SearchOptions, given: SearchOptions): SearchOptions {
  const kept = { ...options };
  if (goalNames.some((name) => given[name] !== undefined)) for (const name of goalNames) delete kept[name];
  return { ...kept, ...given };
}

/** @throws ArgumentError, or Error for an unknown option. */
export function resolveSearchOptions(given: SearchOptions): ResolvedSearch {
  const options = resolveOptions('compress', given, defaults);
  const { minutes, epochs, width, seed } = options;
  const goals = goalNames.filter((name) => options[name] !== undefined);
  const expected = 'one of maxLoss, maxBytes and maxMultiplyAdds';
  check(goals.length < 2, 'compress', expected, goals.join(' and '));
  const positive = (name: keyof SearchOptions) => {
    const value = options[name];
    if (value === undefined) return;
    check(typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY, name, 'a number > 0', value);
  };
  for (const name of ['maxBytes', 'maxMultiplyAdds', 'minutes'] as const) positive(name);
  const { maxLoss = 0.005 } = options;
  check(typeof maxLoss === 'number' && Number.isFinite(maxLoss), 'maxLoss', 'a finite number', maxLoss);
  if (options.trials !== undefined) checkInteger(options.trials, 'trials', 1);
  if (epochs !== undefined) checkInteger(epochs, 'epochs', 2);
  checkInteger(width, 'width', 1);
  check(Number.isInteger(seed), 'seed', 'an integer', seed);
  const byWidth = Math.max(1, Math.round((defaultTrials * width) / defaultWidth));
  const trials = options.trials ?? (minutes === undefined ? byWidth : undefined);
  return { goal: goalOf(options, maxLoss), minutes, trials, epochs, width, seed };
}

function goalOf({ maxBytes, maxMultiplyAdds }: SearchOptions, maxLoss: number): Goal {
  if (maxBytes !== undefined) return { within: 'cost', limit: maxBytes, cost: 'sizeBytes' };
  if (maxMultiplyAdds !== undefined) return { within: 'cost', limit: maxMultiplyAdds, cost: 'multiplyAdds' };
  return { within: 'score', maxLoss, cost: 'sizeBytes' };
}
