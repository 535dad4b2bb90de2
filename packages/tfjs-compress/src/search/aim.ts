import { floorOf, isDone, isWithin } from './ranking.js';
import { noiseOf } from './scoreOf.js';
import type { Goal } from './searchOptions.js';
import type { Baseline, DoneTrial, TrialResult } from './types.js';

/** The most that one trial is to change the cost by, as factors. */
const steps = { down: 0.5, up: 2.5 };
/**
 * Gives for a trial the factor of its kernels' cost with which it would just meet maxLoss
 * after another long trial. What a trial loses against the highest score so far is taken
 * to be inversely proportional to its cost and to the square root of its epochs. Each
 * trial that went on with it, or with its parent, and missed the goal halves the change,
 * in logarithms.
 *
 * @param longEpochs Of a long trial.
 */
export function aimFor(
  results: readonly TrialResult[],
  goal: Goal,
  baseline: Baseline,
  longEpochs: number,
): (trial: DoneTrial) => number {
  const done = results.filter(isDone);
  const top = Math.max(baseline.score, ...done.map(({ score }) => score));
  return (trial) => {
    const allowed = Math.max(leastOf(trial) / 2, top - floorOf(goal, baseline, trial));
    const epochs = epochsOf(trial, results);
    const factor = (lossOf(trial) / allowed) * Math.sqrt(epochs / (epochs + longEpochs));
    return Math.min(steps.up, Math.max(steps.down, factor)) ** (1 / 2 ** failuresBelow(trial));
  };

  function failuresBelow({ id, spec }: DoneTrial): number {
    const isMiss = (result: TrialResult) => !isDone(result) || !isWithin(result, goal, baseline);
    return results.filter(
      (each) =>
        [id, spec.parent].includes(each.spec.parent) && each.spec.parent !== 'start' && each.id !== id && isMiss(each),
    ).length;
  }

  function lossOf(trial: DoneTrial): number {
    return Math.max(leastOf(trial), top - trial.score);
  }

  /** Of a trial without a measurable loss, nothing says how small it may become. */
  function leastOf(trial: DoneTrial): number {
    return (trial.noise ?? noiseOf(trial)) / 2 || 1e-3 * Math.abs(baseline.score) || 1e-6;
  }
}

/** The trials that went on with it. */
export function childrenOf({ id }: DoneTrial, results: readonly TrialResult[]): TrialResult[] {
  return results.filter(({ spec }) => spec.parent === id);
}

/** Since the given model, those of earlier trials that it goes on from with them. */
function epochsOf({ spec }: TrialResult, results: readonly TrialResult[]): number {
  const parent = results.find(({ id }) => id === spec.parent);
  return spec.epochs.surgery + spec.epochs.quantize + (parent ? epochsOf(parent, results) : 0);
}
