import { familyOf } from './family.js';
import { floorOf, isDone, isWithin } from './ranking.js';
import { noiseOf } from './scoreOf.js';
import type { Goal } from './searchOptions.js';
import type { Baseline, DoneTrial, TrialResult } from './types.js';

/** By which factor the cost of a trial's kernels is to change for another long trial. */
export interface Aim {
  /** Of a plan. */
  factor: number;
  /** What would just meet maxLoss, however far that is. */
  needed: number;
}

/**
 * The most that one trial is to change the cost by, as factors. What seems to have lost
 * less than a standard error may have been lucky, and says less about how small it may
 * become.
 */
const steps = { down: 0.5, cautious: 0.65, up: 2.5 };

/** Whether a trial that missed the goal is too far from it for one trial to make up. */
export function isFarOff({ needed }: Aim): boolean {
  return needed > steps.up;
}

/**
 * Gives for a trial the factor of its kernels' cost with which it would just meet maxLoss
 * after another long trial. What a trial loses against the highest score so far is taken
 * to be inversely proportional to its cost and to the square root of its epochs. Each
 * trial that went on with it, or with its parent, in as many bits, and missed the goal
 * halves the change, in logarithms.
 *
 * @param longEpochs Of a long trial.
 */
export function aimFor(
  results: readonly TrialResult[],
  goal: Goal,
  baseline: Baseline,
  longEpochs: number,
): (trial: DoneTrial) => Aim {
  const done = results.filter(isDone);
  const { parentOf, childrenOf, epochsOf } = familyOf(results);
  const top = Math.max(baseline.score, ...done.map(({ score }) => score));
  return (trial) => {
    const allowed = Math.max(leastOf(trial) / 2, top - floorOf(goal, baseline, trial));
    const epochs = epochsOf(trial);
    const needed = (lossOf(trial) / allowed) * Math.sqrt(epochs / (epochs + longEpochs));
    const least = top - trial.score < knownNoise(trial) ? steps.cautious : steps.down;
    const factor = Math.min(steps.up, Math.max(least, needed)) ** (1 / 2 ** failuresBelow(trial));
    return { factor, needed };
  };

  function failuresBelow(trial: DoneTrial): number {
    const parent = parentOf(trial);
    const others = parent ? childrenOf(parent).filter(({ id }) => id !== trial.id) : [];
    const isMiss = (result: TrialResult) =>
      bitsOf(result) === bitsOf(trial) && (!isDone(result) || !isWithin(result, goal, baseline));
    return [...childrenOf(trial), ...others].filter(isMiss).length;
  }

  function lossOf(trial: DoneTrial): number {
    return Math.max(leastOf(trial), top - trial.score);
  }

  /** Of a trial without a measurable loss, nothing says how small it may become. */
  function leastOf(trial: DoneTrial): number {
    return knownNoise(trial) / 2 || 1e-3 * Math.abs(baseline.score) || 1e-6;
  }
}

function bitsOf({ spec }: TrialResult): string {
  return Object.values(spec.plan)
    .map(({ bits }) => bits)
    .join();
}

/** 0 where it is not known. */
function knownNoise(trial: DoneTrial): number {
  return trial.noise ?? noiseOf(trial);
}
