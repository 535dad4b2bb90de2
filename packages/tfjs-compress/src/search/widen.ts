import { random } from '@tfjs-compress/math/internal';
import { fewest, withFewerBits, withMoreBits } from './changePlan.js';
import { type CostOf, choosePlan } from './choosePlan.js';
import { normal } from './normal.js';
import { type Proposal, scaledProposal } from './propose.js';
import { costOf, isWithin, ranked } from './ranking.js';
import type { Goal } from './searchOptions.js';
import type { Baseline, DoneTrial, Plan, TrialResult } from './types.js';

/** Of the results, the best ones that variations begin with. */
const parentPart = 1 / 8;
/**
 * Standard deviation of the logarithm by which a kernel's share of what is left varies.
 */
const spread = 0.3;

/**
 * Proposals without end, for generations that are wider than what `propose` thinks of:
 * seeded variations of the measured sensitivities at first, then of the best results,
 * better ones more often.
 *
 * @param before Results of earlier generations; none for the first one.
 */
export function* widen(
  before: readonly TrialResult[],
  goal: Goal,
  baseline: Baseline,
  seed: number,
  generation: number,
): Generator<Proposal> {
  const order = ranked(before, goal, baseline);
  // All failed: there is nothing to begin with.
  if (before.length > 0 && order.length === 0) return;
  const parents = order.slice(0, Math.max(4, Math.ceil(parentPart * order.length)));
  for (let index = 0; ; index++) {
    const draw = (k: number) => random(seed, generation, index, k);
    yield order.length === 0
      ? first(goal, baseline, draw)
      : variation(parents[Math.floor(parents.length * draw(0) ** 2)], goal, baseline, draw);
  }
}

type Draw = (k: number) => number;

function first(goal: Goal, baseline: Baseline, draw: Draw): Proposal {
  const target =
    goal.within === 'score' ? baseline.sizeBytes / between(4, 256, draw(0)) : goal.limit * between(0.5, 1.2, draw(0));
  const plan = choosePlan(baseline, choiceCost(goal, baseline), target);
  return { plan: varied(plan, (path) => fewest / baseline.kernels[path].weights, draw), parent: 'start' };
}

function variation(trial: DoneTrial, goal: Goal, baseline: Baseline, draw: Draw): Proposal {
  const scaled = scaledProposal(trial, factorOf(trial, goal, baseline, draw(1)), goal, baseline);
  const { kernels } = trial;
  const plan = varied(scaled.plan, (path) => Math.min(fewest, kernels[path].nonZeros) / kernels[path].weights, draw);
  return { ...scaled, plan };
}

/**
 * The plan with another share of what is left in each kernel, and sometimes other bits in
 * one.
 */
function varied(plan: Plan, leastOf: (path: string) => number, draw: Draw): Plan {
  const paths = Object.keys(plan);
  const kernels = paths.map((path, i): [string, Plan[string]] => {
    // Draws below 10 are used elsewhere.
    const deviation = spread * normal(draw(10 + 2 * i), draw(11 + 2 * i));
    const kept = (1 - plan[path].sparsity) * Math.exp(deviation);
    return [path, { ...plan[path], sparsity: 1 - Math.min(1, Math.max(leastOf(path), kept)) }];
  });
  const changeBits = draw(2) < 0.25 ? withFewerBits : draw(2) < 0.35 ? withMoreBits : undefined;
  const result = Object.fromEntries(kernels);
  return changeBits?.(result, paths[Math.floor(paths.length * draw(3))]) ?? result;
}

/** What is asked of all kernels together, as a factor of what the trial costs. */
function factorOf(trial: DoneTrial, goal: Goal, baseline: Baseline, u: number): number {
  const inside = isWithin(trial, goal, baseline);
  if (goal.within === 'score') return inside ? between(0.45, 1, u) : between(0.9, 2, u);
  const room = goal.limit / costOf(trial, goal);
  return inside ? between(0.8, Math.max(0.9, 0.98 * room), u) : between(0.75 * room, 0.98 * room, u);
}

/** What a plan costs by the baseline's estimates. */
export function choiceCost({ cost }: Goal, { kernels }: Baseline): CostOf {
  return (path, choice) => {
    if (cost === 'sizeBytes') return choice.sizeBytes;
    const { weights, positions = 0 } = kernels[path];
    // Bytes only decide between equal ones.
    return (1 - choice.sparsity) * weights * positions + 1e-3 * choice.sizeBytes;
  };
}

/** Uniform in the logarithm. */
function between(low: number, high: number, u: number): number {
  return low * (high / low) ** u;
}
