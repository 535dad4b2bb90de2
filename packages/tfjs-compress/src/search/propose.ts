import { type Aim, aimFor, isFarOff } from './aim.js';
import { scaledPlan, withFewerBits, withMoreBits } from './changePlan.js';
import { familyOf } from './family.js';
import { costOf, floorOf, isWithin, ranked } from './ranking.js';
import { noiseOf } from './scoreOf.js';
import type { Goal } from './searchOptions.js';
import type { Baseline, DoneTrial, Plan, TrialResult } from './types.js';

/** A trial that might be worth its time. */
export interface Proposal {
  plan: Plan;
  /** A trial's id, or 'start'. */
  parent: string;
}

/** Changes of the cost below this are none: the logarithm of the factor. */
const negligible = 0.1;

/**
 * What to try next, the most promising first, given the results so far. For a maxLoss:
 * each trial gone on with, made as small as it may become without losing more than that;
 * once, fewer bits. Of those that lost too much, only what one trial may make up for is
 * gone on with, as soon as there is one within the goal. Within a cost: more training, at
 * the limit.
 *
 * @param longEpochs Of a long trial.
 */
export function propose(
  results: readonly TrialResult[],
  goal: Goal,
  baseline: Baseline,
  longEpochs: number,
): Proposal[] {
  const order = ranked(results, goal, baseline);
  if (order.length === 0) return [];
  const [best] = order;
  const inside = order.filter((result) => isWithin(result, goal, baseline));
  const outside = order.filter((result) => !isWithin(result, goal, baseline));
  const scaled = (trial: DoneTrial, factor: number) => scaledProposal(trial, factor, goal, baseline);
  const again = (trial: DoneTrial): Proposal => ({ plan: trial.spec.plan, parent: trial.id });
  const { childrenOf, parentOf } = familyOf(results);
  if (goal.within === 'score') {
    const aim = aimFor(results, goal, baseline, longEpochs);
    const isFresh = (trial: DoneTrial) => childrenOf(trial).length === 0;
    // What is far off would not meet the goal after one trial, however small it is: then
    // what misses it least comes first.
    const promise = (each: Aim & { trial: DoneTrial }) =>
      isFarOff(each) ? each.needed : each.factor * costOf(each.trial, goal);
    const aimed = order
      .map((trial) => ({ trial, ...aim(trial) }))
      .filter(({ trial, ...each }) => {
        if (inside.includes(trial)) return each.factor < 1 || isFresh(trial);
        const isHopeless = isStuck(trial, parentOf(trial), floorOf(goal, baseline, trial));
        return isFresh(trial) && !isHopeless && (inside.length === 0 || !isFarOff(each));
      })
      .sort((a, b) => Number(isFarOff(a)) - Number(isFarOff(b)) || promise(a) - promise(b))
      .map(({ trial, factor }) => (Math.abs(Math.log(factor)) < negligible ? again(trial) : scaled(trial, factor)));
    if (inside.length === 0) return [...aimed, scaled(best, 1.5), scaled(best, 2.5)];
    const bits = bitsOf(best, 'fewer');
    const fewest = Math.min(...order.map(({ spec }) => bitsIn(spec.plan)));
    const isNew = ({ plan }: Proposal) => bitsIn(plan) < fewest;
    return [...bits.slice(0, 1).filter(isNew), ...aimed, ...bits, again(best)];
  }
  if (inside.length === 0)
    return [0.97, 0.85, 0.7].map((margin) => scaled(best, (margin * goal.limit) / costOf(best, goal)));
  const room = goal.limit / costOf(best, goal);
  const toLimit = outside
    .filter(({ score }) => score > best.score)
    .map((each) => scaled(each, (0.97 * goal.limit) / costOf(each, goal)));
  const wider = room > 1.03 ? [scaled(best, 0.97 * room)] : [];
  const more = isAgain(best, parentOf(best)) ? [...traded(), again(best)] : [again(best), ...traded()];
  return [...toLimit.slice(0, 1), ...wider, ...more, scaled(best, 0.9)];

  /** Bits against weights, at the same cost. */
  function traded(): Proposal[] {
    return [...bitsOf(best, 'more'), ...bitsOf(best, 'fewer')].map(({ plan }) => {
      const bits = (path: string) => Math.min(plan[path].bits, 8) / Math.min(best.spec.plan[path].bits, 8);
      const cost = Object.keys(best.kernels).reduce(
        (sum, path) => sum + kernelCost(best, path, goal, baseline) * bits(path) ** 0.4,
        0,
      );
      const now = Object.keys(best.kernels).reduce((sum, path) => sum + kernelCost(best, path, goal, baseline), 0);
      return scaled({ ...best, spec: { ...best.spec, plan } }, now / cost);
    });
  }
}

/**
 * Whether going on with a parent that missed the goal brought a trial little nearer to
 * it.
 */
function isStuck(trial: DoneTrial, parent: TrialResult | undefined, floor: number): boolean {
  const missing = parent?.status === 'done' ? floor - parent.score : 0;
  return missing > 0 && floor - trial.score > 0.75 * missing;
}

/** Whether a trial has its parent's plan. */
function isAgain({ spec }: DoneTrial, parent: TrialResult | undefined): boolean {
  return JSON.stringify(parent?.spec.plan) === JSON.stringify(spec.plan);
}

function bitsIn(plan: Plan): number {
  return Object.values(plan).reduce((sum, { bits }) => sum + bits, 0);
}

/**
 * One bit less, or more, in all kernels; then in the one that takes most bytes, then in
 * the next.
 */
function bitsOf(best: DoneTrial, direction: 'fewer' | 'more'): Proposal[] {
  const change = direction === 'fewer' ? withFewerBits : withMoreBits;
  const paths = Object.keys(best.kernels).sort((a, b) => best.kernels[b].sizeBytes - best.kernels[a].sizeBytes);
  const everywhere = paths.reduce((plan, path) => change(plan, path) ?? plan, best.spec.plan);
  const plans = [everywhere, ...paths.slice(0, 3).map((path) => change(best.spec.plan, path))];
  const changed = plans.filter((plan): plan is Plan => plan !== undefined && plan !== best.spec.plan);
  return changed.map((plan) => ({ plan, parent: best.id }));
}

/** The trial's plan so that it costs `factor` of what it does. */
export function scaledProposal(trial: DoneTrial, factor: number, goal: Goal, baseline: Baseline): Proposal {
  const noise = noiseOf(baseline) || 1e-3 * Math.abs(baseline.score) || 1e-6;
  const plan = scaledPlan(trial, factor, (path) => kernelCost(trial, path, goal, baseline), noise);
  return { plan, parent: trial.id };
}

function kernelCost(trial: DoneTrial, path: string, { cost }: Goal, { kernels }: Baseline): number {
  const { sizeBytes, nonZeros } = trial.kernels[path];
  return cost === 'multiplyAdds' ? nonZeros * (kernels[path]?.positions ?? 0) : sizeBytes;
}
